"""Results of bulk runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from .base import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..errors import Error

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class BulkResult(Model, Generic[T, R]):
    """How the call for one item ended: with a value or with an error."""

    item: T
    """The item, as it was given."""
    value: R | None
    """What the call returned; `None` if it failed."""
    error: Error | None
    """Why it failed; `None` if it did not."""

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.error is None

    def result(self) -> R:
        """Returns the value, or raises the error."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Progress(Model):
    """How far a bulk run is."""

    done: int
    """Calls that have ended, failed ones included."""
    failed: int
    """Calls that have failed."""
