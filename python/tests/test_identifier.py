"""Raw ids of callers and callees, and telephone numbers: what is read of them."""

from __future__ import annotations

import json
import pickle

import pytest

import teams_phone
from teams_phone import PhoneNumber, _native, identifier
from teams_phone.identifier import Identifier

TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
USER = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111"

KINDS = [
    (
        "4:+12065550100",
        identifier.PhoneNumberId("4:+12065550100", "+12065550100", False, None),
        "phoneNumber",
    ),
    ("4:anonymous", identifier.PhoneNumberId("4:anonymous", "anonymous", True, None), None),
    ("4:+1_7", identifier.PhoneNumberId("4:+1_7", "+1_7", False, "7"), None),
    ("8:spool:17", identifier.CommunicationUser("8:spool:17"), "communicationUser"),
    ("8:acs:res_17", identifier.CommunicationUser("8:acs:res_17"), "communicationUser"),
    (
        "8:teamsvisitor:17",
        identifier.TeamsUser("8:teamsvisitor:17", "public", "17", True),
        "microsoftTeamsUser",
    ),
    ("8:orgid:a", identifier.TeamsUser("8:orgid:a", "public", "a", False), None),
    ("8:dod:a", identifier.TeamsUser("8:dod:a", "dod", "a", False), None),
    ("8:gcch:a", identifier.TeamsUser("8:gcch:a", "gcch", "a", False), None),
    ("28:orgid:a", identifier.TeamsApp("28:orgid:a", "public", "a"), "microsoftTeamsApp"),
    ("28:dod:a", identifier.TeamsApp("28:dod:a", "dod", "a"), None),
    ("28:gcch:a", identifier.TeamsApp("28:gcch:a", "gcch", "a"), None),
    (
        f"8:dod-acs:res_{TENANT}_{USER}",
        identifier.TeamsExtensionUser(
            f"8:dod-acs:res_{TENANT}_{USER}", "dod", "res", TENANT, USER, TENANT, USER
        ),
        "teamsExtensionUser",
    ),
    (
        "8:acs:res_t_u",
        identifier.TeamsExtensionUser("8:acs:res_t_u", "public", "res", "t", "u", None, None),
        None,
    ),
    ("", identifier.Unknown(""), "unknown"),
    ("8:ACS:x", identifier.Unknown("8:ACS:x"), "unknown"),
    ("alice", identifier.Unknown("alice"), "unknown"),
]


@pytest.mark.parametrize(("raw_id", "wanted", "kind"), KINDS)
def test_every_raw_id_is_of_a_kind(raw_id: str, wanted: Identifier, kind: str | None) -> None:
    found = Identifier.parse(raw_id)
    assert found == wanted
    assert type(found) is type(wanted)
    assert (str(found), found.raw_id) == (raw_id, raw_id)
    if kind is not None:
        assert found.kind == kind
    assert pickle.loads(pickle.dumps(found)) == found
    assert hash(found) == hash(wanted)
    document = json.loads(found.to_json())
    assert (document["kind"], document["rawId"]) == (found.kind, raw_id)


def test_the_identity_of_a_user_is_recognised(client: teams_phone.Client) -> None:
    created = client.identities.create().identity
    assert isinstance(Identifier.parse(created.id), identifier.CommunicationUser)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("+12065550100", PhoneNumber("+12065550100", "+12065550100", None)),
        ("tel:+1 (206) 555-0100", PhoneNumber("+12065550100", "+12065550100", None)),
        ("12065550100;ext=17", PhoneNumber("+12065550100;ext=17", "+12065550100", "17")),
    ],
)
def test_numbers_are_kept_in_one_spelling(text: str, wanted: PhoneNumber) -> None:
    number = PhoneNumber.parse(text)
    assert number == wanted
    assert str(number) == wanted.text
    assert sorted({number, wanted}) == [wanted]
    assert PhoneNumber.parse(str(number)) == number


@pytest.mark.parametrize("text", ["", "0206555", "+1206(0)5550100", "12", "1" * 16, "a", "+1;x=2"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(teams_phone.ConfigError, match="telephone number"):
        PhoneNumber.parse(text)


def test_classes_have_the_fields_that_the_native_half_fills() -> None:
    made = {
        (module, name): fields
        for module, name, fields in _native.model_fields()
        if module in ("teams_phone.identifier", "teams_phone.phone_number")
    }
    assert made
    for (module, name), fields in made.items():
        home = identifier if module == "teams_phone.identifier" else teams_phone
        assert list(getattr(home, name).__dataclass_fields__) == fields
