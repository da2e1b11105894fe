"""Owns following an order about numbers until it is over; knows nothing of how one is given."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .. import _native
    from ..models.numbers import OperationReport
    from ..options import PollPolicy
    from ..types import CallOptions
    from .runner import Runner


class Operation:
    """An order that the service took, perhaps not over yet; see `Numbers.start_assign` and `Numbers.operation`.

    Forgetting it, or cancelling a wait, leaves the order as it is. Another process goes on with its `id`.

    >>> account = await graph.users.resolve("ivr@teams-phone-emulator.invalid")
    >>> operation = await graph.numbers.start_assign("+12065550100", account, "callingPlan")
    >>> repr(operation) == f"Operation({operation.id!r})"
    True
    """

    def __init__(
        self, native: _native.GraphClient, operation: _native.Operation, run: Runner
    ) -> None:
        self._native = native
        self._operation = operation
        self._run = run

    @property
    def id(self) -> str | None:
        """The id to go on with later, with `Numbers.operation`.

        `None` if the answer that had it was lost; the order is then followed by reading the number.
        """
        return self._operation.id

    async def poll(self, **options: Unpack[CallOptions]) -> OperationReport:
        """Looks once.

        Raises `NotFoundError` if the service does not know the id, or not any more, `PermissionDeniedError` if
        the token lacks `TeamsTelephoneNumber.Read.All`.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> account = await graph.users.resolve("ivr@teams-phone-emulator.invalid")
        >>> operation = await graph.numbers.start_assign("+12065550100", account, "callingPlan")
        >>> (await operation.poll()).id == operation.id
        True

        Source: `admin.teams.telephoneNumberManagement.GetOperations`, specs/graph-teams/v1.0.
        """
        return await self._run(self._native.operation_poll(self._operation, options or None))

    async def wait(
        self, *, poll_policy: PollPolicy | None = None, **options: Unpack[CallOptions]
    ) -> OperationReport:
        """Looks until the order and each of its numbers have come to an end, whichever that is.

        A failure is no exception here: `outcome` and `error` of the report tell. `result` raises it.

        - `poll_policy`: how often and how long to look; default: as the order was given, else waits of 1 s
          growing to 10 s, 5 minutes in all. A wait that the service names is kept.
        - The option `timeout` is for each look, not for the wait.

        Raises `RequestTimeoutError` if it was not over in time; its `target` is the id to go on with.
        Otherwise as `poll`.

        >>> account = await graph.users.resolve("ivr@teams-phone-emulator.invalid")
        >>> operation = await graph.numbers.start_assign("+12065550100", account, "callingPlan")
        >>> (await operation.wait()).outcome
        'succeeded'

        Source: `admin.teams.telephoneNumberManagement.GetOperations`, specs/graph-teams/v1.0.
        """
        return await self._run(
            self._native.operation_wait(self._operation, poll_policy, options or None)
        )

    async def result(
        self, *, poll_policy: PollPolicy | None = None, **options: Unpack[CallOptions]
    ) -> OperationReport:
        """Waits as `wait` does, and returns the report only if all of the order succeeded.

        Raises `OperationError` if not; its `details` have each number's state and the service's words.

        >>> account = await graph.users.resolve("ivr@teams-phone-emulator.invalid")
        >>> operation = await graph.numbers.start_assign("+12065550100", account, "callingPlan")
        >>> (await operation.result()).status
        'succeeded'

        Source: `admin.teams.telephoneNumberManagement.GetOperations`, specs/graph-teams/v1.0.
        """
        return await self._run(
            self._native.operation_result(self._operation, poll_policy, options or None)
        )

    def __str__(self) -> str:
        return str(self._operation)

    def __repr__(self) -> str:
        return f"Operation({str(self)!r})"

    def __reduce__(self) -> str:
        raise TypeError("an operation holds a client; keep its id, and go on with numbers.operation(id)")
