"""The contract of the calls about numbers, as the Rust suite has it, on both faces."""

from __future__ import annotations

import json
import pickle
import re
import uuid
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import parse_qs

import pytest
from support.teams import (
    ACCOUNT,
    ACCOUNT_ID,
    NOBODY,
    NUMBER,
    OTHER,
    OTHER_ID,
    OTHER_NUMBER,
    SKU,
    SOON,
    USER,
    USER_ID,
    USER_NUMBER,
    holder,
    limited,
    orders,
    service_number,
    two_accounts,
)

import teams_phone
import teams_phone.models
from teams_phone.testing import Fault, OperationPlan

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.face import Face

    from teams_phone.testing import Emulator

KIND = "callingPlan"
LOCATION = "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e"


def said(checked: Any, check: str) -> tuple[str, str]:
    """What a check found, and in which words."""
    [finding] = [finding for finding in checked.findings if finding.check == check]
    return finding.verdict, finding.message


# Lists


def test_lists_all_numbers_and_those_that_fit(face: Face) -> None:
    numbers = face.graph.numbers
    everything = [number.telephone_number for number in numbers.list()]
    assert everything == [NUMBER, OTHER_NUMBER, USER_NUMBER]
    rows: list[tuple[dict[str, Any], list[str]]] = [
        ({"telephone_number": "+1 206 555 0100"}, [NUMBER]),
        ({"capability": "userAssignment", "status": "unassigned"}, [USER_NUMBER]),
        ({"capability": ["voiceApplicationAssignment"], "number_type": KIND}, everything[:2]),
        ({"status": "userAssigned"}, []),
        ({"odata": f"telephoneNumber eq '{USER_NUMBER}'"}, [USER_NUMBER]),
    ]
    for conditions, expected in rows:
        found = [number.telephone_number for number in numbers.list(**conditions)]
        assert found == expected, conditions


def test_every_condition_is_sent_as_odata_has_it(face: Face, emulator: Emulator) -> None:
    sent = face.graph.numbers.list(
        telephone_number=NUMBER,
        number_type="directRouting",
        status="unassigned",
        capability=["userAssignment", "teamsPhoneMobile"],
        target=uuid.UUID(ACCOUNT_ID),
        category="primary",
        activation_state="activated",
        source="online",
        iso_country_code="US",
        operator_id="O'Neil",
        location_id=LOCATION,
        odata="city eq 'a' or city eq 'b'",
        page_size=7,
    )
    emulator.inject(Fault.respond(200, body={"value": []}))
    assert list(sent) == []
    [request] = emulator.requests()
    query = parse_qs(request.target.partition("?")[2])
    assert query["$top"] == ["7"]
    assert query["$filter"][0].split(" and ") == [
        f"telephoneNumber eq '{NUMBER}'",
        "numberType eq 'directRouting'",
        "assignmentStatus eq 'unassigned'",
        "capabilities/any(c:c eq 'userAssignment')",
        "capabilities/any(c:c eq 'teamsPhoneMobile')",
        f"assignmentTargetId eq '{ACCOUNT_ID}'",
        "assignmentCategory eq 'primary'",
        "activationState eq 'activated'",
        "numberSource eq 'online'",
        "isoCountryCode eq 'US'",
        "operatorId eq 'O''Neil'",
        f"locationId eq '{LOCATION}'",
        "(city eq 'a' or city eq 'b')",
    ]


@pytest.mark.parametrize("next_link", [True, False])
def test_goes_through_all_pages(face: Face, emulator: Emulator, next_link: bool) -> None:
    emulator.graph.configure(next_link=next_link)
    for index in range(4):
        emulator.graph.add_number(f"+1206555020{index}")
    pages = [len(page) for page in face.graph.numbers.list(page_size=3).pages()]
    assert pages == [3, 3, 1]
    assert len(list(face.graph.numbers.list(page_size=3))) == 7
    empty = face.graph.numbers.list(status="policyAssigned")
    assert sum(len(page) for page in empty.pages()) == 0


