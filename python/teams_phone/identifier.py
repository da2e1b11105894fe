"""Owns raw ids: the texts that name callers and callees across Communication Services and Teams.

It checks shapes only. Whether anybody answers to an id, nobody here knows.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import _native
from .models.base import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from .types import Cloud

__all__ = [
    "CommunicationUser",
    "Identifier",
    "PhoneNumberId",
    "TeamsApp",
    "TeamsExtensionUser",
    "TeamsUser",
    "Unknown",
]


@dataclass(frozen=True, slots=True)
class Identifier(Model):
    """Who is meant by a raw id, such as `4:+12065550100` or `8:orgid:<user>`.

    Every text is a raw id of some kind, at worst `Unknown`. `str()` gives it as it was parsed, and two identifiers
    are equal if their raw ids are. Prefixes are case-sensitive, as the service's are.

    >>> from teams_phone.identifier import Identifier, TeamsExtensionUser
    >>> caller = Identifier.parse(f"8:gcch-acs:res_{tenant}_{account}")
    >>> assert isinstance(caller, TeamsExtensionUser)
    >>> caller.cloud, caller.kind, caller.object_id == account
    ('gcch', 'teamsExtensionUser', True)
    """

    raw_id: str
    """The raw id itself."""

    kind = "unknown"
    """The name of the kind, as the service spells it, such as `teamsExtensionUser`."""

    @staticmethod
    def parse(raw_id: str) -> AnyIdentifier:
        """Recognises a raw id.

        >>> from teams_phone.identifier import Identifier
        >>> Identifier.parse("4:+12065550100")
        PhoneNumberId(raw_id='4:+12065550100', number='+12065550100', is_anonymous=False, asserted_id=None)
        """
        return _native.identifier(raw_id)

    def to_json(self) -> str:
        """Writes the service's JSON form, with `kind` and `rawId`.

        >>> from teams_phone.identifier import Identifier
        >>> Identifier.parse("8:spool:17").to_json()
        '{"kind":"communicationUser","rawId":"8:spool:17","communicationUser":{"id":"8:spool:17"}}'
        """
        return _native.identifier_json(self.raw_id)

    def __str__(self) -> str:
        return self.raw_id


@dataclass(frozen=True, slots=True)
class PhoneNumberId(Identifier):
    """A phone number, as `4:<number>`, or a caller who hides it."""

    kind = "phoneNumber"

    number: str
    """The number, normally in E.164 with its plus sign, or `anonymous`; any asserted id is part of it."""
    is_anonymous: bool
    """Whether the caller hides the number."""
    asserted_id: str | None
    """What tells callers with the same number apart: the text behind the last underscore."""


@dataclass(frozen=True, slots=True)
class TeamsExtensionUser(Identifier):
    """A Teams user who uses Teams Phone through a resource, as `8:acs:<resource>_<tenant>_<user>`."""

    kind = "teamsExtensionUser"

    cloud: Cloud
    """The cloud."""
    resource: str
    """The resource's immutable id."""
    tenant: str
    """The tenant, as it is written in the id."""
    user: str
    """The user, as it is written in the id."""
    tenant_id: str | None
    """The tenant's id, to ask for the user's assignment; `None` if it is no GUID."""
    object_id: str | None
    """The user's object id, to ask for the user's assignment; `None` if it is no GUID."""


@dataclass(frozen=True, slots=True)
class CommunicationUser(Identifier):
    """A user of a resource, as `8:acs:<resource>_<id>`, or of an earlier kind, as `8:spool:<id>`."""

    kind = "communicationUser"


@dataclass(frozen=True, slots=True)
class TeamsUser(Identifier):
    """A user of Teams, as `8:orgid:<user>`, or a visitor of one of its meetings."""

    kind = "microsoftTeamsUser"

    cloud: Cloud
    """The cloud; of a visitor nobody tells, and it is the public one."""
    user: str
    """The user's object id, or the visitor's id."""
    is_anonymous: bool
    """Whether it is a visitor, who has no account."""


@dataclass(frozen=True, slots=True)
class TeamsApp(Identifier):
    """A bot or resource account of Teams, as `28:orgid:<app>`."""

    kind = "microsoftTeamsApp"

    cloud: Cloud
    """The cloud."""
    app: str
    """The application's or resource account's id."""


@dataclass(frozen=True, slots=True)
class Unknown(Identifier):
    """An id of no known kind."""


if TYPE_CHECKING:
    AnyIdentifier: TypeAlias = (
        PhoneNumberId | TeamsExtensionUser | CommunicationUser | TeamsUser | TeamsApp | Unknown
    )
    """Every kind of identifier, for `match` and `isinstance`."""
