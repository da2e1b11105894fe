"""The contract of the calls about Entra assignments, as the Rust suite has it, on both faces."""

from __future__ import annotations

import pickle
import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import teams_phone
from teams_phone.models import BulkReport, EntraAccess, EntraAssignment, EntraGranted
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from support.face import Face

APPLICATION = "1bfa0d92-1ac9-4e6c-b0ae-c1f2a1d60a5a"
UPDATE = "EntraIdAssignments_Update"
OPERATIONS = Path(__file__).parents[2] / "crates/acs-identity-rest/src/generated/ops.rs"


def object_id(number: int) -> str:
    return str(uuid.UUID(int=number))


@pytest.fixture
def access(tenant: str) -> EntraAccess:
    """What a user of the tenant is given."""
    return EntraAccess(tenant, "user", (APPLICATION,))


def test_grants_reads_and_revokes(face: Face, account: str, access: EntraAccess) -> None:
    assignments = face.client.entra_assignments
    assignment = EntraAssignment(object_id=account, access=access)
    for created in (True, False):
        granted = assignments.grant(uuid.UUID(account), access)
        assert granted == EntraGranted(assignment=assignment, created=created)
    assert assignments.get(account.upper()) == assignment
    for _ in range(2):
        assert assignments.revoke(account) is None
    with pytest.raises(teams_phone.NotFoundError) as caught:
        assignments.get(account)
    error = caught.value
    assert (error.operation, error.kind, error.status) == ("entra_assignment_get", "service", 404)
    assert error.is_not_found and error.attempts == 1 and error.request_id


@pytest.mark.parametrize("kind", ["user", "group", "tenant"])
def test_each_kind_of_principal_can_be_given_access(face: Face, tenant: str, kind: str) -> None:
    access = EntraAccess(tenant, kind, (APPLICATION,))
    assert face.client.entra_assignments.grant(tenant, access).assignment.access == access


def test_a_kind_that_is_not_known_yet_is_kept(
    face: Face, account: str, access: EntraAccess, emulator: Any
) -> None:
    face.client.entra_assignments.grant(account, access)
    emulator.inject(Fault.edit({"/principalType": "robot"}, method="GET"))
    assert face.client.entra_assignments.get(account).access.principal_type == "robot"


def test_lists_all_pages(face: Face, access: EntraAccess, emulator: Any) -> None:
    many = {object_id(number): access for number in range(1, 251)}
    assert face.client.entra_assignments.update(many).is_complete
    listed = list(face.client.entra_assignments.list())
    assert sorted(found.object_id for found in listed) == sorted(many)
    assert {found.access for found in listed} == {access}
    before = len(emulator.requests())
    pages = list(face.client.entra_assignments.list(client_request_id="mine-1").pages())
    assert sum(len(page) for page in pages) == 250
    assert len(pages) > 1
    requests = emulator.requests()[before:]
    assert len(requests) == len(pages)
    assert {request.header("x-ms-client-request-id") for request in requests} == {"mine-1"}


def test_a_list_ends_with_the_error_of_its_page(face: Face, emulator: Any) -> None:
    emulator.inject(Fault.respond(403, "Forbidden"))
    with pytest.raises(teams_phone.PermissionDeniedError) as caught:
        list(face.client.entra_assignments.list())
    assert caught.value.operation == "entra_assignment_list"


def test_changes_go_in_batches(face: Face, access: EntraAccess, emulator: Any) -> None:
    update = face.client.entra_assignments.update
    changes = [(uuid.UUID(int=number), access) for number in range(1, 6)]
    report = update(iter(changes), batch_size=2)
    assert report == BulkReport(tuple(map(object_id, range(1, 6))), (), None, ())
    assert report.is_complete
    assert len(emulator.requests()) == 3
    report = update({object_id(1): None, object_id(9): access, uuid.UUID(int=2): None})
    assert report.done == (object_id(1), object_id(2), object_id(9))
    listed = [found.object_id for found in face.client.entra_assignments.list()]
    assert sorted(listed) == [object_id(number) for number in (3, 4, 5, 9)]


def test_the_last_word_about_an_object_counts(
    face: Face, account: str, access: EntraAccess
) -> None:
    changes = [(account, access), (account.upper(), None), (account, access)]
    report = face.client.entra_assignments.update(changes)
    assert report.done == (account,)
    assert face.client.entra_assignments.get(account).access == access


def test_an_entry_at_fault_is_found_and_the_others_are_written(
    face: Face, access: EntraAccess, emulator: Any
) -> None:
    # The whole batch, its first half, and the first entry alone.
    emulator.inject(Fault.respond(400, "ValidationError", operation=UPDATE, times=3))
    changes = {object_id(number): access for number in range(1, 5)}
    report = face.client.entra_assignments.update(changes)
    assert report.done == tuple(map(object_id, (2, 3, 4)))
    ((object, error),) = report.refused
    assert (object, error.status, error.code) == (object_id(1), 400, "ValidationError")
    assert isinstance(error, teams_phone.ServiceError)
    assert error.operation == "entra_assignment_update"
    assert (report.stopped, report.rest, report.is_complete) == (None, (), False)


