"""Owns the emulated Entra authority as tests see it: its ids, tokens without asking over HTTP, device codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from ._documents import text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from .._native import Emulator as Native


class EmulatorToken(NamedTuple):
    """A token and when it expires, as credentials of ``azure-identity`` give it."""

    token: str
    """The token; a secret of the emulator only."""
    expires_on: int
    """Seconds since 1970, by the emulator's clock."""

    def __repr__(self) -> str:
        return f"EmulatorToken(token='...', expires_on={self.expires_on})"


class EmulatorCredential:
    """A credential that any client takes: it makes the emulator's tokens in this process.

    As ``azure-identity`` has them; its own ``ClientSecretCredential`` signs in to the emulator as well, over HTTPS.

    >>> from teams_phone.testing import Emulator
    >>> with Emulator() as emulator:
    ...     emulator.credential().get_token("https://communication.azure.com/.default").token.count(".")
    2
    """

    __slots__ = ("_as_user", "_entra")

    def __init__(self, entra: Entra, *, as_user: bool = False) -> None:
        self._entra = entra
        self._as_user = as_user

    def get_token(self, *scopes: str, **_options: Any) -> EmulatorToken:
        """A new token for the scopes of one resource."""
        entra = self._entra
        wanted = " ".join(scopes)
        claims = entra.user_claims(wanted) if self._as_user else entra.app_claims(wanted)
        return EmulatorToken(entra.sign(claims), claims["exp"])

    def close(self) -> None:
        """Does nothing: there is no connection to close."""

    def __enter__(self) -> EmulatorCredential:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"EmulatorCredential(as_user={self._as_user})"


class Entra:
    """The Entra authority of an emulator: the standard tenant, application and user, and tokens for tests.

    >>> from teams_phone.testing import Emulator
    >>> with Emulator() as emulator:
    ...     claims = emulator.entra.app_claims("https://communication.azure.com/.default")
    ...     expired = emulator.entra.sign({**claims, "exp": 0})
    >>> claims["appid"] == emulator.entra.client_id
    True
    """

    __slots__ = ("_native",)

    def __init__(self, native: Native) -> None:
        self._native = native

    @property
    def authority_host(self) -> str:
        """The host that clients put the tenant behind: the emulator's URL."""
        return self._native.url

    @property
    def authority(self) -> str:
        """The URL of the authority for the standard tenant."""
        return f"{self._native.url}/{self._native.tenant_id}"

    @property
    def token_endpoint(self) -> str:
        """The token endpoint of the standard tenant."""
        return f"{self.authority}/oauth2/v2.0/token"

    @property
    def tenant_id(self) -> str:
        """The standard tenant; the resource belongs to it."""
        return self._native.tenant_id

    @property
    def client_id(self) -> str:
        """The standard application: consent for everything, a role on the resource."""
        return self._native.client_id

    @property
    def client_secret(self) -> str:
        """The secret of the standard application; a secret of the emulator only."""
        return self._native.client_secret

    @property
    def user_id(self) -> str:
        """The object id of the standard user, who has a role on the resource."""
        return self._native.user_id

    @property
    def user_name(self) -> str:
        """The sign-in name of the standard user."""
        return self._native.user_name

    def app_token(self, scope: str) -> str:
        """A token of the standard application without a user; ``ValueError`` if the scope is none."""
        return self._native.sign(self._native.app_claims(scope))

    def user_token(self, scopes: str) -> str:
        """A token of the standard user; ``ValueError`` if the scopes cannot be granted."""
        return self._native.sign(self._native.user_claims(scopes))

    def app_claims(self, scope: str) -> dict[str, Any]:
        """The claims of :meth:`app_token`, to be changed and signed."""
        claims: dict[str, Any] = json.loads(self._native.app_claims(scope))
        return claims

    def user_claims(self, scopes: str) -> dict[str, Any]:
        """The claims of :meth:`user_token`, to be changed and signed."""
        claims: dict[str, Any] = json.loads(self._native.user_claims(scopes))
        return claims

    def sign(self, claims: Mapping[str, object]) -> str:
        """A token with exactly these claims, signed with the authority's key."""
        return self._native.sign(text(dict(claims)))

    def approve_device_code(self, user_code: str) -> bool:
        """Approves a device code as the standard user; false if no such code is pending."""
        return self._native.approve_device_code(user_code)

    def decline_device_code(self, user_code: str) -> bool:
        """Refuses a device code; false if no such code is pending."""
        return self._native.decline_device_code(user_code)

    def __repr__(self) -> str:
        return f"Entra(authority={self.authority!r})"
