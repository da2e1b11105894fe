"""Owns the types of everything that clients take as a credential; `teams_phone.credentials` has them for users."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime


class AccessTokenLike(Protocol):
    """A token as credentials answer it; those of `azure.core` are."""

    @property
    def token(self) -> str:
        """The token."""
        ...

    @property
    def expires_on(self) -> float | datetime:
        """When it expires: seconds since 1970, or a `datetime` with its zone."""
        ...


class KeyCredential(Protocol):
    """An object with an access key, such as `azure.core.credentials.AzureKeyCredential`; read once."""

    @property
    def key(self) -> str:
        """The access key."""
        ...


class TokenCredential(Protocol):
    """An object with tokens, such as a credential of `azure.identity`.

    If the service asks for claims (continuous access evaluation), they are passed as the keyword `claims`.
    """

    def get_token(self, *scopes: str) -> AccessTokenLike:
        """Gets a token; called when there is none yet, shortly before it expires, and after it was refused."""
        ...


class AsyncTokenCredential(Protocol):
    """The same with coroutines, such as a credential of `azure.identity.aio`; for `teams_phone.aio` only."""

    def get_token(self, *scopes: str) -> Awaitable[AccessTokenLike]:
        """Gets a token, on the event loop of a call that needs it, though not in its context (`contextvars`)."""
        ...


TokenSource: TypeAlias = TokenCredential | Callable[[], str | AccessTokenLike]
"""Where blocking clients get tokens: an object, or a function without arguments such as
`azure.identity.get_bearer_token_provider` makes. A token that is only text is kept until its `exp`; an opaque one
for half a minute."""

AsyncTokenSource: TypeAlias = (
    TokenSource | AsyncTokenCredential | Callable[[], Awaitable[str | AccessTokenLike]]
)
"""Where clients of `teams_phone.aio` get tokens. What is asynchronous is asked on the event loop, anything else on a
thread of the loop's executor."""

AnyCredential: TypeAlias = str | KeyCredential | TokenSource
"""What blocking clients of a resource take: an access key, or a source of tokens."""

AnyAsyncCredential: TypeAlias = str | KeyCredential | AsyncTokenSource
"""What clients of a resource take in `teams_phone.aio`."""