def test_a_failed_page_comes_after_the_items_before_it(face: Face, emulator: Emulator) -> None:
    emulator.inject(Fault.respond(403, "Forbidden", skip=1))
    numbers = face.graph.numbers.list(page_size=2)
    seen = []
    with pytest.raises(teams_phone.PermissionDeniedError) as caught:
        for number in numbers:
            seen.append(number.telephone_number)
    assert seen == [NUMBER, OTHER_NUMBER]
    assert caught.value.operation == "number_list"


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"page_size": 0}, "page_size is 0; give a whole number from 1 to 1000"),
        ({"page_size": 1001}, "give a whole number from 1 to 1000"),
        ({"page_size": -1}, "page_size is -1"),
        ({"status": "free"}, 'status is "free"; give "unassigned" or'),
        ({"number_type": "CallingPlan"}, '"callingPlan"'),
        ({"capability": "voice"}, 'capability is "voice"'),
        ({"category": "x"}, '"primary" or "private" or "alternate"'),
        ({"activation_state": "x"}, '"activated"'),
        ({"source": "cloud"}, '"online" or "onPremises"'),
        ({"target": ACCOUNT}, "object id"),
        ({"telephone_number": "555"}, "555"),
        ({"timeout": -1}, "timeout"),
    ],
)
def test_a_wrong_condition_is_said_before_anything_is_sent(
    face: Face, emulator: Emulator, conditions: dict[str, Any], words: str
) -> None:
    with pytest.raises(teams_phone.ConfigError) as caught:
        face.graph.numbers.list(**conditions)
    assert words in str(caught.value)
    assert (caught.value.kind, caught.value.attempts) == ("config", 0)
    assert emulator.requests() == []


@pytest.mark.parametrize(
    ("argument", "alias"),
    [
        ("number_type", "NumberType"),
        ("status", "AssignmentStatus"),
        ("capability", "NumberCapability"),
        ("category", "AssignmentCategory"),
        ("activation_state", "ActivationState"),
        ("source", "NumberSource"),
        ("skip", "Check"),
        ("reverse_number_lookup_options", "ReverseNumberLookupOption"),
    ],
)
def test_type_checkers_know_what_calls_take(
    graph: teams_phone.GraphClient, argument: str, alias: str
) -> None:
    given: dict[str, Any] = {argument: "no such thing"}
    with pytest.raises(teams_phone.ConfigError) as caught:
        if argument == "skip":
            graph.numbers.preflight(NUMBER, ACCOUNT, **given)
        elif argument.endswith("options"):
            graph.numbers.update(NUMBER, **given)
        else:
            graph.numbers.list(**given)
    taken = re.findall('"([^"]+)"', str(caught.value))
    assert taken[0] == "no such thing"
    assert set(get_args(getattr(teams_phone.types, alias))) == set(taken[1:])


# Reading and changing


def test_reads_a_number_by_itself_and_by_its_id(face: Face) -> None:
    number = face.graph.numbers.get("+1 (206) 555-0100")
    assert number.telephone_number == NUMBER
    assert face.graph.numbers.get_by_id(number.id) == number
    assert (number.holding, number.holder, number.is_held_by(ACCOUNT_ID)) == ("free", None, False)
    assert "voiceApplicationAssignment" in number.capabilities


def test_a_number_is_a_value(face: Face) -> None:
    number = face.graph.numbers.get(NUMBER)
    assert pickle.loads(pickle.dumps(number)) == number
    assert hash(number) == hash(face.graph.numbers.get(NUMBER))
    assert repr(number).startswith("NumberAssignment(id=")
    plain = number.to_dict()
    assert plain["telephone_number"] == NUMBER
    assert json.loads(json.dumps(plain)) == plain
    with pytest.raises(AttributeError):
        number.city = "x"


def test_what_the_tenant_does_not_have_is_not_found(face: Face) -> None:
    with pytest.raises(teams_phone.NotFoundError) as caught:
        face.graph.numbers.get("+12025550199")
    assert caught.value.operation == "number_list"
    assert "+12025550199" in str(caught.value)
    assert caught.value.hint


