"""Owns the names in the emulator's demo tenant, and short ways to look at what tests of Microsoft Graph did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from teams_phone import PollPolicy

if TYPE_CHECKING:
    from support.face import Face

    from teams_phone.testing import Emulator

ACCOUNT = "ivr@teams-phone-emulator.invalid"
ACCOUNT_ID = "c0000000-0000-4000-8000-000000000001"
APP_ID = "a0000000-0000-4000-8000-000000000001"
RESOURCE_ID = "d0000000-0000-4000-8000-000000000001"
USER = "alex@teams-phone-emulator.invalid"
USER_ID = "b0000000-0000-4000-8000-000000000002"
NUMBER = "+12065550100"
OTHER_NUMBER = "+12065550101"
USER_NUMBER = "+12065550102"
SKU = "PHONESYSTEM_VIRTUALUSER"
SKU_ID = "440eaaa8-b3e0-484b-a8be-62870b9ba70a"

# Another resource account, for tests that need two; see `two_accounts`.
OTHER = "queue@teams-phone-emulator.invalid"
OTHER_ID = "c0000000-0000-4000-8000-000000000002"

NOBODY = "0a0b0c0d-0000-4000-8000-00000000ffff"

# Looks again at once: no test waits for a real second.
SOON = PollPolicy(first_wait=0.01, longest_wait=0.01)


def two_accounts(emulator: Emulator) -> None:
    """Adds a second resource account that is ready for a number."""
    emulator.graph.add_resource_account(OTHER, id=OTHER_ID, usage_location="US", licences=[SKU])


def service_number(emulator: Emulator, number: str = NUMBER, **members: Any) -> None:
    """Puts a service number into the inventory, in place of the one there is."""
    capabilities = ["conferenceAssignment", "voiceApplicationAssignment"]
    emulator.graph.add_number(number, capabilities=capabilities, **members)


def orders(emulator: Emulator) -> list[str]:
    """The orders that were given, by the ends of their paths."""
    ends = [request.path.rpartition("/")[2] for request in emulator.requests()]
    return [end for end in ends if end in ("assignNumber", "unassignNumber")]


def holder(emulator: Emulator, number: str = NUMBER) -> str | None:
    """Who has a number, as the emulator knows it."""
    found = emulator.graph.number(number)
    assert found is not None
    target: str | None = found.get("assignmentTargetId")
    return target


def limited(face: Face, emulator: Emulator, *permissions: str) -> Any:
    """A Graph client whose token has these permissions and no others."""
    token = emulator.graph.token_with(permissions)
    return face.open(face.module.GraphClient(lambda: token, endpoint=emulator.url))
