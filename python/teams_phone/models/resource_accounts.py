"""Results of calls about resource accounts."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Model


@dataclass(frozen=True, slots=True)
class ResourceAccount(Model):
    """A resource account, as Teams has it."""

    id: str
    """The object id in the directory."""
    user_principal_name: str | None
    """The name it would sign in with."""
    display_name: str | None
    """The name that people see."""
    app_id: str | None
    """The application that it stands for."""
    phone_number: str | None
    """The number that is assigned to it."""
    acs_resource_id: str | None
    """The Communication Services resource that takes its calls, by its immutable resource id."""