def test_holding_is_read_from_status_and_target_together(face: Face, emulator: Emulator) -> None:
    for members, holding, who in [
        ({"assigned_to": ACCOUNT}, "held", ACCOUNT_ID),
        ({"assignment_status": "conferenceAssigned"}, "other", None),
        ({"assignment_status": "userAssigned"}, "unclear", None),
        ({"assignment_target_id": ACCOUNT_ID}, "unclear", None),
    ]:
        service_number(emulator, **members)
        number = face.graph.numbers.get(NUMBER)
        assert (number.holding, number.holder) == (holding, who), members
        assert number.is_held_by(uuid.UUID(ACCOUNT_ID)) == (who is not None)
        assert number.is_held_by(ACCOUNT_ID.upper()) == (who is not None)


def test_values_that_are_not_known_are_kept_as_they_came(face: Face, emulator: Emulator) -> None:
    changed = {
        "/value/0/numberType": "satellite",
        "/value/0/activationState": "dozing",
        "/value/0/assignmentStatus": "reservedForLater",
        "/value/0/capabilities": ["userAssignment", "holograms"],
    }
    emulator.inject(Fault.edit(changed))
    number = face.graph.numbers.get(NUMBER)
    assert (number.number_type, number.activation_state) == ("satellite", "dozing")
    assert number.capabilities == ("userAssignment", "holograms")
    assert (number.assignment_status, number.holding) == ("reservedForLater", "unclear")


def test_changes_settings_and_removes_them(face: Face, emulator: Emulator) -> None:
    update, get = face.graph.numbers.update, face.graph.numbers.get
    site = "1c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e"
    assert update(NUMBER, location_id=LOCATION, network_site_id=site) is None
    update(NUMBER, reverse_number_lookup_options=["skipInternalVoip"])
    number = get(NUMBER)
    assert (number.location_id, number.network_site_id) == (LOCATION, site)
    assert number.reverse_number_lookup_options == ("skipInternalVoip",)
    update(NUMBER, location_id="", network_site_id=None, reverse_number_lookup_options=())
    number = get(NUMBER)
    assert (number.location_id, number.network_site_id) == (None, site)
    assert number.reverse_number_lookup_options == ()
    last = [request for request in emulator.requests() if request.method == "POST"][-1]
    assert last.json() == {
        "telephoneNumber": NUMBER,
        "locationId": "",
        "reverseNumberLookupOptions": [],
    }


def test_one_option_given_as_text_is_that_option(face: Face) -> None:
    face.graph.numbers.update(NUMBER, reverse_number_lookup_options="skipInternalVoip")
    number = face.graph.numbers.get(NUMBER)
    assert number.reverse_number_lookup_options == ("skipInternalVoip",)


def test_nothing_is_sent_for_what_cannot_be_right(face: Face, emulator: Emulator) -> None:
    numbers = face.graph.numbers
    calls: list[Callable[[], object]] = [
        lambda: numbers.get("abc"),
        lambda: numbers.get_by_id(""),
        lambda: numbers.update(NUMBER),
        lambda: numbers.update(NUMBER, reverse_number_lookup_options=["x"]),
        lambda: numbers.assign(NUMBER, ACCOUNT, KIND),
        lambda: numbers.assign(NUMBER, ACCOUNT_ID, "callingplan"),
        lambda: numbers.assign(NUMBER, ACCOUNT_ID, KIND, assignment_category="first"),
        lambda: numbers.assign(NUMBER, ACCOUNT_ID, KIND, poll_policy=_negative()),
        lambda: numbers.start_assign("", ACCOUNT_ID, KIND),
        lambda: numbers.unassign(NUMBER, "phone"),
        lambda: numbers.unassign(NUMBER, KIND, held_by=ACCOUNT),
        lambda: numbers.start_unassign(NUMBER, "x"),
        lambda: numbers.operation("a b"),
        lambda: numbers.operation("https://graph.microsoft.com/v1.0/users/1"),
        lambda: numbers.ensure_assigned(NUMBER, "alex"),
        lambda: numbers.ensure_assigned(NUMBER, ACCOUNT, skip=["licence"]),
        lambda: numbers.move_to(NUMBER, "a b@c.d"),
        lambda: numbers.preflight("1", ACCOUNT),
        lambda: numbers.preflight(NUMBER, ""),
        lambda: numbers.preflight(NUMBER, ACCOUNT, skip="everything"),
    ]
    for call in calls:
        with pytest.raises(teams_phone.ConfigError) as caught:
            call()
        assert (caught.value.kind, caught.value.attempts) == ("config", 0)
    assert emulator.requests() == []


