"""Results of calls about numbers: what the tenant has, what became of an order, what checks have found."""

from __future__ import annotations

from dataclasses import dataclass, field

from .base import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal
    from uuid import UUID

    from typing_extensions import Self

    from ..errors import Error
    from ..types import (
        ActivationState,
        AssignmentCategory,
        AssignmentStatus,
        Check,
        CustomerAction,
        NumberCapability,
        NumberSource,
        NumberType,
        OperationStatus,
        PortInStatus,
        ReverseNumberLookupOption,
    )
    from .users import User


@dataclass(frozen=True, slots=True)
class NumberAssignment(Model):
    """A number of the tenant and its assignment."""

    id: str
    """The id of this entry; see `Numbers.get_by_id`."""
    telephone_number: str
    """The number, with its country code and a plus sign."""
    number_type: NumberType | str
    """Who provides it; a value that this version does not know is kept as it came, here and below."""
    activation_state: ActivationState | str
    """How far the last change has come."""
    capabilities: tuple[NumberCapability | str, ...]
    """What it may be used for."""
    assignment_status: AssignmentStatus | str | None
    """Whether it is in use, and by what; see `holding`."""
    assignment_target_id: str | None
    """The user or resource account that the service names; see `holder`."""
    assignment_category: AssignmentCategory | str | None
    """The part it plays for its holder."""
    operator_id: str | None
    """The operator that provides it."""
    location_id: str | None
    """The emergency location."""
    civic_address_id: str | None
    """The civic address of that location."""
    network_site_id: str | None
    """Reserved by the service."""
    iso_country_code: str | None
    """The country, as two letters of ISO 3166-1."""
    city: str | None
    """The city."""
    number_source: NumberSource | str | None
    """The directory it was entered in."""
    port_in_status: PortInStatus | str | None
    """The state of an order to bring it over from another operator."""
    supported_customer_actions: tuple[CustomerAction | str, ...]
    """What an administrator may do with it."""
    reverse_number_lookup_options: tuple[ReverseNumberLookupOption | str, ...]
    """How calls inside of the tenant use it."""
    holding: Literal["free", "held", "other", "unclear"]
    """Whom it belongs to, read from status and target together.

    `free`: nobody. `held`: a user or resource account, see `holder`. `other`: something without an object id of
    its own, such as a conference bridge. `unclear`: status and target contradict each other, as the service is
    known to answer at times; reading again later may show one or the other.
    """

    @property
    def holder(self) -> str | None:
        """The object id of whoever has the number; `None` unless `holding` is `held`."""
        return self.assignment_target_id if self.holding == "held" else None

    def is_held_by(self, target: str | UUID) -> bool:
        """Whether this user or resource account, given by object id, has the number."""
        return self.holder is not None and self.holder == str(target).strip().lower()


@dataclass(frozen=True, slots=True)
class NumberResult(Model):
    """What became of one number of an order."""

    telephone_number: str | None
    """The number, where the id of its assignment tells it."""
    number_id: str | None
    """The id of its assignment."""
    status: OperationStatus | str
    """How far it is, in the service's word."""
    status_detail: str | None
    """The service's words about it, the only explanation of a failure."""


@dataclass(frozen=True, slots=True)
class OperationReport(Model):
    """An order at one moment."""

    id: str | None
    """Its id; `None` if the answer that had it was lost, and the number itself was read instead."""
    status: OperationStatus | str
    """How far it is, in the service's word."""
    created_date_time: str | None
    """When it was given, as the service writes it: without an offset, so that it is no moment."""
    numbers: tuple[NumberResult, ...]
    """What became of each number."""
    outcome: Literal["pending", "succeeded", "partial", "failed"]
    """The verdict: `succeeded` alone is success; `skipped` and states that are not known are failures."""
    error: Error | None = field(compare=False, repr=False)
    """Why it is no success, with an entry of `details` for each number; `None` if all of it succeeded."""

    def result(self) -> Self:
        """Returns the report if all of it succeeded, else raises the error."""
        if self.error is not None:
            raise self.error
        return self


@dataclass(frozen=True, slots=True)
class EnsuredNumber(Model):
    """What it took to have a number assigned."""

    number: NumberAssignment
    """The number as it is now."""
    changed: bool
    """Whether it was assigned just now; `False` if the target had it already."""
    operation: OperationReport | None
    """The order that was given, if one was."""


@dataclass(frozen=True, slots=True)
class MovedNumber(Model):
    """What a move did."""

    from_: str | None
    """Who had the number before; `None` if nobody had, or nobody with an object id."""
    number: NumberAssignment
    """The number as it is now."""
    changed: bool
    """Whether anything was done; `False` if the target had it already."""
    operations: tuple[OperationReport, ...]
    """The orders that were given: to unassign it, and to assign it."""


@dataclass(frozen=True, slots=True)
class Finding(Model):
    """One check and what it found."""

    check: Check
    """What was checked."""
    verdict: Literal["passed", "failed", "not_checked"]
    """What it found; `not_checked` if it could not be looked at, or was left out."""
    message: str
    """The facts, and what to do if it failed."""


@dataclass(frozen=True, slots=True)
class Preflight(Model):
    """What all checks before an assignment found."""

    number: NumberAssignment | None
    """The number, if the tenant has it."""
    target: User | None
    """The target, if the directory has it."""
    target_kind: Literal["user", "resource_account"] | None
    """What the target is, if that could be read."""
    findings: tuple[Finding, ...]
    """All checks, those that were not made last."""
    error: Error | None = field(compare=False, repr=False)
    """The error of the first check that failed, with all that failed in its `details`; `None` if none did."""

    @property
    def is_ready(self) -> bool:
        """Whether no check failed."""
        return self.error is None

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The checks that failed."""
        return tuple(finding for finding in self.findings if finding.verdict == "failed")

    def result(self) -> Self:
        """Returns the findings if no check failed.

        Raises `NotFoundError` for a number or target that does not exist, `ConflictError` for a number that
        somebody else has, otherwise `OperationError`.
        """
        if self.error is not None:
            raise self.error
        return self
