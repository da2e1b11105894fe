"""What becomes of orders about numbers: how they end, how they are followed, what a lost answer leads to."""

from __future__ import annotations

import asyncio
import pickle
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from support import children
from support.teams import (
    ACCOUNT,
    ACCOUNT_ID,
    NUMBER,
    OTHER_ID,
    OTHER_NUMBER,
    SOON,
    holder,
    limited,
    orders,
    service_number,
    two_accounts,
)

import teams_phone
import teams_phone.aio
from teams_phone import PollPolicy, RetryPolicy
from teams_phone.testing import Fault, OperationPlan

if TYPE_CHECKING:
    from support.face import Face

    from teams_phone.models import OperationReport
    from teams_phone.models.numbers import NumberType
    from teams_phone.testing import Emulator

KIND: NumberType = "callingPlan"
# What a caller may give as a wait, in every form.
SHORT = PollPolicy(first_wait=0.01, factor=1, longest_wait=0.01, within=0.1)


def assign(face: Face, **more: Any) -> Any:
    """Assigns the number of the tests."""
    return face.graph.numbers.assign(NUMBER, ACCOUNT_ID, KIND, **{"poll_policy": SOON, **more})


def start(face: Face, **more: Any) -> Any:
    """Starts to assign the number of the tests."""
    return face.graph.numbers.start_assign(NUMBER, ACCOUNT_ID, KIND, **more)


def raw(face: Face, operation: Any) -> Any:
    """The operation itself, as its face has it."""
    return operation.raw if face.is_async else operation


def sent(emulator: Emulator) -> str:
    """Methods in order, reads of the operation left out."""
    of_order = [request for request in emulator.requests() if "/operations" not in request.path]
    return " ".join(request.method for request in of_order)


# Ends


@pytest.mark.parametrize("target", [ACCOUNT_ID, uuid.UUID(ACCOUNT_ID)])
def test_assigns_and_unassigns_and_reports_the_number(
    face: Face, emulator: Emulator, target: Any
) -> None:
    before = face.graph.numbers.get(NUMBER)
    report = face.graph.numbers.assign(NUMBER, target, KIND, confirm=True, poll_policy=SOON)
    assert (report.status, report.outcome, report.error) == ("succeeded", "succeeded", None)
    assert report.result() is report
    [result] = report.numbers
    assert (result.telephone_number, result.number_id) == (NUMBER, before.id)
    assert result.status == "succeeded"
    assert face.graph.numbers.get_by_id(before.id).holder == ACCOUNT_ID
    more = {"held_by": target, "confirm": True, "poll_policy": SOON}
    report = face.graph.numbers.unassign(NUMBER, KIND, **more)
    assert report.outcome == "succeeded"
    assert face.graph.numbers.get(NUMBER).holding == "free"


def test_says_what_the_order_is_to_have(face: Face, emulator: Emulator) -> None:
    location = "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e"
    start(face, assignment_category="primary", location_id=location)
    [order] = [request for request in emulator.requests() if request.method == "POST"]
    assert order.json() == {
        "telephoneNumber": NUMBER,
        "assignmentTargetId": ACCOUNT_ID,
        "numberType": KIND,
        "assignmentCategory": "primary",
        "locationId": location,
    }


@pytest.mark.parametrize(
    ("plan", "outcome", "words"),
    [
        (OperationPlan.fail("the number is being ported"), "failed", "being ported"),
        (OperationPlan.skip("not needed"), "failed", "not needed"),
        (OperationPlan.end_with("rolledBack"), "failed", "rolledBack"),
        (OperationPlan.partial({OTHER_NUMBER: "busy"}), "partial", "some of the numbers"),
    ],
)
def test_an_order_that_is_not_carried_out_is_an_error_with_the_services_words(
    face: Face, emulator: Emulator, plan: OperationPlan, outcome: str, words: str
) -> None:
    emulator.graph.plan(plan)
    with pytest.raises(teams_phone.OperationError) as caught:
        assign(face)
    error = caught.value
    assert (error.kind, error.operation) == ("operation", "number_assign")
    assert words in str(error)
    [detail, *_] = error.details
    report = face.graph.numbers.operation(error.target).wait()
    assert report.outcome == outcome
    assert detail.code == report.numbers[0].status
    # Waiting tells, and the report raises when it is asked to.
    assert isinstance(report.error, teams_phone.OperationError)
    assert report.error.target == error.target == report.id
    with pytest.raises(teams_phone.OperationError, match="the operation"):
        report.result()
    with pytest.raises(teams_phone.OperationError):
        face.graph.numbers.operation(report.id).result()


