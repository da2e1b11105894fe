"""Owns how a plan for an operation of Graph's is written in Python; the emulator's own parser decides on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from ._documents import members, milliseconds

if TYPE_CHECKING:
    from datetime import timedelta

    from typing_extensions import Unpack


class Pace(TypedDict, total=False):
    """How long an operation takes, in place of the setting."""

    polls: int
    """So many reads see it unfinished; the next sees the end."""
    delay: timedelta | float
    """So long by the emulator's clock, which ``advance_clock`` moves; numbers are seconds."""
    retry_after: int
    """Whole seconds in ``Retry-After`` of the 202 and of polls before the end."""


@dataclass(frozen=True)
class OperationPlan:
    """What becomes of the next operation on a number. Every constructor takes :class:`Pace` as keywords.

    >>> OperationPlan.fail("no seat left", polls=3).to_dict()
    {'outcome': {'type': 'fail', 'statusDetail': 'no seat left'}, 'delay': {'polls': 3}}
    """

    outcome: Mapping[str, Any]
    pace: Pace = field(default_factory=Pace)

    def to_dict(self) -> dict[str, Any]:
        """The plan as ``POST /_emulator/graph/plans`` takes it."""
        unknown = self.pace.keys() - Pace.__annotations__.keys()
        if unknown:
            raise TypeError(f"a plan has no {', '.join(sorted(unknown))}")
        document: dict[str, Any] = {"outcome": dict(self.outcome)}
        if "polls" in self.pace and "delay" in self.pace:
            raise TypeError("a plan has polls or a delay, not both")
        if "polls" in self.pace:
            document["delay"] = {"polls": self.pace["polls"]}
        elif "delay" in self.pace:
            document["delay"] = {"milliseconds": milliseconds("delay", self.pace["delay"])}
        if "retry_after" in self.pace:
            document["retryAfter"] = self.pace["retry_after"]
        return document

    @classmethod
    def succeed(cls, **pace: Unpack[Pace]) -> OperationPlan:
        """Ends as the state of the tenant lets it."""
        return cls._of(pace, type="succeed")

    @classmethod
    def fail(cls, status_detail: str, **pace: Unpack[Pace]) -> OperationPlan:
        """Fails with this explanation; the number stays as it is."""
        return cls._of(pace, type="fail", status_detail=status_detail)

    @classmethod
    def skip(cls, status_detail: str | None = None, **pace: Unpack[Pace]) -> OperationPlan:
        """Ends ``skipped``; the number stays as it is."""
        return cls._of(pace, type="skip", status_detail=status_detail)

    @classmethod
    def end_with(cls, status: str, **pace: Unpack[Pace]) -> OperationPlan:
        """Ends with this status text, known or not; the number stays as it is."""
        return cls._of(pace, type="status", status=status)

    @classmethod
    def partial(
        cls, failures: Mapping[str, str], *, overall: str = "failed", **pace: Unpack[Pace]
    ) -> OperationPlan:
        """Does its work, and reports further numbers that failed, each with an explanation."""
        numbers = [
            {"telephoneNumber": number, "status": "failed", "statusDetail": why}
            for number, why in failures.items()
        ]
        return cls._of(pace, type="partial", status=overall, numbers=numbers)

    @classmethod
    def stuck(cls, **pace: Unpack[Pace]) -> OperationPlan:
        """Stays ``running`` for ever."""
        return cls._of(pace, type="stuck")

    @classmethod
    def phantom_status(cls, **pace: Unpack[Pace]) -> OperationPlan:
        """Succeeds, but leaves a number that says it is assigned and names no target."""
        return cls._of(pace, type="phantomStatus")

    @classmethod
    def phantom_target(cls, **pace: Unpack[Pace]) -> OperationPlan:
        """Succeeds, but leaves a number that names the target and says it is unassigned."""
        return cls._of(pace, type="phantomTarget")

    @classmethod
    def _of(cls, pace: Pace, **outcome: object) -> OperationPlan:
        plan = cls(members(**outcome), pace)
        plan.to_dict()
        return plan
