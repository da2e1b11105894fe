"""Owns the telephone numbers of a tenant: which there are, whom they belong to, and how that changes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from typing_extensions import Unpack

    from .. import _native
    from ..models.numbers import (
        EnsuredNumber,
        MovedNumber,
        NumberAssignment,
        OperationReport,
        Preflight,
    )
    from ..options import PollPolicy
    from ..phone_number import PhoneNumber
    from ..types import (
        ActivationState,
        AssignmentCategory,
        AssignmentStatus,
        CallOptions,
        Check,
        NumberCapability,
        NumberSource,
        NumberType,
        ReverseNumberLookupOption,
    )
    from .items import Items
    from .operation import Operation
    from .runner import Runner


class Numbers:
    """Telephone numbers of the tenant, and whom they are assigned to; got from `GraphClient.numbers`.

    A number is given as text with its country code, such as `+12065550100`; blanks, dashes and brackets in it
    do not matter. Assigning and unassigning are orders: the service takes them and carries them out later.
    `assign` and `unassign` wait for the outcome, `start_assign` and `start_unassign` do not.
    """

    def __init__(self, native: _native.GraphClient, run: Runner) -> None:
        self._native = native
        self._run = run

    def list(
        self,
        *,
        telephone_number: str | PhoneNumber | None = None,
        number_type: NumberType | None = None,
        status: AssignmentStatus | None = None,
        capability: NumberCapability | Iterable[NumberCapability] | None = None,
        target: str | UUID | None = None,
        category: AssignmentCategory | None = None,
        activation_state: ActivationState | None = None,
        source: NumberSource | None = None,
        iso_country_code: str | None = None,
        operator_id: str | None = None,
        location_id: str | None = None,
        odata: str | None = None,
        page_size: int | None = None,
        **options: Unpack[CallOptions],
    ) -> Items[NumberAssignment]:
        """Lists numbers; those that fit all that is given, by default all of the tenant.

        - `capability`: what they may be used for; of several, all of it.
        - `target`: the object id of the user or resource account that has them.
        - `iso_country_code`: two letters of ISO 3166-1, such as `US`.
        - `odata`: a condition in OData's own words, such as `city eq 'Seattle'`, besides the others.
        - `page_size`: 1 to 1000 numbers a page; default 500.

        Raises `ConfigError` at once if an argument is wrong; while the list is gone through,
        `PermissionDeniedError` if the token lacks `TeamsTelephoneNumber.Read.All`.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> async for number in graph.numbers.list(status="unassigned", capability="userAssignment"):
        ...     print(number.telephone_number, number.number_type)
        +12065550102 callingPlan

        Source: `admin.teams.telephoneNumberManagement.ListNumberAssignments`, specs/graph-teams/v1.0.
        """
        from .items import Items

        conditions = {
            "telephone_number": None if telephone_number is None else str(telephone_number),
            "number_type": number_type,
            "status": status,
            "capability": None if capability is None else _texts(capability),
            "target": None if target is None else str(target),
            "category": category,
            "activation_state": activation_state,
            "source": source,
            "iso_country_code": iso_country_code,
            "operator_id": operator_id,
            "location_id": location_id,
            "odata": odata,
        }
        pages = self._native.numbers_list(conditions, page_size, options or None)
        return Items(self._run, pages, self._native)

    async def get(
        self, number: str | PhoneNumber, **options: Unpack[CallOptions]
    ) -> NumberAssignment:
        """Reads a number. It is looked up in the list, with a filter for the number.

        Raises `NotFoundError` if the tenant has no such number, `PermissionDeniedError` if the token lacks
        `TeamsTelephoneNumber.Read.All`.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> (await graph.numbers.get("+12065550100")).holding
        'free'

        Source: `admin.teams.telephoneNumberManagement.ListNumberAssignments`, specs/graph-teams/v1.0.
        """
        return await self._run(self._native.numbers_get(str(number), options or None))

    async def get_by_id(self, id: str, **options: Unpack[CallOptions]) -> NumberAssignment:
        """Reads a number by the id of its assignment, as an operation's results name it.

        Raises as `get`. Safe to repeat; repeated by itself.

        >>> number = await graph.numbers.get("+12065550100")
        >>> await graph.numbers.get_by_id(number.id) == number
        True

        Source: `admin.teams.telephoneNumberManagement.GetNumberAssignments`, specs/graph-teams/v1.0.
        """
        return await self._run(self._native.numbers_get_by_id(id, options or None))

    async def assign(
        self,
        number: str | PhoneNumber,
        target: str | UUID,
        number_type: NumberType,
        *,
        assignment_category: AssignmentCategory | None = None,
        location_id: str | None = None,
        confirm: bool = False,
        poll_policy: PollPolicy | None = None,
        **options: Unpack[CallOptions],
    ) -> OperationReport:
        """Assigns a number to a user or resource account, and waits for the outcome.

        - `target`: an object id. For a name use `ensure_assigned`, which also checks beforehand what would make
          the order fail.
        - `number_type`: who provides the number, as `get` shows.
        - `assignment_category`: the part it plays for its holder; default: primary, chosen by the service.
        - `location_id`: the emergency location.
        - `confirm`: also reads the number afterwards, until it shows the target.
        - `poll_policy`: how often and how long to look for the outcome; default: waits of 1 s growing to 10 s,
          5 minutes in all.

        Raises `OperationError` if the service took the order and did not carry it out; its `details` have each
        number's state and the service's words. `RequestTimeoutError` if it was not over in time; its `target`
        is the id to go on with. `ConflictError` if somebody has the number. `PermissionDeniedError` if the
        token lacks `TeamsTelephoneNumber.ReadWrite.All`.

        After a lost answer the order is not repeated before a read of the number shows that it did not go
        through.

        >>> account = await graph.users.resolve("ivr@teams-phone-emulator.invalid")
        >>> report = await graph.numbers.assign("+12065550100", account, "callingPlan")
        >>> [(result.telephone_number, result.status) for result in report.numbers]
        [('+12065550100', 'succeeded')]

        Source: `admin.teams.telephoneNumberManagement.numberAssignments.assignNumber` and
        `admin.teams.telephoneNumberManagement.GetOperations`, specs/graph-teams/v1.0.
        """
        terms = {
            "assignment_category": assignment_category,
            "location_id": location_id,
            "confirm": confirm,
            "poll_policy": poll_policy,
        }
        return await self._run(
            self._native.numbers_assign(str(number), str(target), number_type, terms, options or None)
        )

    async def start_assign(
        self,
        number: str | PhoneNumber,
        target: str | UUID,
        number_type: NumberType,
        *,
        assignment_category: AssignmentCategory | None = None,
        location_id: str | None = None,
        poll_policy: PollPolicy | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Gives the order to assign a number, and returns at once what it can be followed by.

        Arguments and errors as `assign`, but for the outcome.

        >>> account = await graph.users.resolve("ivr@teams-phone-emulator.invalid")
        >>> operation = await graph.numbers.start_assign("+12065550100", account, "callingPlan")
        >>> (await operation.wait()).outcome
        'succeeded'

        Source: `admin.teams.telephoneNumberManagement.numberAssignments.assignNumber`, specs/graph-teams/v1.0.
        """
        from .operation import Operation

        terms = {
            "assignment_category": assignment_category,
            "location_id": location_id,
            "poll_policy": poll_policy,
        }
        call = self._native.numbers_start_assign(
            str(number), str(target), number_type, terms, options or None
        )
        return Operation(self._native, await self._run(call), self._run)

    async def unassign(
        self,
        number: str | PhoneNumber,
        number_type: NumberType,
        *,
        held_by: str | UUID | None = None,
        confirm: bool = False,
        poll_policy: PollPolicy | None = None,
        **options: Unpack[CallOptions],
    ) -> OperationReport:
        """Takes a number away from whoever has it, and waits for the outcome.

        - `held_by`: the object id of whoever has it now. If the answer to the order is lost, it is given again
          only while this one still has the number; without it the order is not given again at all, since it
          could hit somebody else.
        - `confirm`: also reads the number afterwards, until it is free.
        - `poll_policy`: as for `assign`.

        Raises as `assign`.

        >>> account = await graph.users.resolve("ivr@teams-phone-emulator.invalid")
        >>> _ = await graph.numbers.assign("+12065550100", account, "callingPlan")
        >>> _ = await graph.numbers.unassign("+12065550100", "callingPlan", held_by=account)
        >>> (await graph.numbers.get("+12065550100")).holding
        'free'

        Source: `admin.teams.telephoneNumberManagement.numberAssignments.unassignNumber` and
        `admin.teams.telephoneNumberManagement.GetOperations`, specs/graph-teams/v1.0.
        """
        terms = {
            "held_by": None if held_by is None else str(held_by),
            "confirm": confirm,
            "poll_policy": poll_policy,
        }
        return await self._run(
            self._native.numbers_unassign(str(number), number_type, terms, options or None)
        )

    async def start_unassign(
        self,
        number: str | PhoneNumber,
        number_type: NumberType,
        *,
        held_by: str | UUID | None = None,
        poll_policy: PollPolicy | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Gives the order to unassign a number, and returns at once what it can be followed by.

        Arguments and errors as `unassign`, but for the outcome.

        >>> account = await graph.users.resolve("ivr@teams-phone-emulator.invalid")
        >>> _ = await graph.numbers.assign("+12065550100", account, "callingPlan")
        >>> operation = await graph.numbers.start_unassign("+12065550100", "callingPlan", held_by=account)
        >>> (await operation.result()).status
        'succeeded'

        Source: `admin.teams.telephoneNumberManagement.numberAssignments.unassignNumber`,
        specs/graph-teams/v1.0.
        """
        from .operation import Operation

        terms = {
            "held_by": None if held_by is None else str(held_by),
            "poll_policy": poll_policy,
        }
        call = self._native.numbers_start_unassign(str(number), number_type, terms, options or None)
        return Operation(self._native, await self._run(call), self._run)

    def operation(
        self, id: str, *, poll_policy: PollPolicy | None = None, **options: Unpack[CallOptions]
    ) -> Operation:
        """Returns an order that was given before, perhaps by another process. Sends nothing by itself.

        - `id`: the id of the operation, or its whole address.
        - `poll_policy`, and the options: what its `poll`, `wait` and `result` do by default.

        Raises `ConfigError` if it is no id.

        >>> account = await graph.users.resolve("ivr@teams-phone-emulator.invalid")
        >>> operation = await graph.numbers.start_assign("+12065550100", account, "callingPlan")
        >>> stored = operation.id
        >>> report = await graph.numbers.operation(stored).wait()
        >>> report.id == stored, report.outcome
        (True, 'succeeded')

        Source: `admin.teams.telephoneNumberManagement.GetOperations`, specs/graph-teams/v1.0.
        """
        from .operation import Operation

        resumed = self._native.numbers_operation(id, poll_policy, options or None)
        return Operation(self._native, resumed, self._run)

    async def update(
        self,
        number: str | PhoneNumber,
        *,
        location_id: str | None = None,
        network_site_id: str | None = None,
        reverse_number_lookup_options: Iterable[ReverseNumberLookupOption] | None = None,
        **options: Unpack[CallOptions],
    ) -> None:
        """Changes the settings of a number; done when it returns. What is not given, or `None`, stays as it is.

        - `location_id`: the emergency location; an empty text removes it.
        - `network_site_id`: the network site; an empty text removes it.
        - `reverse_number_lookup_options`: how calls inside of the tenant use the number; an empty list removes
          all.

        The assignment category cannot be changed: unassign the number and assign it anew.

        Raises `PermissionDeniedError` if the token lacks `TeamsTelephoneNumber.ReadWrite.All`, `ConfigError`
        if there is nothing to change; then nothing was sent.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> location = "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e"
        >>> await graph.numbers.update("+12065550100", location_id=location)
        >>> (await graph.numbers.get("+12065550100")).location_id == location
        True
        >>> await graph.numbers.update("+12065550100", location_id="")
        >>> (await graph.numbers.get("+12065550100")).location_id is None
        True

        Source: `admin.teams.telephoneNumberManagement.numberAssignments.updateNumber`,
        specs/graph-teams/v1.0.
        """
        lookups = reverse_number_lookup_options
        names = None if lookups is None else _texts(lookups)
        return await self._run(
            self._native.numbers_update(
                str(number), location_id, network_site_id, names, options or None
            )
        )

    async def ensure_assigned(
        self,
        number: str | PhoneNumber,
        target: str | UUID,
        *,
        skip: Iterable[Check] = (),
        assignment_category: AssignmentCategory | None = None,
        location_id: str | None = None,
        poll_policy: PollPolicy | None = None,
        **options: Unpack[CallOptions],
    ) -> EnsuredNumber:
        """Makes a number be assigned to a user or resource account, short of taking it from somebody else.

        What is right already stays untouched. Otherwise everything that can be checked beforehand is checked,
        the number is assigned, and read until it shows its new holder.

        - `target`: an object id, or a user principal name, which is looked up.
        - `skip`: checks to leave out, such as those that the token has no permission for. That nobody else has
          the number is always checked.
        - `assignment_category`: default: primary, chosen by the service. A number that the target has already
          keeps its own.
        - `location_id`: the emergency location of a new assignment.

        Raises `ConflictError` if somebody else has the number; the message names who. `NotFoundError` if the
        tenant has no such number or account. `OperationError` if a check failed, which the message names, or
        the order did. Otherwise as `assign`.

        Safe to repeat: the second time nothing is changed.

        >>> for _ in range(2):
        ...     (await graph.numbers.ensure_assigned("+12065550100", "ivr@teams-phone-emulator.invalid")).changed
        True
        False

        Source: `admin.teams.telephoneNumberManagement.numberAssignments.assignNumber` and the reads that
        `preflight` names, specs/graph-teams/v1.0 and beta.
        """
        terms = {
            "skip": _texts(skip),
            "assignment_category": assignment_category,
            "location_id": location_id,
            "poll_policy": poll_policy,
        }
        return await self._run(
            self._native.numbers_ensure_assigned(str(number), str(target), terms, options or None)
        )

    async def move_to(
        self,
        number: str | PhoneNumber,
        target: str | UUID,
        *,
        skip: Iterable[Check] = (),
        assignment_category: AssignmentCategory | None = None,
        location_id: str | None = None,
        poll_policy: PollPolicy | None = None,
        **options: Unpack[CallOptions],
    ) -> MovedNumber:
        """Moves a number to a user or resource account: takes it from whoever has it, waits, assigns it, waits.

        The new holder is checked before the number is taken from the old one.

        - `target`: an object id, or a user principal name, which is looked up.
        - `skip`: checks to leave out.
        - `assignment_category`, `location_id`: default: those that the number has now.

        Raises as `ensure_assigned`. If the number was taken from its old holder and could not be given to the
        new one, the message says so and names the old one.

        Safe to repeat: it goes on where it stopped.

        >>> moved = await graph.numbers.move_to("+12065550100", "ivr@teams-phone-emulator.invalid")
        >>> moved.from_ is None, moved.changed
        (True, True)

        Source: `admin.teams.telephoneNumberManagement.numberAssignments.unassignNumber` and
        `admin.teams.telephoneNumberManagement.numberAssignments.assignNumber`, specs/graph-teams/v1.0.
        """
        terms = {
            "skip": _texts(skip),
            "assignment_category": assignment_category,
            "location_id": location_id,
            "poll_policy": poll_policy,
        }
        return await self._run(
            self._native.numbers_move_to(str(number), str(target), terms, options or None)
        )

    async def preflight(
        self,
        number: str | PhoneNumber,
        target: str | UUID,
        *,
        skip: Iterable[Check] = (),
        **options: Unpack[CallOptions],
    ) -> Preflight:
        """Checks what would make the assignment of a number fail, and changes nothing.

        Number: exists, free, fit for the kind of target. Target: exists, licence, usage location. What the
        token may not read counts as not checked.

        - `target`: an object id, or a user principal name.
        - `skip`: checks to leave out. Number and target are looked up all the same, but a target that is given
          by object id need not be found then.

        Raises `PermissionDeniedError` if the token may not even read numbers. What does not exist is a
        finding, not an error; `Preflight.result` makes it one.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> checked = await graph.numbers.preflight("+12065550102", "ivr@teams-phone-emulator.invalid")
        >>> [finding.check for finding in checked.failed]
        ['capability']

        Source: `admin.teams.telephoneNumberManagement.ListNumberAssignments`, `user.GetUser` and
        `users.ListLicenseDetails`, specs/graph-teams/v1.0; `admin.teams.GetResourceAccounts`,
        specs/graph-teams/beta.
        """
        return await self._run(
            self._native.numbers_preflight(str(number), str(target), _texts(skip), options or None)
        )


def _texts(given: str | Iterable[str]) -> Iterable[str]:
    """One text or several."""
    return (given,) if isinstance(given, str) else given