def test_a_partial_failure_names_each_number(face: Face, emulator: Emulator) -> None:
    emulator.graph.plan(OperationPlan.partial({OTHER_NUMBER: "busy"}))
    report = start(face).wait(poll_policy=SOON)
    found = {result.telephone_number: result.status for result in report.numbers}
    assert found == {NUMBER: "succeeded", OTHER_NUMBER: "failed"}
    details = {detail.target: detail.code for detail in report.error.details}
    assert details == found
    copy = pickle.loads(pickle.dumps(report))
    assert copy == report and copy.error.details == report.error.details
    assert "error" not in repr(report)


# Following


def test_an_order_is_followed_by_its_printed_id(face: Face, emulator: Emulator) -> None:
    emulator.graph.plan(OperationPlan.succeed(polls=3))
    operation = start(face)
    assert operation.poll().outcome == "pending"
    report = operation.poll()
    assert report.status in ("notStarted", "running")
    with pytest.raises(teams_phone.OperationError, match="is not over"):
        report.result()
    stored = operation.id
    assert str(raw(face, operation)) == stored
    assert repr(operation) == f"Operation({stored!r})"
    credential = emulator.credential()
    again = face.open(face.module.GraphClient(credential, endpoint=emulator.url))
    for known in (stored, f"{emulator.url}/v1.0/x/operations('{stored}')"):
        report = again.numbers.operation(known, poll_policy=SOON).wait()
        assert (report.id, report.outcome) == (stored, "succeeded")
    assert again.numbers.operation(stored).result() == report
    assert emulator.graph.operation_status(stored) == "succeeded"
    assert holder(emulator) == ACCOUNT_ID


def test_starting_to_unassign_is_followed_alike(face: Face, emulator: Emulator) -> None:
    service_number(emulator, assigned_to=ACCOUNT)
    operation = face.graph.numbers.start_unassign(NUMBER, KIND, held_by=ACCOUNT_ID)
    assert operation.wait(poll_policy=SOON).outcome == "succeeded"
    assert holder(emulator) is None


def test_waiting_takes_as_many_looks_as_it_takes(face: Face, emulator: Emulator) -> None:
    emulator.graph.plan(OperationPlan.succeed(polls=4))
    assert start(face, poll_policy=SOON).wait().outcome == "succeeded"
    looks = [one for one in emulator.requests() if "/operations" in one.path]
    assert len(looks) == 5


@pytest.mark.parametrize("how", ["order", "resumed", "wait"])
def test_waiting_ends_on_time_with_the_id_to_go_on_with(
    face: Face, emulator: Emulator, how: str
) -> None:
    emulator.graph.plan(OperationPlan.stuck())
    operation = start(face, poll_policy=SHORT if how == "order" else None)
    if how == "resumed":
        operation = face.graph.numbers.operation(operation.id, poll_policy=SHORT)
    with pytest.raises(teams_phone.RequestTimeoutError) as caught:
        operation.wait(**({"poll_policy": SHORT} if how == "wait" else {}))
    error = caught.value
    assert (error.kind, error.target) == ("timeout", operation.id)
    assert error.operation == "operation_get"
    assert "by its id" in (error.hint or "")
    assert isinstance(error, TimeoutError)


def test_a_wait_beyond_the_end_is_not_begun(face: Face, emulator: Emulator) -> None:
    emulator.graph.plan(OperationPlan.stuck(retry_after=60))
    operation = start(face)
    looks = len(emulator.requests())
    with pytest.raises(teams_phone.RequestTimeoutError):
        operation.wait(poll_policy=PollPolicy(within=5))
    assert len(emulator.requests()) == looks


def test_an_outage_is_waited_out(face: Face, emulator: Emulator) -> None:
    operation = start(face)
    emulator.inject(Fault.empty(500, times=2, path="**/operations*"))
    once = RetryPolicy(max_attempts=1)
    report = operation.wait(poll_policy=SOON, retry=once)
    assert report.outcome == "succeeded"