def _negative() -> teams_phone.PollPolicy:
    return teams_phone.PollPolicy(first_wait=-1)


@pytest.mark.parametrize("style", ["plain", "nested"])
def test_a_missing_permission_is_named(face: Face, emulator: Emulator, style: str) -> None:
    emulator.graph.configure(errors=style)
    graph = limited(face, emulator, "Organization.Read.All")
    with pytest.raises(teams_phone.PermissionDeniedError) as caught:
        list(graph.numbers.list())
    error = caught.value
    assert (error.kind, error.status, error.attempts) == ("service", 403, 1)
    assert error.code in ("forbidden", "Forbidden")
    assert error.operation == "number_list"
    # The nested form has no list of permissions.
    assert ("TeamsTelephoneNumber.Read.All" in error.accepted_permissions) == (style == "plain")
    assert error.request_id and error.request_id in str(error)
    assert error.hint
    assert isinstance(error, PermissionError)


def test_the_callers_request_id_is_sent_and_shown(face: Face, emulator: Emulator) -> None:
    graph = limited(face, emulator, "Organization.Read.All")
    with pytest.raises(teams_phone.PermissionDeniedError) as caught:
        graph.numbers.get(NUMBER, client_request_id="ticket-4711")
    assert caught.value.client_request_id == "ticket-4711"
    assert emulator.requests()[0].header("client-request-id") == "ticket-4711"


# Ensuring and moving


def test_ensures_an_assignment_once(face: Face, emulator: Emulator) -> None:
    for target, changed in [(ACCOUNT, True), (uuid.UUID(ACCOUNT_ID), False)]:
        ensured = face.graph.numbers.ensure_assigned(NUMBER, target, poll_policy=SOON)
        assert ensured.changed == changed
        assert (ensured.operation is not None) == changed
        assert ensured.number.holder == ACCOUNT_ID
    assert orders(emulator) == ["assignNumber"]
    assert pickle.loads(pickle.dumps(ensured)) == ensured


def test_a_number_of_somebody_else_is_a_conflict(face: Face, emulator: Emulator) -> None:
    two_accounts(emulator)
    service_number(emulator, assigned_to=OTHER)
    for skip in ((), ["unassigned"]):
        with pytest.raises(teams_phone.ConflictError) as caught:
            face.graph.numbers.ensure_assigned(NUMBER, ACCOUNT, skip=skip)
        assert OTHER_ID in str(caught.value)
        assert "move" in (caught.value.hint or "")
        assert caught.value.operation == "number_preflight"
    assert (orders(emulator), holder(emulator)) == ([], OTHER_ID)


def test_success_that_the_number_does_not_show_is_no_success(
    face: Face, emulator: Emulator
) -> None:
    emulator.graph.plan(OperationPlan.phantom_target())
    # The first look sees the end, however late it comes.
    emulator.graph.configure(operations={"polls": 0})
    soon = teams_phone.PollPolicy(first_wait=0.01, longest_wait=0.01, within=0.3)
    with pytest.raises(teams_phone.OperationError, match="does not show it"):
        face.graph.numbers.ensure_assigned(NUMBER, ACCOUNT, poll_policy=soon)
    assert orders(emulator) == ["assignNumber"]


