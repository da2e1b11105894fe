"""Owns the client of a Communication Services resource; knows no operation."""

from __future__ import annotations

from .. import _native

# <async-only>
from . import _loop

# </async-only>
from .assignments import Assignments
from .entra_assignments import EntraAssignments
from .exchanges import Exchanges
from .identities import Identities

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterable,
        Awaitable,
        Callable,
        Iterable,
    )
    from datetime import timedelta
    from types import TracebackType
    from typing import Any, Literal, TypeVar

    from typing_extensions import Self, Unpack

    # <async-only>
    from ..credentials import AnyAsyncCredential as AnyCredential

    # </async-only>
    # <blocking-only>
    # from ..credentials import AnyCredential
    # </blocking-only>
    from ..models import BulkResult, Progress
    from ..options import RateLimits
    from ..types import ResourceSettings
    from .runner import Runner

    T = TypeVar("T")
    R = TypeVar("R")


class Client:
    """A client of one Communication Services resource.

    Use it as a context manager, or close it: `async with Client(...) as client:`. Any number of tasks or threads
    may share one.

    >>> client.endpoint.startswith("http://127.0.0.1:")
    True

    - `endpoint`: the resource's address, `https://<name>.communication.azure.com`.
    - `credential`: an access key as text or as an object with `key` (`azure.core.credentials.AzureKeyCredential`),
      a credential of `teams_phone.credentials` or `azure.identity`, any object with `get_token(*scopes)`, or a
      function without arguments that returns a token. Tokens are kept until shortly before they expire, and asked
      for once however many calls wait.

    Raises `ConfigError` if something of it is wrong. Opens no connection.
    """

    def __init__(
        self, endpoint: str, credential: AnyCredential, **settings: Unpack[ResourceSettings]
    ) -> None:
        blocking = True
        # <async-only>
        blocking = False
        # </async-only>
        read = read_settings(settings)
        self._open(_native.Client(endpoint, credential, read, blocking=blocking))

    @classmethod
    def from_connection_string(
        cls, connection_string: str, **settings: Unpack[ResourceSettings]
    ) -> Self:
        """Makes a client from the text on the resource's Keys page, `endpoint=https://...;accesskey=...`.

        Raises `ConfigError` that says what is wrong with the text, without showing the key.
        """
        native = _native.Client.from_connection_string(connection_string, read_settings(settings))
        return cls._of(native)

    @classmethod
    def from_env(cls, **settings: Unpack[ResourceSettings]) -> Self:
        """Makes a client from the environment variable `AZURE_COMMUNICATION_CONNECTION_STRING`.

        `COMMUNICATION_SERVICES_CONNECTION_STRING` is looked for as well. Raises `ConfigError` if neither is set.
        """
        return cls._of(_native.Client.from_env(read_settings(settings)))

    @classmethod
    def _of(cls, native: _native.Client) -> Self:
        client = cls.__new__(cls)
        client._open(native)
        return client

    def _open(self, native: _native.Client) -> None:
        self._native = native
        self._run: Runner
        # <async-only>
        self._run = _loop.run
        # </async-only>
        # <blocking-only>
        # self._runtime = _native.Runtime()
        # self._run = self._runtime.run
        # </blocking-only>

    def _preparing(self, run: Runner) -> Self:
        """This client, except that calls are run by `run`."""
        client = self.__class__.__new__(self.__class__)
        client._native = self._native
        client._run = run
        return client

    @property
    def assignments(self) -> Assignments:
        """Access of users and resource accounts of Teams to the resource."""
        return Assignments(self._native, self._run)

    @property
    def entra_assignments(self) -> EntraAssignments:
        """Access of users, groups and tenants of Entra to tokens of the resource."""
        return EntraAssignments(self._native, self._run)

    @property
    def exchanges(self) -> Exchanges:
        """Exchanges of a user's Entra token for a token of the resource."""
        return Exchanges(self._native, self._run)

    @property
    def identities(self) -> Identities:
        """Identities of the resource and their access tokens."""
        return Identities(self._native, self._run)

    def bulk(
        self,
        # <async-only>
        items: Iterable[T] | AsyncIterable[T],
        # </async-only>
        # <blocking-only>
        # items: Iterable[T],
        # </blocking-only>
        call: Callable[[Client, T], Awaitable[R]],
        *,
        concurrency: int = 16,
        rate_limits: RateLimits | None | Literal["published"] = "published",
        on_progress: Callable[[Progress], object] | None = None,
    ) -> AsyncGenerator[BulkResult[T, R], None]:
        """Makes a call for each item, many at a time; yields how each ended, as soon as it has.

        Items are taken as places become free, so a run needs memory for the calls in flight only, however many
        items there are. A failed call does not stop the others: its result has an `error`. Closing the iterator
        cancels what is in flight; so does leaving the loop early, if nothing else holds the iterator.

        # <async-only>
        - `items`: any iterable or async iterable.
        # </async-only>
        # <blocking-only>
        # - `items`: any iterable. Nothing is sent while it, or the loop over the results, takes its time.
        # </blocking-only>
        - `call`: returns one call of the client it is given, which is not this one. The call is made afterwards, so
          its answer comes with the result:
          `lambda client, account: client.assignments.ensure(tenant, account, "teamsResourceAccount")`.
        - `concurrency`: how many calls are in flight at once.
        - `rate_limits`: how many requests may be sent per window; default: the limits that Microsoft publishes
          (1,000 creations or tokens, 500 deletions, revocations or exchanges per 30 s), and 500 per 30 s where
          none is published. All runs of a client share these. `None` sends as fast as it can.
        - `on_progress`: is told how far the run is, after every call.

        >>> def ensure(client, account):
        ...     return client.assignments.ensure(tenant, account, "teamsResourceAccount")
        >>> async for result in client.bulk([account], ensure):
        ...     print(result.item == account, result.result().outcome)
        True created
        """
        from .bulk import bulk

        return bulk(
            self,
            items,
            call,
            concurrency=concurrency,
            rate_limits=rate_limits,
            on_progress=on_progress,
        )

    @property
    def endpoint(self) -> str:
        """The resource's address."""
        return self._native.endpoint

    @property
    def clock_skew(self) -> timedelta:
        """How far the service's clock is ahead of this machine's, once a refused signature has shown it.

        Zero until then, and for differences below a minute. Requests are signed with the service's time from
        then on; the machine's clock is worth mending all the same.
        """
        from datetime import timedelta

        return timedelta(seconds=self._native.clock_skew)

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


def read_settings(settings: Any) -> dict[str, Any] | None:
    """Reads the file that `ca_bundle` names; everything else is checked by the native half."""
    bundle = settings.get("ca_bundle")
    if bundle is None:
        return settings or None
    from .._pem import pem

    return {**settings, "ca_bundle": pem(bundle)}
