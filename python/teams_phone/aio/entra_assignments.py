"""Owns the Entra assignments: which users, groups or whole tenants of Entra may get tokens of the resource."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal
    from uuid import UUID

    from typing_extensions import Unpack

    from .. import _native
    from ..models.entra import BulkReport, EntraAccess, EntraAssignment, EntraChanges, EntraGranted
    from ..options import RateLimits
    from ..types import CallOptions
    from .items import Items
    from .runner import Runner


class EntraAssignments:
    """Access of users, groups and tenants of Entra to tokens; got from `Client.entra_assignments`.

    They exist in API version 2025-03-02-preview only, which is the default of these calls. Unlike the
    assignments of Teams Phone they can be listed, and changed in bulk.
    """

    def __init__(self, native: _native.Client, run: Runner) -> None:
        self._native = native
        self._run = run

    async def grant(
        self, object: str | UUID, access: EntraAccess, **options: Unpack[CallOptions]
    ) -> EntraGranted:
        """Gives a user, group or tenant access, replacing the assignment that may be there.

        - `object`: the object id of the user or group, or the tenant's id.

        Raises `PermissionDeniedError` if the access key or the role of the credential does not suffice,
        `ConfigError` if an id is no GUID; then nothing was sent.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> from teams_phone.models import EntraAccess
        >>> access = EntraAccess(tenant, "user", ("1bfa671a-dc6b-47f3-8940-45c0f1af0fa6",))
        >>> granted = await client.entra_assignments.grant(account, access)
        >>> granted.created, granted.assignment.access == access
        (True, True)

        Source: `EntraIdAssignment_Upsert`, specs/acs-identity/2025-03-02-preview.
        """
        return await self._run(
            self._native.entra_assignments_grant(str(object), _access(access), options or None)
        )

    async def get(self, object: str | UUID, **options: Unpack[CallOptions]) -> EntraAssignment:
        """Reads an assignment.

        Raises `NotFoundError` if there is none under this object id.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> from teams_phone import NotFoundError
        >>> try:
        ...     await client.entra_assignments.get(account)
        ... except NotFoundError as error:
        ...     print(error.status)
        404

        Source: `EntraIdAssignment_Get`, specs/acs-identity/2025-03-02-preview.
        """
        return await self._run(self._native.entra_assignments_get(str(object), options or None))

    async def revoke(self, object: str | UUID, **options: Unpack[CallOptions]) -> None:
        """Takes the access away.

        Raises `PermissionDeniedError` if the access key or the role of the credential does not suffice.

        Safe to repeat: deleting an assignment that is not there succeeds.

        >>> await client.entra_assignments.revoke(account)

        Source: `EntraIdAssignment_Delete`, specs/acs-identity/2025-03-02-preview.
        """
        return await self._run(self._native.entra_assignments_revoke(str(object), options or None))

    def list(self, **options: Unpack[CallOptions]) -> Items[EntraAssignment]:
        """Lists all assignments of the resource, page by page as they are consumed.

        - `options`: count for the request of each page.

        Raises `PermissionDeniedError` if the access key or the role of the credential does not suffice. A link
        to a page on another host ends the list with an error and is not followed.

        Safe to repeat. Each page is repeated by itself after timeouts and failures of the service.

        >>> async for assignment in client.entra_assignments.list():
        ...     print(assignment.object_id)

        Source: `EntraIdAssignments_List`, specs/acs-identity/2025-03-02-preview.
        """
        from .items import Items

        pages = self._native.entra_assignments_list(options or None)
        return Items(self._run, pages, self._native)

    async def update(
        self,
        changes: EntraChanges,
        *,
        batch_size: int | None = None,
        rate_limits: RateLimits | None | Literal["published"] = "published",
        **options: Unpack[CallOptions],
    ) -> BulkReport:
        """Writes and deletes many assignments in few requests.

        - `changes`: what each object is to have, by object id; `None` deletes its assignment. The last word about
          an object counts.
        - `batch_size`: changes per request, 1 to 1,000; default 100.
        - `rate_limits`: how many requests may be sent per window; default 500 per 30 s, which the client's other
          bulk work counts towards. `None` sends as fast as it can.

        A batch that the service refuses as invalid is halved until the entries at fault stand alone; they are
        reported, the others are written. An entry that the answer lacks or has otherwise is reported too. Any
        other failure stops the work, and so does a refusal of the API version, or of the first hundred entries for
        one reason: the report then has the cause in `stopped`, and in `rest` what `update(report.rest)` goes on
        with.

        Raises `ConfigError` if the batch size is out of range or an id is no GUID; then nothing was sent.
        Failures of the service are in the report.

        Safe to repeat, in whole or in part. Each batch is repeated by itself after timeouts.

        >>> from teams_phone.models import EntraAccess
        >>> access = EntraAccess(tenant, "group", ("1bfa671a-dc6b-47f3-8940-45c0f1af0fa6",))
        >>> leaver = "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e"
        >>> report = await client.entra_assignments.update({account: access, leaver: None})
        >>> len(report.done), report.is_complete
        (2, True)

        Source: `EntraIdAssignments_Update`, specs/acs-identity/2025-03-02-preview.
        """
        pairs = changes.items() if hasattr(changes, "items") else changes
        wanted = [(str(object), _access(access) if access else None) for object, access in pairs]
        limits = None if rate_limits == "published" else rate_limits
        return await self._run(
            self._native.entra_assignments_update(
                wanted, batch_size, limits, rate_limits is None, options or None
            )
        )


def _access(access: EntraAccess) -> tuple[str, str, list[str]]:
    client_ids = [str(id) for id in access.client_ids]
    return str(access.tenant_id), access.principal_type, client_ids