def test_an_order_that_somebody_else_gave_first_is_as_good(
    face: Face, emulator: Emulator
) -> None:
    emulator.graph.configure(operations={"polls": 0})
    emulator.inject(Fault.respond(409, "Conflict", process=True, path="**/assignNumber"))
    ensured = face.graph.numbers.ensure_assigned(NUMBER, ACCOUNT, poll_policy=SOON)
    assert ensured.number.is_held_by(ACCOUNT_ID)
    assert ensured.operation is None


def test_moving_takes_the_number_from_one_and_gives_it_to_the_other(
    face: Face, emulator: Emulator
) -> None:
    two_accounts(emulator)
    service_number(emulator, assigned_to=ACCOUNT, location_id=LOCATION)
    for changed, before in [(True, ACCOUNT_ID), (False, OTHER_ID)]:
        moved = face.graph.numbers.move_to(NUMBER, OTHER, poll_policy=SOON)
        assert (moved.changed, moved.from_) == (changed, before)
        assert len(moved.operations) == (2 if changed else 0)
        assert moved.number.is_held_by(OTHER_ID)
    assert orders(emulator) == ["unassignNumber", "assignNumber"]
    assigned = [one for one in emulator.requests() if one.path.endswith("/assignNumber")]
    assert assigned[0].json()["locationId"] == LOCATION


def test_a_move_that_stops_half_way_says_whose_the_number_was(
    face: Face, emulator: Emulator
) -> None:
    two_accounts(emulator)
    service_number(emulator, assigned_to=ACCOUNT)
    emulator.graph.plan(OperationPlan.succeed(), OperationPlan.fail("no seat left"))
    with pytest.raises(teams_phone.OperationError) as caught:
        face.graph.numbers.move_to(NUMBER, OTHER, poll_policy=SOON)
    assert "no seat left" in str(caught.value)
    assert ACCOUNT_ID in str(caught.value)
    assert holder(emulator) is None


def test_a_number_is_not_taken_for_a_target_that_cannot_have_it(
    face: Face, emulator: Emulator
) -> None:
    service_number(emulator, assigned_to=ACCOUNT)
    with pytest.raises(teams_phone.OperationError) as caught:
        face.graph.numbers.move_to(NUMBER, USER, poll_policy=SOON)
    assert caught.value.operation == "number_preflight"
    assert (orders(emulator), holder(emulator)) == ([], ACCOUNT_ID)


# Checks beforehand


@pytest.mark.parametrize("target", [ACCOUNT, ACCOUNT_ID, uuid.UUID(ACCOUNT_ID)])
def test_what_is_well_passes_every_check(face: Face, emulator: Emulator, target: Any) -> None:
    checked = face.graph.numbers.preflight(NUMBER, target)
    assert checked.is_ready and checked.error is None and checked.failed == ()
    assert checked.result() is checked
    assert {finding.verdict for finding in checked.findings} == {"passed"}
    assert {finding.check for finding in checked.findings} == {
        "number_exists",
        "unassigned",
        "target_exists",
        "capability",
        "license",
        "usage_location",
    }
    assert checked.target_kind == "resource_account"
    assert checked.target.id == ACCOUNT_ID and checked.number.telephone_number == NUMBER
    assert orders(emulator) == []


def test_what_does_not_exist_is_a_finding_and_not_found(face: Face) -> None:
    checked = face.graph.numbers.preflight("+12025550199", ACCOUNT)
    assert [finding.check for finding in checked.failed] == ["number_exists"]
    assert isinstance(checked.error, teams_phone.NotFoundError)
    for nobody in ("nobody@teams-phone-emulator.invalid", NOBODY):
        checked = face.graph.numbers.preflight(NUMBER, nobody)
        assert checked.failed[0].check == "target_exists"
        assert nobody in checked.failed[0].message
        assert not checked.is_ready
        with pytest.raises(teams_phone.NotFoundError):
            checked.result()


