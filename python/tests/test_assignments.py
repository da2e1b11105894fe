"""The contract of the calls about assignments, as the Rust suite has it, on both faces."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

import teams_phone
from teams_phone.models import Assignment, Change, Granted, Revoked

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from support.face import Face

USER = "b27b64b9-39d2-44a3-869d-67700b74e805"
APPLICATION = "1bfa0d92-1ac9-4e6c-b0ae-c1f2a1d60a5a"
OTHER = "617d08b5-f35b-4270-87d6-56833d2dee1b"
ACCOUNT_KIND = "teamsResourceAccount"


@pytest.mark.parametrize("kind", [str, uuid.UUID, str.upper])
def test_grants_and_says_created_then_replaced(
    face: Face, tenant: str, account: str, kind: Callable[[str], Any]
) -> None:
    for created in (True, False):
        granted = face.client.assignments.grant(kind(tenant), kind(account), ACCOUNT_KIND)
        assignment = Assignment(tenant, account, ACCOUNT_KIND, ())
        assert granted == Granted(assignment=assignment, created=created)


def test_replacing_drops_what_is_not_named_again(face: Face, tenant: str) -> None:
    for ids in ([APPLICATION, uuid.UUID(OTHER)], iter([APPLICATION])):
        granted = face.client.assignments.grant(tenant, USER, "user", client_ids=ids)
        assert granted.assignment.principal_type == "user"
    assert granted.assignment.client_ids == (APPLICATION,)
    assert face.client.assignments.get(tenant, USER) == granted.assignment


def test_reading_what_is_not_there_is_not_found(face: Face, tenant: str) -> None:
    with pytest.raises(teams_phone.NotFoundError) as caught:
        face.client.assignments.get(tenant, USER)
    error = caught.value
    assert (error.kind, error.status, error.attempts) == ("service", 404, 1)
    assert error.operation == "teams_extension_assignment_get"
    assert error.is_not_found
    assert error.request_id and error.client_request_id and error.hint


def test_revokes_what_is_there_and_what_is_not(face: Face, tenant: str, account: str) -> None:
    face.client.assignments.grant(tenant, account, ACCOUNT_KIND)
    for _ in range(2):
        assert face.client.assignments.revoke(tenant, account) is None
    with pytest.raises(teams_phone.NotFoundError):
        face.client.assignments.get(tenant, account)


def test_revokes_and_proves_that_it_is_gone(face: Face, tenant: str) -> None:
    face.client.assignments.grant(tenant, USER, "user", client_ids=[APPLICATION])
    for within in (None, 5):
        revoked = face.client.assignments.revoke_and_verify(tenant, USER, within=within)
        assert revoked == Revoked(checks=1)
    with pytest.raises(teams_phone.NotFoundError):
        face.client.assignments.get(tenant, USER)


def test_revoking_that_does_not_take_effect_is_an_error(
    face: Face, tenant: str, account: str, emulator: Any
) -> None:
    from teams_phone.testing import Fault

    face.client.assignments.grant(tenant, account, ACCOUNT_KIND)
    emulator.inject(Fault.empty(204, method="DELETE"))
    with pytest.raises(teams_phone.OperationError) as caught:
        face.client.assignments.revoke_and_verify(tenant, account, within=0)
    assert caught.value.kind == "operation"
    assert face.client.assignments.get(tenant, account).object_id == account


def test_ensures_once(face: Face, tenant: str, account: str, emulator: Any) -> None:
    first = face.client.assignments.ensure(tenant, account, ACCOUNT_KIND)
    assert (first.outcome, first.changes) == ("created", ())
    before = len(emulator.requests())
    second = face.client.assignments.ensure(tenant, account, ACCOUNT_KIND)
    assert (second.outcome, second.assignment) == ("unchanged", first.assignment)
    assert [request.method for request in emulator.requests()[before:]] == ["GET"]


def test_ensures_and_says_what_changed(face: Face, tenant: str) -> None:
    ensure = face.client.assignments.ensure
    assert ensure(tenant, USER, "user", client_ids=[APPLICATION, OTHER]).outcome == "created"
    assert ensure(tenant, USER, "user", client_ids=[OTHER, APPLICATION]).outcome == "unchanged"
    replaced = ensure(tenant, USER, "user", client_ids=[APPLICATION])
    (change,) = replaced.changes
    assert isinstance(change, Change)
    assert (replaced.outcome, change.field, change.to) == ("replaced", "clientIds", APPLICATION)
    assert APPLICATION in change.from_ and OTHER in change.from_
    replaced = ensure(tenant, USER, ACCOUNT_KIND)
    assert [change.field for change in replaced.changes] == ["principalType", "clientIds"]


CALLS: list[Callable[[Any, str, str], Any]] = [
    lambda client, tenant, object: client.assignments.get(tenant, object),
    lambda client, tenant, object: client.assignments.revoke(tenant, object),
    lambda client, tenant, object: client.assignments.grant(tenant, object, "user"),
    lambda client, tenant, object: client.assignments.ensure(tenant, object, "user"),
    lambda client, tenant, object: client.assignments.revoke_and_verify(tenant, object),
]


@pytest.mark.parametrize("call", CALLS)
def test_ids_that_cannot_be_right_are_refused_unsent(
    face: Face, tenant: str, account: str, emulator: Any, call: Callable[[Any, str, str], Any]
) -> None:
    for pair, said in [
        ((tenant, tenant), "same"),
        (("contoso.com", account), "contoso.com"),
        ((tenant, "ivr@contoso.com"), "ivr@contoso.com"),
    ]:
        with pytest.raises(teams_phone.ConfigError, match=said) as caught:
            call(face.client, *pair)
        assert caught.value.attempts == 0
        assert isinstance(caught.value, ValueError)
    assert emulator.requests() == []


@pytest.mark.parametrize("name", ["grant", "ensure"])
def test_misspelt_kinds_and_applications_are_refused_unsent(
    face: Face, tenant: str, account: str, emulator: Any, name: str
) -> None:
    call = getattr(face.client.assignments, name)
    with pytest.raises(teams_phone.ConfigError, match='give "teamsResourceAccount" or "user"'):
        call(tenant, account, "usr")
    with pytest.raises(teams_phone.ConfigError, match="calendar"):
        call(tenant, account, "user", client_ids=["calendar"])
    assert emulator.requests() == []


def test_a_kind_that_is_not_known_yet_is_kept(face: Face, tenant: str, emulator: Any) -> None:
    from teams_phone.testing import Fault

    face.client.assignments.grant(tenant, USER, "user")
    emulator.inject(Fault.edit({"/principalType": "teamsRoom"}, method="GET"))
    assert face.client.assignments.get(tenant, USER).principal_type == "teamsRoom"