def test_an_id_that_the_service_does_not_know_is_not_found(face: Face) -> None:
    operation = face.graph.numbers.operation("b3AtMQ")
    with pytest.raises(teams_phone.NotFoundError):
        operation.poll()
    # A wait gives a new order some time to become known; here there is none.
    with pytest.raises(teams_phone.RequestTimeoutError) as caught:
        operation.wait(poll_policy=PollPolicy(within=0))
    assert caught.value.target == "b3AtMQ"


def test_an_operation_keeps_to_its_process_and_its_client(face: Face) -> None:
    operation = start(face)
    with pytest.raises(TypeError, match="keep its id"):
        pickle.dumps(raw(face, operation))
    face.graph.close()
    with pytest.raises(RuntimeError, match="closed"):
        operation.poll()


def test_options_of_the_order_are_those_of_every_look(face: Face, emulator: Emulator) -> None:
    operation = start(face, client_request_id="ticket-1", poll_policy=SOON)
    operation.wait()
    operation.poll(client_request_id="ticket-2")
    ids = [one.header("client-request-id") for one in emulator.requests()]
    assert set(ids[:-1]) == {"ticket-1"} and ids[-1] == "ticket-2"


@pytest.mark.parametrize("style", ["key", "segment", "relative", "missing"])
def test_every_style_of_location_is_followed(
    face: Face, emulator: Emulator, style: str
) -> None:
    emulator.graph.configure(location=style)
    operation = start(face, poll_policy=SOON)
    assert (operation.id is None) == (style == "missing")
    if operation.id is None:
        assert repr(operation) == f"Operation({NUMBER!r})"
    report = operation.wait()
    assert (report.id, report.outcome) == (operation.id, "succeeded")
    assert holder(emulator) == ACCOUNT_ID


def test_an_operation_on_another_host_is_not_asked_for(face: Face, emulator: Emulator) -> None:
    emulator.graph.configure(location={"foreign": "https://evil.example"})
    with pytest.raises(teams_phone.DecodeError) as caught:
        start(face)
    assert caught.value.is_outcome_unknown
    assert "read the number" in (caught.value.hint or "")
    assert len(emulator.requests()) == 1


# Lost answers


@pytest.mark.parametrize(
    "fault",
    [
        Fault.drop_after(path="**/assignNumber", times=1),
        Fault.respond(504, "late", process=True, path="**/assignNumber", times=1),
    ],
)
def test_an_order_whose_answer_is_lost_is_seen_at_the_number(
    face: Face, emulator: Emulator, fault: Fault
) -> None:
    emulator.graph.configure(operations={"polls": 0})
    emulator.inject(fault)
    report = assign(face)
    assert (report.id, report.outcome) == (None, "succeeded")
    assert "lost" in (report.numbers[0].status_detail or "")
    assert orders(emulator) == ["assignNumber"]
    assert sent(emulator).startswith("POST GET")


def test_a_number_is_not_unassigned_again_if_nobody_knows_from_whom(
    face: Face, emulator: Emulator
) -> None:
    service_number(emulator, assigned_to=ACCOUNT)
    emulator.inject(Fault.empty(504, path="**/unassignNumber", times=1))
    with pytest.raises(teams_phone.ServiceError) as caught:
        face.graph.numbers.unassign(NUMBER, KIND)
    assert caught.value.is_outcome_unknown
    assert (caught.value.status, caught.value.operation) == (504, "number_unassign")
    assert sent(emulator) == "POST GET"


def test_a_number_that_cannot_be_read_leaves_the_outcome_open_and_says_so(
    face: Face, emulator: Emulator
) -> None:
    emulator.inject(
        Fault.empty(504, path="**/assignNumber", times=1),
        Fault.respond(403, "Forbidden", method="GET"),
    )
    with pytest.raises(teams_phone.ServiceError) as caught:
        assign(face)
    assert (caught.value.status, caught.value.is_outcome_unknown) == (504, True)
    assert "read it before repeating" in (caught.value.hint or "")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
