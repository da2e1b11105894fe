"""Owns the credential of calling and chat clients: a token of the resource that is always fresh."""

from __future__ import annotations

from .. import _native

# <async-only>
from . import _loop

# </async-only>
from .client import read_settings
from .exchanges import scope_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike
    from types import TracebackType

    from typing_extensions import Self

    # <async-only>
    from ..credentials import AsyncTokenSource as TokenSource

    # </async-only>
    # <blocking-only>
    # from ..credentials import TokenSource
    # </blocking-only>
    from ..models.identities import AccessToken
    from ..options import RetryPolicy
    from .runner import Runner


class CallingCredential:
    """Keeps an access token of the resource for a user who signs in with Entra.

    The user's Entra token is exchanged when a token is first asked for, and again before it expires. The scopes
    choose the exchange: `Exchanges.entra` or `Exchanges.teams_phone`.

    - One exchange at a time: whoever needs a token while one is under way waits for it. A caller that goes away
      does not take it from the others; when all have gone it is given up, and the next starts anew.
    - In the last ten minutes of a token one caller renews it, while the others get the one there is. If it was
      issued for less than ten minutes, or could not be renewed, half of what is left passes first.
    - An early renewal that fails, or takes more than ten seconds, goes unnoticed (but for a log entry) as long as
      the token there is works.
    - Every exchange asks the Entra credential again, which may answer from its own cache.
    - The token is never decoded: it may be opaque. Its expiry is the one in the service's answer.

    Nothing happens before the first `get_token`, and nothing in the background. Any number of tasks or threads may
    share one. Use it as a context manager, or close it.

    - `endpoint`: the resource's address, `https://<name>.communication.azure.com`.
    - `credential`: signs the user in: a credential of `teams_phone.credentials` or `azure.identity`, an object
      with `get_token(*scopes)`, or a function without arguments that returns the user's Entra token.
    - `scopes`: what the credential is asked for, all for one exchange: they start with
      `https://communication.azure.com/clients/` or `https://auth.msft.communication.azure.com/`, or the same with
      `.us`; default `https://communication.azure.com/clients/.default`, or `.us` where the endpoint is.
    - `retry`: how exchanges are repeated; default: `RetryPolicy()`.
    - `ca_bundle`: certificates trusted besides the platform's: the path of a PEM file, or PEM text as bytes.

    Raises `ConfigError` if something of it is wrong. Sends nothing.

    >>> from teams_phone.aio import CallingCredential
    >>> entra = emulator.entra
    >>> calls = "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls"
    >>> granted = await client.assignments.grant(
    ...     entra.tenant_id, entra.user_id, "user", client_ids=[entra.client_id]
    ... )
    >>> def sign_in():
    ...     return entra.user_token(calls)
    >>> async with CallingCredential(emulator.url, sign_in, scopes=[calls]) as credential:
    ...     token = await credential.get_token()
    ...     print(token == await credential.get_token())
    True
    """

    def __init__(
        self,
        endpoint: str,
        credential: TokenSource,
        *,
        scopes: str | Iterable[str] | None = None,
        retry: RetryPolicy | None = None,
        ca_bundle: str | PathLike[str] | bytes | None = None,
    ) -> None:
        read = read_settings({"ca_bundle": ca_bundle}) or {}
        self._native = _native.CallingCredential(
            endpoint, credential, scope_names(scopes), retry, read.get("ca_bundle")
        )
        self._run: Runner
        # <async-only>
        self._run = _loop.run
        # </async-only>
        # <blocking-only>
        # self._runtime = _native.Runtime()
        # self._run = self._runtime.run
        # </blocking-only>

    async def get_token(self) -> AccessToken:
        """Gets a token that works, from memory or by an exchange.

        Raises `CredentialError` if the Entra credential has no token, if the service answered one that has expired
        already, or if this credential is closed; otherwise as the exchange does.

        >>> from teams_phone.aio import CallingCredential
        >>> from teams_phone.models import EntraAccess
        >>> entra, voip = emulator.entra, "https://communication.azure.com/clients/VoIP"
        >>> access = EntraAccess(entra.tenant_id, "user", (entra.client_id,))
        >>> granted = await client.entra_assignments.grant(entra.user_id, access)
        >>> credential = CallingCredential(emulator.url, lambda: entra.user_token(voip))
        >>> (await credential.get_token()).expires_on.tzinfo
        datetime.timezone.utc
        >>> await credential.aclose()
        """
        return await self._run(self._native.get_token())

    def forget(self, refused: AccessToken) -> None:
        """Forgets a token that was refused, so that the next call gets another one.

        Does nothing if another one is there already.

        >>> from teams_phone.aio import CallingCredential
        >>> from teams_phone.models import EntraAccess
        >>> entra, voip = emulator.entra, "https://communication.azure.com/clients/VoIP"
        >>> access = EntraAccess(entra.tenant_id, "user", (entra.client_id,))
        >>> granted = await client.entra_assignments.grant(entra.user_id, access)
        >>> credential = CallingCredential(emulator.url, lambda: entra.user_token(voip))
        >>> refused = await credential.get_token()
        >>> credential.forget(refused)
        >>> refused == await credential.get_token()
        False
        >>> await credential.aclose()
        """
        self._native.forget(refused.token)

    async def aclose(self) -> None:
        """Wipes the token: asking for one is an error from now on, also for those who wait."""
        self._native.close()
        # <blocking-only>
        # self._runtime.close()
        # </blocking-only>

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._native.endpoint!r})"

    def __reduce__(self) -> str:
        raise TypeError("a credential holds tokens and connections; make one where it is needed")
