"""Results of assignment calls."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ..types import PrincipalType


@dataclass(frozen=True, slots=True)
class Assignment(Model):
    """The consent that a user or resource account of Teams may use the resource."""

    tenant_id: str
    """The Teams tenant."""
    object_id: str
    """The user or resource account."""
    principal_type: PrincipalType | str
    """What the principal is; a value that this version does not know is kept as it came."""
    client_ids: tuple[str, ...]
    """The applications that a user may sign in through."""


@dataclass(frozen=True, slots=True)
class Granted(Model):
    """An assignment that has been written."""

    assignment: Assignment
    """The assignment as the service stored it."""
    created: bool
    """Whether it is new; otherwise it took the place of an earlier one."""


@dataclass(frozen=True, slots=True)
class Change(Model):
    """A field that was not as it should be."""

    field: str
    """The field, as the service spells it."""
    from_: str
    """What it was."""
    to: str
    """What it is now."""


@dataclass(frozen=True, slots=True)
class Ensured(Model):
    """An assignment that is as it should be."""

    assignment: Assignment
    """The assignment as the service has it."""
    outcome: Literal["unchanged", "created", "replaced"]
    """What had to be done."""
    changes: tuple[Change, ...]
    """What was replaced; empty unless `outcome` is `replaced`."""


@dataclass(frozen=True, slots=True)
class Revoked(Model):
    """The proof that an assignment is gone."""

    checks: int
    """How often it was looked for until it was gone."""
