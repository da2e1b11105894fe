"""Owns the client of Microsoft Graph; knows no operation."""

from __future__ import annotations

from .. import _native
from .client import read_settings

# <async-only>
from . import _loop

# </async-only>
from .numbers import Numbers
from .resource_accounts import ResourceAccounts
from .users import Users

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self, Unpack

    # <async-only>
    from ..credentials import AsyncTokenSource as TokenSource

    # </async-only>
    # <blocking-only>
    # from ..credentials import TokenSource
    # </blocking-only>
    from ..types import ClientSettings
    from .runner import Runner


class GraphClient:
    """A client of one Teams tenant through Microsoft Graph: numbers, resource accounts and users.

    Use it as a context manager, or close it: `async with GraphClient(...) as graph:`.

    >>> async for account in graph.resource_accounts.list():
    ...     print(account.user_principal_name, account.acs_resource_id)
    ivr@teams-phone-emulator.invalid d0000000-0000-4000-8000-000000000001

    - `credential`: a source of tokens of the Teams tenant, for the scope
      `https://graph.microsoft.com/.default`; see `Client`. An access key does not open Microsoft Graph.
    - `endpoint`: where Microsoft Graph is; default `https://graph.microsoft.com`. The national clouds have no
      API for Teams Phone.

    Raises `ConfigError` if something of it is wrong. Opens no connection.
    """

    def __init__(
        self,
        credential: TokenSource,
        *,
        endpoint: str | None = None,
        **settings: Unpack[ClientSettings],
    ) -> None:
        blocking = True
        # <async-only>
        blocking = False
        # </async-only>
        read = read_settings(settings)
        self._native = _native.GraphClient(endpoint, credential, read, blocking=blocking)
        self._run: Runner
        # <async-only>
        self._run = _loop.run
        # </async-only>
        # <blocking-only>
        # self._runtime = _native.Runtime()
        # self._run = self._runtime.run
        # </blocking-only>

    @property
    def numbers(self) -> Numbers:
        """Telephone numbers of the tenant, and whom they are assigned to."""
        return Numbers(self._native, self._run)

    @property
    def resource_accounts(self) -> ResourceAccounts:
        """Resource accounts, with the Communication Services resource each is bound to."""
        return ResourceAccounts(self._native, self._run)

    @property
    def users(self) -> Users:
        """Users and resource accounts as the directory has them: usage location, licences, Teams settings."""
        return Users(self._native, self._run)

    @property
    def endpoint(self) -> str:
        """Where Microsoft Graph is."""
        return self._native.endpoint

    async def aclose(self) -> None:
        """Closes the connections; calls raise from now on."""
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
        return f"{type(self).__name__}({self.endpoint!r})"

    def __reduce__(self) -> str:
        raise TypeError("a client holds a credential and connections; make one where it is needed")
