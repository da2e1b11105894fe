"""Owns the identities of a resource and the access tokens they get."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Unpack

    from .. import _native
    from ..models.identities import AccessToken, CreatedIdentity, Identity
    from ..types import CallOptions, Duration, Scope
    from .runner import Runner


class Identities:
    """The identities of a resource and their access tokens; got from `Client.identities`.

    An identity is a user of the resource, without a name or a password. An access token lets a calling or chat
    client act as that identity for some hours.
    """

    def __init__(self, native: _native.Client, run: Runner) -> None:
        self._native = native
        self._run = run

    async def create(
        self,
        *,
        custom_id: str | None = None,
        with_token: Scope | Iterable[Scope] | None = None,
        valid_for: Duration | None = None,
        **options: Unpack[CallOptions],
    ) -> CreatedIdentity:
        """Creates an identity, with a token if asked for.

        - `custom_id`: files the identity under an id of yours, at most 256 characters; the same id gives the same
          identity again. Needs API version 2025-03-02-preview, which is then the default.
        - `with_token`: also issues a token with these scopes.
        - `valid_for`: the token's validity, whole minutes from 60 minutes to 24 hours; default 24 hours, chosen by
          the service.

        Two simultaneous calls with the same custom id can leave two identities, which the service then refuses
        (`MultipleIdentitiesForCustomId`): create them one after the other.

        Raises `PermissionDeniedError` if the access key or the role of the credential does not suffice,
        `ConfigError` if `valid_for` is out of range or without a token, or if the API version has no custom ids;
        then nothing was sent.

        With a custom id safe to repeat, and repeated by itself after timeouts. Without one every call makes a new
        identity, so a call whose answer is lost is not repeated.

        >>> created = await client.identities.create(custom_id="agent-17", with_token=["voip"])
        >>> created.identity.custom_id, created.access_token is not None
        ('agent-17', True)

        Source: `CommunicationIdentity_Create`, specs/acs-identity/2025-06-30 and 2025-03-02-preview.
        """
        scopes = None if with_token is None else _names(with_token)
        return await self._run(
            self._native.identities_create(custom_id, scopes, valid_for, options or None)
        )

    async def get(self, identity: str, **options: Unpack[CallOptions]) -> Identity:
        """Reads an identity. Needs API version 2025-03-02-preview, which is the default.

        Raises `PermissionDeniedError` if the identity belongs to another resource, or does not exist
        (`IdentityNotOwned`).

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> created = await client.identities.create()
        >>> identity = await client.identities.get(created.identity.id)
        >>> identity.last_token_issued_at is None
        True

        Source: `CommunicationIdentity_Get`, specs/acs-identity/2025-03-02-preview.
        """
        return await self._run(self._native.identities_get(identity, options or None))

    async def delete(self, identity: str, **options: Unpack[CallOptions]) -> None:
        """Deletes an identity with all its data; its tokens stop to work.

        Raises `PermissionDeniedError` if the identity belongs to another resource, or does not exist any more
        (`IdentityNotOwned`).

        Safe to repeat, and repeated by itself after timeouts. A second call may be answered `IdentityNotOwned`.

        >>> from teams_phone import PermissionDeniedError
        >>> created = await client.identities.create()
        >>> await client.identities.delete(created.identity.id)
        >>> try:
        ...     await client.identities.get(created.identity.id)
        ... except PermissionDeniedError as error:
        ...     print(error.code)
        IdentityNotOwned

        Source: `CommunicationIdentity_Delete`, specs/acs-identity/2025-06-30.
        """
        return await self._run(self._native.identities_delete(identity, options or None))

    async def issue_token(
        self,
        identity: str,
        scopes: Scope | Iterable[Scope],
        *,
        valid_for: Duration | None = None,
        **options: Unpack[CallOptions],
    ) -> AccessToken:
        """Issues an access token for an identity.

        Each call issues a new token; earlier ones stay valid until they expire or are revoked.

        - `scopes`: what the token may be used for; one at least.
        - `valid_for`: whole minutes, from 60 minutes to 24 hours; default 24 hours, chosen by the service.

        Raises `PermissionDeniedError` if the identity belongs to another resource, or does not exist
        (`IdentityNotOwned`), `ConfigError` if there is no scope or `valid_for` is out of range; then nothing was
        sent.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> from datetime import timedelta
        >>> created = await client.identities.create()
        >>> issued = await client.identities.issue_token(
        ...     created.identity.id, ["voip"], valid_for=timedelta(hours=2)
        ... )
        >>> len(issued.token) > 0, issued.token in repr(issued)
        (True, False)

        Source: `CommunicationIdentity_IssueAccessToken`, specs/acs-identity/2025-06-30.
        """
        return await self._run(
            self._native.identities_issue_token(
                identity, _names(scopes), valid_for, options or None
            )
        )

    async def revoke_tokens(self, identity: str, **options: Unpack[CallOptions]) -> None:
        """Revokes all access tokens of an identity.

        Raises `PermissionDeniedError` if the identity belongs to another resource, or does not exist
        (`IdentityNotOwned`).

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> created = await client.identities.create(with_token="voip")
        >>> await client.identities.revoke_tokens(created.identity.id)

        Source: `CommunicationIdentity_RevokeAccessTokens`, specs/acs-identity/2025-06-30.
        """
        return await self._run(self._native.identities_revoke_tokens(identity, options or None))


def _names(scopes: Scope | Iterable[Scope]) -> Iterable[str]:
    return (scopes,) if isinstance(scopes, str) else scopes
