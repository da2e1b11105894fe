"""What Entra assignment calls take and return."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias
    from uuid import UUID

    from ..errors import Error
    from ..types import EntraPrincipalType

    EntraChanges: TypeAlias = (
        Mapping[str, "EntraAccess | None"]
        | Mapping[UUID, "EntraAccess | None"]
        | Mapping[str | UUID, "EntraAccess | None"]
        | Iterable[tuple[str | UUID, "EntraAccess | None"]]
    )
    """What each object is to have, by object id, as a mapping or as pairs; `None` deletes."""


@dataclass(frozen=True, slots=True)
class EntraAccess(Model):
    """What an Entra assignment gives: to whom, and through which applications."""

    tenant_id: str
    """The tenant of the user or group; for a whole tenant, its own id."""
    principal_type: EntraPrincipalType | str
    """Whether the object id is a user's, a group's or a tenant's; an unknown value is kept as it came."""
    client_ids: tuple[str, ...] = ()
    """The applications whose tokens are accepted."""


@dataclass(frozen=True, slots=True)
class EntraAssignment(Model):
    """An Entra assignment, as the service stores it."""

    object_id: str
    """The user, group or tenant."""
    access: EntraAccess
    """What it is given."""


@dataclass(frozen=True, slots=True)
class EntraGranted(Model):
    """An Entra assignment that has been written."""

    assignment: EntraAssignment
    """The assignment as the service stored it."""
    created: bool
    """Whether it is new; `False` if one was replaced. After a retry it may be this call's own."""


@dataclass(frozen=True, slots=True)
class BulkReport(Model):
    """What a bulk change did, object by object. Each change is in one of `done`, `refused` and `rest`."""

    done: tuple[str, ...]
    """The objects whose assignment is written or deleted."""
    refused: tuple[tuple[str, Error], ...]
    """The objects that the service refused as invalid or stored otherwise, each with its reason."""
    stopped: Error | None
    """Why the work stopped before its end."""
    rest: tuple[tuple[str, EntraAccess | None], ...]
    """The changes that were not made because of that; `update(report.rest)` goes on with them."""

    @property
    def is_complete(self) -> bool:
        """Whether every change was made."""
        return not self.refused and self.stopped is None