def test_a_refusal_is_said_at_once_and_nothing_is_read(
    face: Face, emulator: Emulator, status: int
) -> None:
    emulator.inject(Fault.respond(status, "No", path="**/assignNumber"))
    with pytest.raises(teams_phone.ServiceError) as caught:
        assign(face)
    assert (caught.value.status, caught.value.is_outcome_unknown) == (status, False)
    assert caught.value.operation == "number_assign"
    assert {request.method for request in emulator.requests()} == {"POST"}


def test_a_conflict_without_a_lost_answer_is_said_at_once(face: Face, emulator: Emulator) -> None:
    service_number(emulator, assigned_to=ACCOUNT)
    with pytest.raises(teams_phone.ConflictError):
        assign(face)
    assert sent(emulator) == "POST"


def test_an_order_needs_the_permission_to_write(face: Face, emulator: Emulator) -> None:
    graph = limited(face, emulator, "TeamsTelephoneNumber.Read.All")
    with pytest.raises(teams_phone.PermissionDeniedError) as caught:
        graph.numbers.start_assign(NUMBER, ACCOUNT_ID, KIND)
    assert "TeamsTelephoneNumber.ReadWrite.All" in caught.value.accepted_permissions


# Cancelling, and going on


def test_a_cancelled_wait_leaves_the_order_as_it_is(own_emulator: Emulator) -> None:
    own_emulator.graph.configure(operations={"milliseconds": 60_000})
    credential, endpoint = own_emulator.credential(), own_emulator.url

    async def give_up() -> str:
        async with teams_phone.aio.GraphClient(credential, endpoint=endpoint) as graph:
            operation = await graph.numbers.start_assign(NUMBER, ACCOUNT_ID, KIND)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(operation.wait(poll_policy=SOON), 0.1)
            assert operation.id is not None
            return operation.id

    async def go_on(stored: str) -> OperationReport:
        async with teams_phone.aio.GraphClient(credential, endpoint=endpoint) as graph:
            operation = graph.numbers.operation(stored)
            assert (await operation.poll()).outcome == "pending"
            own_emulator.advance_clock(60)
            return await operation.result(poll_policy=SOON)

    stored = asyncio.run(give_up())
    assert asyncio.run(go_on(stored)).id == stored
    assert holder(own_emulator) == ACCOUNT_ID


def test_several_orders_are_under_way_at_once(
    emulator: Emulator, agraph: teams_phone.aio.GraphClient
) -> None:
    two_accounts(emulator)
    emulator.graph.configure(operations={"polls": 2})
    wanted = {NUMBER: ACCOUNT_ID, OTHER_NUMBER: OTHER_ID}

    async def assign_both() -> list[str]:
        start = agraph.numbers.start_assign
        orders = await asyncio.gather(*(start(*pair, KIND) for pair in wanted.items()))
        reports = await asyncio.gather(*(order.result(poll_policy=SOON) for order in orders))
        return [report.outcome for report in reports]

    assert asyncio.run(assign_both()) == ["succeeded", "succeeded"]
    assert {number: holder(emulator, number) for number in wanted} == wanted


# Other processes


FORKING = """
import logging, warnings
logging.disable()
warnings.simplefilter("ignore")
url, token = os.environ["GRAPH"].split()
graph = teams_phone.GraphClient(lambda: token, endpoint=url)
soon = teams_phone.PollPolicy(first_wait=0.01, longest_wait=0.01)
account = "c0000000-0000-4000-8000-000000000001"
operation = graph.numbers.start_assign("+12065550100", account, "callingPlan", poll_policy=soon)
if os.fork() == 0:
    try:
        say("child", operation.wait().outcome)
    except teams_phone.ConfigError as error:
        say("child", error)
    os._exit(0)
os.wait()
say("parent", operation.wait().outcome)
"""


@pytest.mark.parametrize("location", ["key", "missing"])
def test_a_forked_child_goes_on_by_the_id(
    emulator: Emulator, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.graph.configure(location=location)
    token = emulator.graph.app_token()
    monkeypatch.setenv("GRAPH", f"{emulator.url} {token}")
    child, parent = children.run(FORKING, emulator.connection_string).splitlines()
    if location == "key":
        assert child == "child succeeded"
    else:
        assert "its id was lost" in child
    assert parent == "parent succeeded"