def test_a_number_that_somebody_has_is_a_conflict(face: Face, emulator: Emulator) -> None:
    two_accounts(emulator)
    service_number(emulator, assigned_to=OTHER)
    checked = face.graph.numbers.preflight(NUMBER, ACCOUNT)
    assert said(checked, "unassigned")[0] == "failed"
    with pytest.raises(teams_phone.ConflictError, match=OTHER_ID):
        checked.result()
    assert face.graph.numbers.preflight(NUMBER, ACCOUNT, skip=["unassigned"]).is_ready


@pytest.mark.parametrize(
    ("number", "target", "lacks"),
    [
        (USER_NUMBER, ACCOUNT, "voiceApplicationAssignment"),
        (NUMBER, USER, "userAssignment"),
    ],
)
def test_a_number_of_the_wrong_kind_names_the_capability(
    face: Face, number: str, target: str, lacks: str
) -> None:
    checked = face.graph.numbers.preflight(number, target)
    verdict, message = said(checked, "capability")
    assert verdict == "failed"
    assert lacks in message and number in message


def test_a_target_without_licence_or_usage_location_says_what_to_give_it(
    face: Face, emulator: Emulator
) -> None:
    emulator.graph.add_resource_account(OTHER, id=OTHER_ID)
    checked = face.graph.numbers.preflight(NUMBER, OTHER)
    assert [finding.check for finding in checked.failed] == ["usage_location", "license"]
    assert SKU in said(checked, "license")[1]
    with pytest.raises(teams_phone.OperationError) as caught:
        checked.result()
    assert caught.value.operation == "number_preflight"
    assert [detail.code for detail in caught.value.details] == ["UsageLocation", "License"]
    copy = pickle.loads(pickle.dumps(checked))
    assert copy == checked and str(copy.error) == str(checked.error)


def test_what_is_left_out_is_not_looked_at(face: Face, emulator: Emulator) -> None:
    skip = ["capability", "license", "usage_location"]
    checked = face.graph.numbers.preflight(USER_NUMBER, ACCOUNT, skip=skip)
    assert checked.is_ready
    assert [finding.check for finding in checked.findings if finding.message == "left out"]
    assert len(emulator.requests()) == 2


def test_what_the_token_may_not_read_is_not_checked(face: Face, emulator: Emulator) -> None:
    graph = limited(face, emulator, "TeamsTelephoneNumber.ReadWrite.All")
    checked = graph.numbers.preflight(NUMBER, ACCOUNT_ID)
    assert checked.is_ready
    assert said(checked, "target_exists")[0] == "not_checked"
    verdict, message = said(checked, "capability")
    assert verdict == "not_checked" and "TeamsResourceAccount.Read.All" in message
    # The number can be assigned all the same, by id; a name cannot be looked up.
    assert graph.numbers.ensure_assigned(NUMBER, ACCOUNT_ID, poll_policy=SOON).changed
    with pytest.raises(teams_phone.PermissionDeniedError):
        graph.numbers.ensure_assigned(NUMBER, ACCOUNT)


def test_without_the_permission_for_numbers_nothing_is_checked(
    face: Face, emulator: Emulator
) -> None:
    graph = limited(face, emulator, "User.Read.All")
    with pytest.raises(teams_phone.PermissionDeniedError) as caught:
        graph.numbers.preflight(NUMBER, ACCOUNT)
    assert "TeamsTelephoneNumber.Read.All" in caught.value.accepted_permissions


def test_a_user_gets_a_user_number(face: Face, emulator: Emulator) -> None:
    emulator.graph.add_sku("ENTERPRISE", service_plans=["MCOEV"])
    person = emulator.graph.add_user(
        "kim@teams-phone-emulator.invalid", licences=["ENTERPRISE"], usage_location="US"
    )
    checked = face.graph.numbers.preflight(USER_NUMBER, person)
    assert checked.is_ready and checked.target_kind == "user"
    ensured = face.graph.numbers.ensure_assigned(
        USER_NUMBER, person, poll_policy=SOON, assignment_category="primary"
    )
    assert ensured.number.assignment_status == "userAssigned"
    assert ensured.number.assignment_category == "primary"
    assert ensured.number.holder == person != USER_ID
