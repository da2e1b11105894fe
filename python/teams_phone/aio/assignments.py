"""Owns the assignments of Teams Phone extensibility: who of a Teams tenant may use the resource."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from typing_extensions import Unpack

    from .. import _native
    from ..models.assignments import Assignment, Ensured, Granted, Revoked
    from ..types import CallOptions, Duration, PrincipalType
    from .runner import Runner


class Assignments:
    """Access of users and resource accounts of Teams to the resource; got from `Client.assignments`.

    An assignment is the consent that the owner of the resource gives. For a *resource account* it lets the
    resource receive the calls to that account; for a *user* it lets the user sign in through the named
    applications. It is identified by the Teams tenant and the object id of the user or resource account.
    """

    def __init__(self, native: _native.Client, run: Runner) -> None:
        self._native = native
        self._run = run

    async def grant(
        self,
        tenant: str | UUID,
        object: str | UUID,
        principal_type: PrincipalType,
        *,
        client_ids: Iterable[str | UUID] = (),
        **options: Unpack[CallOptions],
    ) -> Granted:
        """Creates or replaces an assignment. An assignment that exists is replaced as a whole.

        - `tenant`: the Teams tenant, which need not be the tenant of the Azure subscription.
        - `object`: the object id of the user or resource account, not its user name or application id.
        - `client_ids`: the applications that a user may sign in through.

        Raises `PermissionDeniedError` if the access key or the role of the credential does not suffice,
        `ConfigError` if an id is no GUID or both are the same; then nothing was sent.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> granted = await client.assignments.grant(tenant, account, "teamsResourceAccount")
        >>> granted.created, granted.assignment.principal_type
        (True, 'teamsResourceAccount')

        Source: `TeamsExtensionAssignment_Upsert`, specs/acs-identity/2025-06-30.
        """
        ids = [str(id) for id in client_ids]
        return await self._run(
            self._native.assignments_grant(
                str(tenant), str(object), principal_type, ids, options or None
            )
        )

    async def get(
        self, tenant: str | UUID, object: str | UUID, **options: Unpack[CallOptions]
    ) -> Assignment:
        """Reads an assignment.

        Raises `NotFoundError` if there is none.

        >>> from teams_phone import NotFoundError
        >>> try:
        ...     await client.assignments.get(tenant, account)
        ... except NotFoundError as error:
        ...     print(error.status)
        404

        Source: `TeamsExtensionAssignment_Get`, specs/acs-identity/2025-06-30.
        """
        return await self._run(
            self._native.assignments_get(str(tenant), str(object), options or None)
        )

    async def revoke(
        self, tenant: str | UUID, object: str | UUID, **options: Unpack[CallOptions]
    ) -> None:
        """Deletes an assignment. To be sure that access has ended, use `revoke_and_verify`.

        Safe to repeat: deleting an assignment that is not there succeeds.

        >>> await client.assignments.revoke(tenant, account)

        Source: `TeamsExtensionAssignment_Delete`, specs/acs-identity/2025-06-30.
        """
        return await self._run(
            self._native.assignments_revoke(str(tenant), str(object), options or None)
        )

    async def revoke_and_verify(
        self,
        tenant: str | UUID,
        object: str | UUID,
        *,
        within: Duration | None = None,
        **options: Unpack[CallOptions],
    ) -> Revoked:
        """Deletes an assignment and reads it until the service says that it is gone.

        - `within`: how long to go on reading; default 60 s.

        Raises `OperationError` if it is still there at the end.

        >>> (await client.assignments.revoke_and_verify(tenant, account)).checks
        1

        Source: `TeamsExtensionAssignment_Delete` and `TeamsExtensionAssignment_Get`, specs/acs-identity/2025-06-30.
        """
        return await self._run(
            self._native.assignments_revoke_and_verify(
                str(tenant), str(object), within, options or None
            )
        )

    async def ensure(
        self,
        tenant: str | UUID,
        object: str | UUID,
        principal_type: PrincipalType,
        *,
        client_ids: Iterable[str | UUID] = (),
        **options: Unpack[CallOptions],
    ) -> Ensured:
        """Brings an assignment to the wanted state, and writes only if it differs.

        Raises `OperationError` if the service stored something else than it was given.

        Safe to repeat: the second time nothing is written.

        >>> for _ in range(2):
        ...     (await client.assignments.ensure(tenant, account, "teamsResourceAccount")).outcome
        'created'
        'unchanged'

        Source: `TeamsExtensionAssignment_Get` and `TeamsExtensionAssignment_Upsert`, specs/acs-identity/2025-06-30.
        """
        ids = [str(id) for id in client_ids]
        return await self._run(
            self._native.assignments_ensure(
                str(tenant), str(object), principal_type, ids, options or None
            )
        )
