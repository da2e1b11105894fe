"""Owns what calls and clients can be told about time: retries, polling, rates, and options of one call."""

from __future__ import annotations

# Not half: dataclasses look into whatever another thread has imported of it so far.
import typing as _typing  # noqa: F401
from dataclasses import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .types import Duration

__all__ = ["PollPolicy", "RateLimits", "RetryPolicy"]


@dataclass(frozen=True)
class RetryPolicy:
    """When and how often a call is repeated.

    Only what is safe is repeated: a refused connection, 429, and 503 with a wait named by the service always;
    other failures of the service, timeouts and lost answers for idempotent calls only. A wait that the service
    names wins over the back-off.

    >>> RetryPolicy(max_attempts=1)
    RetryPolicy(max_attempts=1, base_delay=None, max_delay=None, deadline=None, attempt_timeout=None)
    """

    max_attempts: int | None = None
    """How often a call is sent at most, the first time included; default 5."""
    base_delay: Duration | None = None
    """The longest first wait; default 0.5 s. It doubles with every retry."""
    max_delay: Duration | None = None
    """The longest wait that the client chooses itself; default 20 s."""
    deadline: Duration | None = None
    """How long a call may take with all its attempts and waits; default 120 s."""
    attempt_timeout: Duration | None = None
    """How long one attempt may take; default 30 s."""


@dataclass(frozen=True)
class PollPolicy:
    """How often something that takes its time is looked at, and for how long.

    The first look is at once. A wait that the service names wins over the schedule's own.

    >>> PollPolicy(within=60).within
    60
    """

    first_wait: Duration | None = None
    """The wait before the second look; default 1 s."""
    factor: float | None = None
    """How much longer each wait is than the one before; default 1.5, at least 1."""
    longest_wait: Duration | None = None
    """The longest wait of the schedule's own; default 10 s."""
    within: Duration | None = None
    """How long to keep looking; default 300 s."""


@dataclass(frozen=True)
class RateLimits:
    """How many requests a bulk run may send per window, retries included.

    >>> RateLimits(otherwise=100, operations={"teams_extension_assignment_put": 50}).window
    30
    """

    window: Duration = 30
    """The window over which is counted; default 30 s."""
    otherwise: int = 500
    """Requests per window and operation that is not named; default 500."""
    operations: Mapping[str, int] = field(default_factory=dict)
    """Requests per window, by the name of an operation as errors and logs have it; unknown names are refused."""