def test_a_failure_stops_and_the_rest_can_be_done_later(
    face: Face, access: EntraAccess, emulator: Any
) -> None:
    update = face.client.entra_assignments.update
    changes = {object_id(number): access if number % 2 else None for number in range(1, 6)}
    emulator.inject(Fault.respond(403, "Forbidden", operation=UPDATE, skip=1, times=1))
    report = update(changes, batch_size=2)
    assert report.done == (object_id(1), object_id(2))
    assert isinstance(report.stopped, teams_phone.PermissionDeniedError)
    assert report.rest == tuple((object_id(n), changes[object_id(n)]) for n in (3, 4, 5))
    assert not report.is_complete
    assert report.to_dict()["rest"][0] == [object_id(3), access.to_dict()]
    assert pickle.loads(pickle.dumps(report)).rest == report.rest
    resumed = update(report.rest)
    assert resumed.is_complete
    assert resumed.done == tuple(map(object_id, (3, 4, 5)))


def test_what_the_service_did_not_write_is_not_done(
    face: Face, access: EntraAccess, emulator: Any
) -> None:
    emulator.inject(Fault.edit({"/value/0/principalType": "group"}, operation=UPDATE))
    report = face.client.entra_assignments.update({object_id(1): access, object_id(2): access})
    ((_, error),) = report.refused
    assert isinstance(error, teams_phone.OperationError)
    assert "principalType" in str(error) and error.hint
    assert len(report.done) == 1


def test_nothing_to_change_sends_nothing(face: Face, emulator: Any) -> None:
    assert face.client.entra_assignments.update({}).is_complete
    assert emulator.requests() == []


UNSENT: list[tuple[str, Callable[[Any, str, str, EntraAccess], Any]]] = [
    ("contoso.com", lambda of, tenant, account, access: of.get("contoso.com")),
    ("contoso.com", lambda of, tenant, account, access: of.revoke("contoso.com")),
    ("contoso.com", lambda of, tenant, account, access: of.grant("contoso.com", access)),
    ("not a GUID", lambda of, tenant, account, access: of.grant(account, EntraAccess("x", "user"))),
    (
        'give "user" or "group" or "tenant"',
        lambda of, tenant, account, access: of.grant(account, EntraAccess(tenant, "usr")),
    ),
    (
        "client id",
        lambda of, tenant, account, access: of.update(
            {account: EntraAccess(tenant, "user", ("calendar",))}
        ),
    ),
    ("contoso.com", lambda of, tenant, account, access: of.update({"contoso.com": None})),
    ("batch_size", lambda of, tenant, account, access: of.update({account: None}, batch_size=0)),
    ("batch_size", lambda of, tenant, account, access: of.update({account: None}, batch_size=-1)),
    ("batch_size", lambda of, tenant, account, access: of.update({account: None}, batch_size=1001)),
    ("2025-06-30", lambda of, tenant, account, access: of.get(account, api_version="2025-06-30")),
]


@pytest.mark.parametrize(("said", "call"), UNSENT)
def test_what_cannot_be_right_is_refused_unsent(
    face: Face,
    tenant: str,
    account: str,
    access: EntraAccess,
    emulator: Any,
    said: str,
    call: Callable[[Any, str, str, EntraAccess], Any],
) -> None:
    with pytest.raises(teams_phone.ConfigError, match=said) as caught:
        call(face.client.entra_assignments, tenant, account, access)
    assert caught.value.attempts == 0
    assert emulator.requests() == []


def test_failures_that_pass_are_repeated(
    face: Face, account: str, access: EntraAccess, emulator: Any
) -> None:
    quick = teams_phone.RetryPolicy(base_delay=0.001, max_delay=0.002)
    emulator.inject(Fault.respond(500, times=2))
    assert face.client.entra_assignments.grant(account, access, retry=quick).created
    assert len(emulator.requests()) == 3
    emulator.inject(Fault.respond(503, times=1))
    assert face.client.entra_assignments.update({account: None}, retry=quick).is_complete


@pytest.mark.parametrize("limits", [None, teams_phone.RateLimits(), "published"])
def test_updates_take_rate_limits(face: Face, account: str, limits: Any) -> None:
    assert face.client.entra_assignments.update({account: None}, rate_limits=limits).is_complete


def test_limits_of_unknown_operations_are_refused_with_those_there_are(
    face: Face, account: str, emulator: Any
) -> None:
    limits = teams_phone.RateLimits(operations={"identity_isue_token": 5})
    for call in (
        lambda: list(face.client.bulk([account], lambda client, id: None, rate_limits=limits)),
        lambda: face.client.entra_assignments.update({account: None}, rate_limits=limits),
    ):
        with pytest.raises(teams_phone.ConfigError, match="identity_isue_token") as caught:
            call()
        assert "identity_issue_token" in str(caught.value)
    assert emulator.requests() == []


def test_every_operation_can_be_limited(face: Face, account: str) -> None:
    if not OPERATIONS.exists():
        pytest.skip("the Rust crates are not at hand")
    names = re.findall(r'\bid: "([a-z_]+)"', OPERATIONS.read_text("utf-8"))
    assert len(names) == 16
    limits = teams_phone.RateLimits(operations=dict.fromkeys(names, 5))
    assert face.client.entra_assignments.update({account: None}, rate_limits=limits).is_complete
