"""The contract of the calls about users and licences, on both faces."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.teams import ACCOUNT, ACCOUNT_ID, NOBODY, SKU, SKU_ID, USER, USER_ID, limited

import teams_phone
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.face import Face

    from teams_phone.testing import Emulator

NEW = "new@teams-phone-emulator.invalid"


def posts(emulator: Emulator) -> int:
    """How many requests were to change something."""
    return sum(request.method == "POST" for request in emulator.requests())


@pytest.mark.parametrize("user", [ACCOUNT, ACCOUNT_ID, uuid.UUID(ACCOUNT_ID), f" {ACCOUNT} "])
def test_reads_a_user_by_name_and_by_id(face: Face, user: Any) -> None:
    found = face.graph.users.get(user)
    assert (found.id, found.user_principal_name) == (ACCOUNT_ID, ACCOUNT)
    assert (found.usage_location, found.assigned_licenses) == ("US", (SKU_ID,))
    assert found.display_name == "Reception"
    assert face.graph.users.resolve(user) == ACCOUNT_ID


def test_an_id_is_resolved_without_asking(face: Face, emulator: Emulator) -> None:
    assert face.graph.users.resolve(NOBODY.upper()) == NOBODY
    assert emulator.requests() == []


def test_nobody_is_not_found(face: Face) -> None:
    for call in (face.graph.users.get, face.graph.users.resolve, face.graph.users.configuration):
        with pytest.raises(teams_phone.NotFoundError) as caught:
            call("nobody@teams-phone-emulator.invalid")
        assert caught.value.operation == "user_get"
        assert caught.value.status == 404


def test_nothing_is_sent_for_what_cannot_be_right(face: Face, emulator: Emulator) -> None:
    users = face.graph.users
    calls: list[Callable[[], object]] = [
        lambda: users.get(""),
        lambda: users.get("a b@c.d"),
        lambda: users.get("a@b@c"),
        lambda: users.resolve("alex"),
        lambda: users.set_usage_location(USER, "Norway"),
        lambda: users.set_usage_location("alex", "NO"),
        lambda: users.license_details("x"),
        lambda: users.assign_license("x", SKU),
        lambda: users.assign_license(USER, SKU, within=-1),
        lambda: users.configuration("x"),
        lambda: users.configurations(page_size=0),
        lambda: users.configurations(page_size=70_000),
    ]
    for call in calls:
        with pytest.raises(teams_phone.ConfigError) as caught:
            call()
        assert (caught.value.kind, caught.value.attempts) == ("config", 0)
    assert emulator.requests() == []


def test_sets_a_usage_location(face: Face) -> None:
    for country in ("no", "US"):
        assert face.graph.users.set_usage_location(USER, country) is None
        assert face.graph.users.get(USER).usage_location == country.upper()


def test_lists_products_and_licences(face: Face) -> None:
    [sku] = face.graph.users.subscribed_skus()
    assert (sku.sku_part_number, sku.sku_id) == (SKU, SKU_ID)
    assert (sku.enabled_units, sku.consumed_units, sku.available_units) == (25, 1, 24)
    assert sku.service_plans[0].service_plan_name
    [held] = face.graph.users.license_details(ACCOUNT)
    assert (held.sku_part_number, held.sku_id) == (SKU, SKU_ID)
    assert face.graph.users.license_details(USER_ID) == ()


def test_gives_a_licence_once(face: Face, emulator: Emulator) -> None:
    for name, changed in [(SKU.lower(), True), (uuid.UUID(SKU_ID), False)]:
        given = face.graph.users.assign_license(USER, name)
        assert given.changed == changed
        assert given.sku.sku_part_number == SKU
        assert given.user.assigned_licenses == (SKU_ID,)
    assert posts(emulator) == 1


def test_a_product_that_the_tenant_lacks_is_not_found_and_the_others_are_named(
    face: Face, emulator: Emulator
) -> None:
    with pytest.raises(teams_phone.NotFoundError, match=SKU):
        face.graph.users.assign_license(USER, "MCOEV")
    assert len(emulator.requests()) == 1


def test_a_product_that_is_used_up_is_a_conflict(face: Face, emulator: Emulator) -> None:
    emulator.graph.add_sku("MCOEV", units=0)
    with pytest.raises(teams_phone.ConflictError, match="in use") as caught:
        face.graph.users.assign_license(USER, "MCOEV")
    assert caught.value.hint
    assert posts(emulator) == 0


def test_an_account_without_usage_location_is_a_conflict(face: Face, emulator: Emulator) -> None:
    emulator.graph.add_resource_account(NEW)
    with pytest.raises(teams_phone.ConflictError) as caught:
        face.graph.users.assign_license(NEW, SKU)
    assert "usage location" in (caught.value.hint or "")
    face.graph.users.set_usage_location(NEW, "US")
    assert face.graph.users.assign_license(NEW, SKU).changed


@pytest.mark.parametrize("within", [0, timedelta()])
def test_how_long_a_new_account_is_waited_for_is_the_callers_to_say(
    face: Face, emulator: Emulator, within: Any
) -> None:
    emulator.graph.configure(propagation={"licences": {"polls": 2}})
    emulator.graph.add_resource_account(NEW, usage_location="US")
    with pytest.raises(teams_phone.ServiceError) as caught:
        face.graph.users.assign_license(NEW, SKU, within=within)
    assert caught.value.operation == "user_assign_license"
    assert posts(emulator) == 1


def test_reads_settings_of_one_and_of_all(face: Face, emulator: Emulator) -> None:
    emulator.graph.add_number("+12065550103", assigned_to=USER)
    for user in (USER, USER_ID):
        settings = face.graph.users.configuration(user)
        assert settings.id == USER_ID
        [number] = settings.telephone_numbers
        assert (number.telephone_number, number.assignment_category) == ("+12065550103", "primary")
    assert settings in list(face.graph.users.configurations())
    for moment in (settings.created_date_time, settings.modified_date_time):
        assert moment is None or isinstance(moment, datetime) and moment.utcoffset() is not None


def test_settings_are_read_whole_and_unknown_values_kept(face: Face, emulator: Emulator) -> None:
    policy = {
        "policyType": "TeamsCallingPolicy",
        "policyAssignment": {
            "displayName": "Calls",
            "policyId": "p",
            "assignmentType": "inherited",
            "groupId": None,
        },
    }
    body = {
        "id": USER_ID,
        "accountType": "robot",
        "featureTypes": ["Teams", "CallingPlan"],
        "isEnterpriseVoiceEnabled": True,
        "effectivePolicyAssignments": [policy],
        "createdDateTime": "2025-04-14T15:32:25Z",
    }
    emulator.inject(Fault.respond(200, body=body))
    settings = face.graph.users.configuration(USER_ID)
    assert settings.account_type == "robot"
    assert settings.feature_types == ("Teams", "CallingPlan")
    assert settings.is_enterprise_voice_enabled is True
    [found] = settings.effective_policy_assignments
    assert (found.display_name, found.assignment_type) == ("Calls", "inherited")
    assert settings.created_date_time == datetime.fromisoformat("2025-04-14T15:32:25+00:00")
    assert settings.telephone_numbers == ()


def test_settings_of_all_are_paged_and_narrowed(face: Face, emulator: Emulator) -> None:
    for index in range(6):
        emulator.graph.add_user(f"user{index}@teams-phone-emulator.invalid")
    pages = [len(page) for page in face.graph.users.configurations(page_size=3).pages()]
    assert pages == [3, 3, 1]
    emulator.inject(Fault.respond(200, body={"value": []}))
    assert list(face.graph.users.configurations(odata="userPrincipalName eq 'x'")) == []
    assert "%24filter=userPrincipalName%20eq%20" in emulator.requests()[-1].target


def test_a_missing_permission_is_named(face: Face, emulator: Emulator) -> None:
    graph = limited(face, emulator, "Organization.Read.All")
    rows: list[tuple[Callable[[], object], str, str]] = [
        (lambda: graph.users.get(USER), "user_get", "User.Read.All"),
        (
            lambda: graph.users.set_usage_location(USER, "US"),
            "user_update",
            "User.ReadWrite.All",
        ),
        (
            lambda: graph.users.configuration(USER_ID),
            "user_configuration_get",
            "TeamsUserConfiguration.Read.All",
        ),
        (
            lambda: list(graph.users.configurations()),
            "user_configuration_list",
            "TeamsUserConfiguration.Read.All",
        ),
        (
            lambda: graph.users.license_details(USER_ID),
            "user_license_details_list",
            "LicenseAssignment.Read.All",
        ),
    ]
    for call, operation, needed in rows:
        with pytest.raises(teams_phone.PermissionDeniedError) as caught:
            call()
        assert (caught.value.operation, caught.value.status) == (operation, 403)
        assert caught.value.hint
        if caught.value.accepted_permissions:
            assert needed in caught.value.accepted_permissions
