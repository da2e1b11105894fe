"""Owns the resource accounts of Teams: which there are, and which resource each is bound to."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from uuid import UUID

    from typing_extensions import Unpack

    from .. import _native
    from ..models.resource_accounts import ResourceAccount
    from ..types import CallOptions
    from .items import Items
    from .runner import Runner


class ResourceAccounts:
    """Resource accounts, with the Communication Services resource each is bound to.

    Got from `GraphClient.resource_accounts`. Microsoft Graph can read them, in its beta version only. It can
    neither create one nor bind it: that is done with `New-CsOnlineApplicationInstance` and
    `Set-CsOnlineApplicationInstance -AcsResourceId` of Teams PowerShell.
    """

    def __init__(self, native: _native.GraphClient, run: Runner) -> None:
        self._native = native
        self._run = run

    def list(
        self,
        *,
        app_id: str | UUID | None = None,
        acs_resource_id: str | UUID | None = None,
        page_size: int | None = None,
        **options: Unpack[CallOptions],
    ) -> Items[ResourceAccount]:
        """Lists resource accounts.

        - `app_id`: only those that stand for this application.
        - `acs_resource_id`: only those bound to this Communication Services resource, by its immutable
          resource id.
        - `page_size`: how many accounts a page has at most; default: as the service likes.

        Raises `ConfigError` at once if an argument is wrong; while the list is gone through,
        `PermissionDeniedError` if the token lacks `TeamsResourceAccount.Read.All`, or the signed-in user has
        no Teams administrator role.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> async for account in graph.resource_accounts.list():
        ...     print(account.display_name, "is bound to", account.acs_resource_id)
        Reception is bound to d0000000-0000-4000-8000-000000000001

        Source: `admin.teams.ListResourceAccounts`, specs/graph-teams/beta.
        """
        from .items import Items

        app = None if app_id is None else str(app_id)
        resource = None if acs_resource_id is None else str(acs_resource_id)
        pages = self._native.resource_accounts_list(app, resource, page_size, options or None)
        return Items(self._run, pages, self._native)

    async def get(self, id: str | UUID, **options: Unpack[CallOptions]) -> ResourceAccount:
        """Reads a resource account, by its object id.

        Raises `NotFoundError` if the id is no resource account's; one that was created lately may take a
        minute to appear. Otherwise as `list`.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> id = await graph.users.resolve("ivr@teams-phone-emulator.invalid")
        >>> (await graph.resource_accounts.get(id)).display_name
        'Reception'

        Source: `admin.teams.GetResourceAccounts`, specs/graph-teams/beta.
        """
        return await self._run(self._native.resource_accounts_get(str(id), options or None))
