"""Owns the three exchanges of a user's Entra token for an access token of the resource."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from typing_extensions import Unpack

    # <async-only>
    from ..credentials import AsyncTokenSource as TokenSource

    # </async-only>
    # <blocking-only>
    # from ..credentials import TokenSource
    # </blocking-only>
    from .. import _native
    from ..models.exchanges import Exchanged
    from ..models.identities import AccessToken
    from ..types import CallOptions
    from .runner import Runner


class Exchanges:
    """Exchanges of a user's Entra token for a token of the resource; got from `Client.exchanges`.

    They keep no token: `CallingCredential` does.
    """

    def __init__(self, native: _native.Client, run: Runner) -> None:
        self._native = native
        self._run = run

    async def teams_user(
        self,
        token: str,
        client_id: str | UUID,
        user: str | UUID,
        *,
        tenant: str | UUID | None = None,
        checked: bool = True,
        **options: Unpack[CallOptions],
    ) -> AccessToken:
        """Exchanges the Entra token of a Teams user for a token with which a client acts as that user.

        The client's own credential authorises the call, the user's token travels in the body. Before anything is
        sent the claims of the token are compared with the ids that are given, which tells which of them is wrong;
        the service would only refuse the lot. A token that is not a readable JWT (opaque or encrypted) and a claim
        that is absent are left to the service.

        - `token`: an access token of the user with the permission `Teams.ManageCalls` or `Teams.ManageChats` of
          Azure Communication Services.
        - `client_id`: the application that the token was issued to.
        - `user`: the object id of the user who signed in; not the tenant's id.
        - `tenant`: the tenant that the user must be of; the service is not told of it.
        - `checked`: `False` leaves all checks to the service.

        Raises `ConfigError` if `oid`, `appid` (or `azp`) or `tid` of the token is not the id that was given,
        `CredentialError` if the token has expired, is for another service, or is no token; then nothing was sent.
        Raises `PermissionDeniedError` if the service does not accept the token (`InvalidAccessToken`), or not the
        client's credential.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> entra = emulator.entra
        >>> token = entra.user_token("https://auth.msft.communication.azure.com/Teams.ManageCalls")
        >>> access = await client.exchanges.teams_user(token, entra.client_id, entra.user_id)
        >>> access.expires_on.tzinfo is not None
        True

        Source: `CommunicationIdentity_ExchangeTeamsUserAccessToken`, specs/acs-identity/2025-06-30.
        """
        of = None if tenant is None else str(tenant)
        return await self._run(
            self._native.exchanges_teams_user(
                token, str(client_id), str(user), of, checked, options or None
            )
        )

    async def teams_phone(
        self,
        user_token: str | TokenSource,
        *,
        scopes: str | Iterable[str] | None = None,
        **options: Unpack[CallOptions],
    ) -> Exchanged:
        """Exchanges the Entra token of a user for a token that makes and takes calls of Teams Phone.

        The user's token authorises the call, the client's own credential is not used. An assignment must give the
        user access through the application that the token was issued to; see `Assignments.grant`.

        - `user_token`: the token as text, or what gets it: a credential that signs the user in, or a function
          that returns the token. It is asked once for every request that needs a token.
        - `scopes`: what a credential is asked for; default
          `https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls`, with `.us` where the endpoint is
          in the US government's cloud.

        Raises `PermissionDeniedError` if the token is not accepted (401), or if there is no assignment that names
        user and application, or no consent to `TeamsExtension.ManageCalls` (403), `CredentialError` if there is no
        user token, `ConfigError` if the scopes belong to another exchange; then nothing was sent.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> entra = emulator.entra
        >>> granted = await client.assignments.grant(
        ...     entra.tenant_id, entra.user_id, "user", client_ids=[entra.client_id]
        ... )
        >>> exchanged = await client.exchanges.teams_phone(
        ...     lambda: entra.user_token(
        ...         "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls"
        ...     )
        ... )
        >>> exchanged.identity.id.endswith(str(entra.user_id))
        True

        Source: `TeamsExtensionToken_Exchange`, specs/acs-identity/2025-06-30.
        """
        return await self._run(
            self._native.exchanges_teams_phone(user_token, scope_names(scopes), options or None)
        )

    async def entra(
        self,
        user_token: str | TokenSource,
        *,
        scopes: str | Iterable[str] | None = None,
        **options: Unpack[CallOptions],
    ) -> Exchanged:
        """Exchanges the Entra token of a user for a token of the resource.

        The user's token authorises the call, the client's own credential is not used. An assignment must cover the
        user, one of their groups or their tenant, and list the application that the token was issued to; see
        `EntraAssignments.grant`. Needs API version 2025-03-02-preview, which is the default.

        - `user_token`: the token as text, or what gets it: a credential that signs the user in, or a function
          that returns the token. It is asked once for every request that needs a token.
        - `scopes`: what a credential is asked for; default `https://communication.azure.com/clients/.default`,
          with `.us` where the endpoint is in the US government's cloud.

        Raises `PermissionDeniedError` if the token is not accepted (401), or if no assignment covers the user and
        lists the application (403), `CredentialError` if there is no user token, `ConfigError` if the scopes
        belong to another exchange; then nothing was sent.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> from teams_phone.models import EntraAccess
        >>> entra = emulator.entra
        >>> everyone = EntraAccess(str(entra.tenant_id), "tenant", (str(entra.client_id),))
        >>> granted = await client.entra_assignments.grant(entra.tenant_id, everyone)
        >>> token = entra.user_token("https://communication.azure.com/clients/VoIP")
        >>> exchanged = await client.exchanges.entra(token)
        >>> exchanged.identity.id.startswith("8:acs:")
        True

        Source: `EntraIdToken_Exchange`, specs/acs-identity/2025-03-02-preview.
        """
        return await self._run(
            self._native.exchanges_entra(user_token, scope_names(scopes), options or None)
        )


def scope_names(scopes: str | Iterable[str] | None) -> Iterable[str] | None:
    """The scopes one by one, also if there is one only."""
    return (scopes,) if isinstance(scopes, str) else scopes
