"""The emulator as users of the package test with it: its face in Python, its life, and the pytest plugin."""

from __future__ import annotations

import asyncio
import doctest
import http.client
import importlib
import json
import os
import pickle
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from datetime import timedelta
from typing import Any

import pytest

from teams_phone import Client, ConnectError, RetryPolicy
from teams_phone.testing import Emulator, Fault, OperationPlan, RecordedRequest

pytest_plugins = ["pytester"]

RESOURCE = "https://communication.azure.com/.default"
TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
ACCOUNT = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111"
GRAPH = "https://graph.microsoft.com/.default"


def fetch(url: str, token: str | None = None, **options: Any) -> tuple[int, Any]:
    """The status and the JSON of an answer."""
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, headers=headers, **options)
    try:
        with urllib.request.urlopen(request) as answer:
            body = answer.read()
            return answer.status, json.loads(body or b"null")
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read() or b"null")


def new_identity(emulator: Emulator, **headers: str) -> tuple[int, Any]:
    """Asks for an identity; any operation of the resource would do."""
    url = f"{emulator.url}/identities?api-version=2023-10-01"
    return fetch(url, emulator.entra.app_token(RESOURCE), data=b"{}", method="POST")


def numbers_url(emulator: Emulator) -> str:
    """The list of numbers."""
    return f"{emulator.graph.url}/admin/teams/telephoneNumberManagement/numberAssignments"


@pytest.fixture
def emulator() -> Any:
    """An emulator without anything."""
    with Emulator() as running:
        yield running


@pytest.mark.parametrize("name", ["", "._emulator", "._entra", "._faults", "._graph", "._plans"])
def test_examples_of_the_documentation_work(name: str) -> None:
    failed, attempted = doctest.testmod(importlib.import_module(f"teams_phone.testing{name}"))
    assert failed == 0
    assert attempted > 0


def test_requests_are_recorded_without_secrets(emulator: Emulator) -> None:
    status, _ = new_identity(emulator)
    (request,) = emulator.requests()
    assert isinstance(request, RecordedRequest)
    assert (request.status, status) == (201, 201)
    assert (request.method, request.path, request.json()) == ("POST", "/identities", {})
    assert request.target.endswith("?api-version=2023-10-01")
    assert request.operation == "CommunicationIdentity_Create"
    assert request.header("AUTHORIZATION") == "Bearer <redacted>"
    assert request.to_dict()["body_length"] == 2


def test_state_is_read_replaced_and_reset(emulator: Emulator) -> None:
    new_identity(emulator)
    state = emulator.state()
    assert len(state["identities"]) == 1
    emulator.reset()
    assert (emulator.state()["identities"], emulator.requests()) == ([], [])
    emulator.set_state(state)
    assert emulator.state()["identities"] == state["identities"]
    with pytest.raises(ValueError, match="unknown field `colour`"):
        emulator.set_state({**state, "colour": "red"})


def test_faults_meet_what_they_match_as_often_as_they_say(emulator: Emulator) -> None:
    assert emulator.inject(Fault.respond(503, "ServiceUnavailable", times=1, method="POST")) == [1]
    assert new_identity(emulator)[0] == 503
    assert new_identity(emulator)[0] == 201
    emulator.inject(Fault.empty(500), {"action": {"type": "pass"}})
    assert new_identity(emulator)[0] == 500
    emulator.clear_faults()
    assert new_identity(emulator)[0] == 201
    assert [request.fault for request in emulator.requests()] == [1, None, 2, None]


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Fault.throttle(2), (429, "TooManyRequests")),
        (Fault.throttle_until(2), (429, "TooManyRequests")),
        (Fault.throttle_ms(500), (429, "TooManyRequests")),
        (Fault.throttle_silently(), (429, "TooManyRequests")),
        (Fault.expired_token(), (401, "Denied")),
        (Fault.claims_challenge('{"access_token":{}}'), (401, "Denied")),
        (Fault.respond(409, "Conflict", message="m", headers={"a": "b"}), (409, "Conflict")),
        (Fault.respond(400, body={"error": {"code": "Own"}}), (400, "Own")),
        (Fault.edit({"/error": {"code": "Edited"}}), (201, "Edited")),
        (Fault.headers({"x-own": "1", "content-type": None}), (201, None)),
        (Fault.latency(timedelta(milliseconds=1)), (201, None)),
    ],
)
def test_every_fault_is_understood(
    emulator: Emulator, fault: Fault, seen: tuple[int, str | None]
) -> None:
    emulator.inject(fault)
    status, body = new_identity(emulator)
    assert (status, body.get("error", {}).get("code")) == seen


@pytest.mark.parametrize(
    "fault", [Fault.drop_before(), Fault.drop_after(), Fault.html(502), Fault.truncate(3)]
)
def test_faults_without_a_readable_answer_are_understood(emulator: Emulator, fault: Fault) -> None:
    emulator.inject(fault)
    with pytest.raises((OSError, ValueError, http.client.IncompleteRead)):
        new_identity(emulator)
    without_effect = {"type": "drop", "after": False}, {"type": "html", "status": 502}
    assert len(emulator.state()["identities"]) == (fault.action not in without_effect)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"action": {"type": "explode"}}, r"\[1\].action.type: unknown variant `explode`"),
        ({"match": {"operation": "Nothing_Get"}}, "`Nothing_Get` is not an operation id"),
        ({"times": -1}, r"\[1\].times: invalid value"),
        ({"colour": "red"}, "unknown field `colour`"),
        (Fault.html(42), "status 42 is not a status"),
    ],
)
def test_a_fault_that_cannot_be_used_is_refused(
    emulator: Emulator, fault: Fault | dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        emulator.inject(Fault.empty(500), fault)
    assert new_identity(emulator)[0] == 201


def test_misspelt_keywords_are_refused() -> None:
    with pytest.raises(TypeError, match="a fault has no time"):
        Fault.throttle(1, time=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="a plan has no poll"):
        OperationPlan.stuck(poll=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="polls or a delay, not both"):
        OperationPlan.stuck(polls=2, delay=1)
    with pytest.raises(ValueError, match="delay is negative: -1 s"):
        Fault.latency(-1)


def test_tokens_can_be_made_and_spoiled(emulator: Emulator) -> None:
    claims = emulator.entra.app_claims(RESOURCE)
    url = f"{emulator.url}/identities?api-version=2023-10-01"
    cases: list[tuple[dict[str, object], int]] = [
        ({}, 201),
        ({"exp": 0}, 401),
        ({"aud": "https://other"}, 401),
    ]
    for changes, status in cases:
        token = emulator.entra.sign({**claims, **changes})
        assert fetch(url, token, data=b"{}", method="POST")[0] == status
    user = emulator.entra.user_claims("https://auth.msft.communication.azure.com/Teams.ManageCalls")
    assert user["oid"] == emulator.entra.user_id
    with pytest.raises(ValueError, match="no token can be had for the scope"):
        emulator.entra.app_token("")


def test_device_codes_are_approved_and_declined(emulator: Emulator) -> None:
    entra = emulator.entra

    def begin() -> tuple[str, str]:
        form = urllib.parse.urlencode({"client_id": entra.client_id, "scope": RESOURCE})
        endpoint = f"{entra.authority}/oauth2/v2.0/devicecode"
        with urllib.request.urlopen(endpoint, data=form.encode()) as answer:
            begun = json.loads(answer.read())
        return begun["user_code"], begun["device_code"]

    def redeem(device_code: str) -> tuple[int, str | None]:
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "client_id": entra.client_id,
            "device_code": device_code,
        }
        data = urllib.parse.urlencode(form).encode()
        kind = "application/x-www-form-urlencoded"
        request = urllib.request.Request(entra.token_endpoint, data, {"Content-Type": kind})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.loads(answer.read())["token_type"]
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read())["error"]

    approved, declined = begin(), begin()
    assert entra.approve_device_code(approved[0])
    assert entra.decline_device_code(declined[0])
    assert redeem(approved[1]) == (200, "Bearer")
    assert redeem(declined[1]) == (400, "authorization_declined")
    assert not entra.approve_device_code(declined[0])


def test_the_credential_looks_like_one_of_azure_identity(emulator: Emulator) -> None:
    for as_user, member in [(False, "appid"), (True, "oid")]:
        with emulator.credential(as_user=as_user) as credential:
            token = credential.get_token(RESOURCE, claims=None, enable_cae=True)
        assert token.expires_on > 1_700_000_000
        assert token.token not in repr(token)
        assert member in emulator.entra.user_claims(RESOURCE)


def test_clients_are_led_to_it(emulator: Emulator) -> None:
    with emulator.client() as client:
        assert client.assignments.grant(TENANT, ACCOUNT, "teamsResourceAccount").created
    with Client(emulator.url, emulator.credential(as_user=True)) as client:
        assert client.assignments.get(TENANT, ACCOUNT).object_id == ACCOUNT

    async def read() -> str:
        async with emulator.aio_client(api_version="2025-06-30") as client:
            return (await client.assignments.get(TENANT, ACCOUNT)).object_id

    assert asyncio.run(read()) == ACCOUNT
    with emulator.graph_client() as graph:
        assert graph.endpoint.rstrip("/") == emulator.url


def test_clients_trust_its_authority() -> None:
    with Emulator(tls=True) as emulator:
        with emulator.client() as client:
            assert client.assignments.grant(TENANT, ACCOUNT, "teamsResourceAccount").created
        wary = Client.from_connection_string(
            emulator.connection_string, retry=RetryPolicy(max_attempts=1)
        )
        with wary, pytest.raises(ConnectError):
            wary.assignments.get(TENANT, ACCOUNT)


def test_the_clock_can_be_moved(emulator: Emulator) -> None:
    token = emulator.entra.app_token(GRAPH)
    assert fetch(numbers_url(emulator), token)[0] == 200
    emulator.advance_clock(timedelta(hours=2))
    emulator.advance_clock(0.5)
    assert fetch(numbers_url(emulator), token)[0] == 401
    with pytest.raises(ValueError, match="by is negative"):
        emulator.advance_clock(-1)


def test_graph_has_what_was_added_and_refuses_what_is_wrong(emulator: Emulator) -> None:
    graph = emulator.graph
    sku = graph.add_sku("PHONESYSTEM_VIRTUALUSER", units=2)
    account = graph.add_resource_account("ivr@contoso.com", usage_location="US", licences=[sku])
    graph.add_user("alex@contoso.com", display_name="Alex")
    graph.add_number("+12065550100", assigned_to="ivr@contoso.com", city="Seattle")
    graph.add({"numbers": [{"telephone_number": "+12065550101"}]})
    number = graph.number("12065550100")
    assert number is not None
    assert (number["assignmentTargetId"], number["city"]) == (account, "Seattle")
    _, listed = fetch(numbers_url(emulator), graph.app_token())
    assert [one["telephoneNumber"] for one in listed["value"]] == ["+12065550100", "+12065550101"]
    assert graph.number("+1") is None
    with pytest.raises(ValueError, match=r"numbers\[0\].numberType"):
        graph.add({"numbers": [{"telephone_number": "+12065550102", "number_type": 5}]})
    with pytest.raises(ValueError, match="number: colour: unknown field"):
        graph.add_number("+12065550102", colour="red")
    with pytest.raises(TypeError, match="licences must be a list, not a single str"):
        graph.add_user("sam@contoso.com", licences="PHONESYSTEM_VIRTUALUSER")


def test_graph_grants_what_the_token_has(emulator: Emulator) -> None:
    graph = emulator.graph
    allowed = ["TeamsTelephoneNumber.Read.All"]
    for token, status in [
        (graph.token_with(allowed), 200),
        (graph.user_token_with(allowed), 200),
        (graph.token_with(["User.Read.All"]), 403),
        (emulator.entra.app_token(RESOURCE), 401),
    ]:
        assert fetch(numbers_url(emulator), token)[0] == status


@pytest.mark.parametrize(
    ("plan", "end"),
    [
        (OperationPlan.succeed(), "succeeded"),
        (OperationPlan.fail("no seat left"), "failed"),
        (OperationPlan.skip(), "skipped"),
        (OperationPlan.end_with("odd"), "odd"),
        (OperationPlan.partial({"+12065550101": "held"}, retry_after=1), "failed"),
        (OperationPlan.phantom_status(), "succeeded"),
        (OperationPlan.phantom_target(), "succeeded"),
        (OperationPlan.stuck(polls=3), "notStarted"),
    ],
)
def test_operations_end_as_planned(plan: OperationPlan, end: str) -> None:
    with Emulator(graph_tenant="demo", graph_settings={"operations": {"polls": 0}}) as emulator:
        graph = emulator.graph
        graph.plan(plan)
        account = "ivr@teams-phone-emulator.invalid"
        people = graph.tenant()["resourceAccounts"]
        (target,) = [one["id"] for one in people if one["userPrincipalName"] == account]
        order = {
            "telephoneNumber": "+12065550100",
            "assignmentTargetId": target,
            "numberType": "callingPlan",
        }
        status, _ = fetch(
            f"{numbers_url(emulator)}/assignNumber",
            graph.app_token(),
            data=json.dumps(order).encode(),
            method="POST",
        )
        assert status == 202
        (operation,) = [one["id"] for one in graph.tenant()["operations"]]
        assert graph.operation_status(operation) == end
        assert graph.operation_status("other") is None
        with pytest.raises(ValueError, match=r"\[0\].outcome.type"):
            graph.plan({"outcome": {"type": "odd"}})


def test_settings_of_graph_are_changed_member_by_member(emulator: Emulator) -> None:
    emulator.graph.configure(errors="nested", propagation={"users": {"polls": 1}})
    emulator.graph.configure(page_size=1, propagation={"licences": {"milliseconds": 5}})
    _, settings = fetch(f"{emulator.url}/_emulator/settings")
    graph = settings["graph"]
    assert (graph["errors"], graph["pageSize"]) == ("nested", 1)
    assert graph["propagation"]["users"] == {"polls": 1}
    assert graph["propagation"]["licences"] == {"milliseconds": 5}
    refused: list[tuple[dict[str, object], str]] = [
        ({"page_size": 0}, "pageSize: must be at least 1"),
        ({"operations": {"poll": 1}}, "operations: unknown variant `poll`"),
        ({"colour": "red"}, "unknown field `colour`"),
    ]
    for wrong, said in refused:
        with pytest.raises(ValueError, match=said):
            emulator.graph.configure(**wrong)


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"port": 99999}, ValueError, "^port is 99999; give a whole number from 0 to 65535"),
        ({"port": "80"}, ValueError, "^port is of type str"),
        ({"port": True}, ValueError, "^port is True"),
        ({"max_body": -1}, ValueError, "^max_body is -1; give a whole number from 0 on"),
        ({"tls": 1}, TypeError, "^tls: "),
        ({"access_key": "?"}, ValueError, "not padded standard base64"),
        ({"page_size": 0}, ValueError, "page_size is 0; give a whole number from 1 on"),
        ({"resource_id": "x"}, ValueError, "resource_id is not a GUID"),
        ({"clock_offset": "1h"}, TypeError, "clock_offset must be a timedelta or seconds"),
        ({"clock_offset": 1e300}, ValueError, "clock_offset is no period"),
        ({"device_code_interval": -1}, ValueError, "device_code_interval is negative"),
        ({"ca_file": "ca.pem"}, ValueError, "no effect without tls"),
        ({"applications": [{"colour": 1}]}, ValueError, r"applications: \[0\].colour"),
        ({"applications": {"client_id": ""}}, TypeError, "must be a list, not a single dict"),
        ({"users": [{"object_id": "x", "user_principal_name": "a"}]}, ValueError, "not a GUID"),
        ({"graph_tenant": "/nowhere.json"}, ValueError, "/nowhere.json cannot be used"),
        ({"graph_tenant": {"numbers": [{}]}}, ValueError, r"numbers\[0\]"),
        ({"graph_tenant": [1]}, TypeError, "graph_tenant holds a int"),
        ({"graph_settings": {"page_size": 0}}, ValueError, "graph_settings: pageSize"),
        ({"ca_file": "/nowhere/ca.pem", "tls": True}, FileNotFoundError, "/nowhere/ca.pem"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(
    options: dict[str, Any], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        Emulator(**options)


def test_a_port_that_is_taken_is_an_os_error(emulator: Emulator) -> None:
    port = int(emulator.url.rpartition(":")[2])
    with pytest.raises(OSError, match="port 0 takes a free one") as refusal:
        Emulator(port=port)
    assert refusal.value.errno is not None


def test_options_reach_the_emulator(tmp_path: Any) -> None:
    tenant = tmp_path / "tenant.json"
    tenant.write_text('{"numbers": [{"telephoneNumber": "+12065550177"}]}')
    application = "a0000000-0000-4000-8000-0000000000aa"
    with Emulator(
        resource_id="b0000000-0000-4000-8000-000000000001",
        client_secret="told",
        page_size=7,
        accept_unsigned_tokens=True,
        subscription_allowed=False,
        tenants=["c0000000-0000-4000-8000-000000000001"],
        applications=[{"client_id": application, "secret": "s3cret", "graph_permissions": []}],
        graph_tenant=["demo", tenant, {"numbers": [{"telephone_number": "+12065550178"}]}],
    ) as emulator:
        _, settings = fetch(f"{emulator.url}/_emulator/settings")
        state = emulator.state()
        assert state["resourceId"] == "b0000000-0000-4000-8000-000000000001"
        assert (settings["pageSize"], settings["acceptUnsignedTokens"]) == (7, True)
        assert settings["subscriptionAllowed"] is False
        assert emulator.entra.client_secret == "told"
        assert application in [one["clientId"] for one in state["directory"]["applications"]]
        for number in ("+12065550100", "+12065550177", "+12065550178"):
            assert emulator.graph.number(number) is not None
        emulator.set_subscription_allowed(True)
        _, settings = fetch(f"{emulator.url}/_emulator/settings")
        assert settings["subscriptionAllowed"] is True


def test_tls_has_an_authority_to_trust(tmp_path: Any) -> None:
    import ssl

    with Emulator(tls=True, ca_file=tmp_path / "ca.pem") as emulator:
        assert emulator.url.startswith("https://")
        assert (tmp_path / "ca.pem").read_text() == emulator.ca_pem
        trust = ssl.create_default_context(cadata=emulator.ca_pem)
        with urllib.request.urlopen(f"{emulator.url}/_emulator", context=trust) as answer:
            assert answer.status == 200


def test_the_state_is_saved_at_stop_and_loaded_at_start(tmp_path: Any) -> None:
    file = tmp_path / "state.json"
    with Emulator(snapshot=file) as emulator:
        new_identity(emulator)
        saved = emulator.state()
    with Emulator(snapshot=file) as emulator:
        assert emulator.state() == saved
    file.write_text("{")
    with pytest.raises(ValueError, match="snapshot is not usable"):
        Emulator(snapshot=file)


def test_a_state_that_cannot_be_saved_is_told_at_stop(tmp_path: Any) -> None:
    emulator = Emulator(snapshot=tmp_path / "gone" / "state.json")
    new_identity(emulator)
    with pytest.raises(OSError, match="state.json"):
        emulator.stop()
    assert not emulator.running


def test_stopping_ends_it_once_and_for_all() -> None:
    emulator = Emulator()
    emulator.stop()
    emulator.stop()
    assert repr(emulator).endswith(", stopped)")
    assert emulator.connection_string
    with pytest.raises(RuntimeError, match="has been stopped"):
        emulator.requests()
    with pytest.raises(urllib.error.URLError):
        fetch(f"{emulator.url}/_emulator")


def test_it_stops_when_nobody_holds_it_any_more() -> None:
    emulator = Emulator()
    url = emulator.url
    assert fetch(f"{url}/_emulator")[0] == 200
    del emulator
    with pytest.raises(urllib.error.URLError):
        fetch(f"{url}/_emulator")


def test_threads_may_share_it(emulator: Emulator) -> None:
    def work() -> None:
        for _ in range(20):
            new_identity(emulator)
            emulator.requests()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(emulator.state()["identities"]) == 80


def test_it_cannot_be_pickled(emulator: Emulator) -> None:
    with pytest.raises(TypeError, match="pass its connection_string"):
        pickle.dumps(emulator)


def python(script: str, timeout: float = 30) -> subprocess.CompletedProcess[str]:
    """Runs a script in an interpreter of its own, which does not warn of forks beside threads."""
    quiet = "ignore:This process:DeprecationWarning"
    return subprocess.run(
        [sys.executable, "-W", quiet, "-c", script], capture_output=True, text=True, timeout=timeout
    )


def test_the_interpreter_ends_well_with_one_running(tmp_path: Any) -> None:
    file = tmp_path / "state.json"
    ended = python(
        f"""
import urllib.request
from teams_phone.testing import Emulator
emulator = Emulator(snapshot={str(file)!r})
token = emulator.entra.app_token({RESOURCE!r})
urllib.request.urlopen(urllib.request.Request(
    emulator.url + "/identities?api-version=2023-10-01", data=b"{{}}", method="POST",
    headers={{"Authorization": "Bearer " + token, "Content-Type": "application/json"}}))
me = [emulator]
me.append(me)
"""
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(json.loads(file.read_text())["identities"]) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
def test_a_forked_child_neither_hangs_nor_stops_it(tmp_path: Any) -> None:
    file = tmp_path / "state.json"
    ended = python(
        f"""
import os, urllib.request
from teams_phone.testing import Emulator
emulator = Emulator(snapshot={str(file)!r})
child = os.fork()
if child == 0:
    try:
        emulator.requests()
    except RuntimeError as refusal:
        print("refused:", refusal, flush=True)
    print(urllib.request.urlopen(emulator.url + "/_emulator").status, emulator.running, flush=True)
    emulator.stop()
    del emulator
    raise SystemExit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(urllib.request.urlopen(emulator.url + "/_emulator").status, emulator.running)
emulator.graph.add_user("alex@contoso.com")
emulator.stop()
"""
    )
    assert ended.stderr == ""
    refused, child, code, parent = ended.stdout.splitlines()
    assert "a forked process can only send it requests" in refused
    assert (child, code, parent) == ("200 False", "7", "200 True")
    assert json.loads(file.read_text())["graph"]["users"]


def test_importing_the_plugin_imports_nothing_heavy() -> None:
    ended = python(
        """
import sys, pytest
before = set(sys.modules)
import teams_phone.testing.plugin
print(*sorted(name for name in set(sys.modules) - before))
"""
    )
    assert ended.stderr == ""
    assert "teams_phone.testing.plugin" in ended.stdout
    for heavy in ("asyncio", "teams_phone.blocking", "teams_phone.testing._emulator"):
        assert heavy not in ended.stdout.split()


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project of somebody's with the plugin, installed or not."""
    pytester.makeconftest(
        """
def pytest_configure(config):
    if not config.pluginmanager.has_plugin("teams_phone"):
        import teams_phone.testing.plugin
        config.pluginmanager.register(teams_phone.testing.plugin, "teams_phone")
"""
    )
    return pytester


def test_the_fixture_gives_every_test_a_fresh_emulator(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
import pytest

URLS = set()

@pytest.mark.parametrize("turn", [1, 2])
def test_fresh(teams_phone_emulator, turn):
    URLS.add(teams_phone_emulator.url)
    assert len(URLS) == turn
    assert teams_phone_emulator.graph.number("+12065550100")
    assert len(teams_phone_emulator.state()["graph"]["users"]) == 1
    teams_phone_emulator.graph.add_user("alex@contoso.com")

def test_clients(teams_phone_emulator, teams_phone_client, teams_phone_graph_client):
    granted = teams_phone_client.assignments.grant(
        "87d349ed-44d7-43e1-9a83-5f2406dee5bd",
        "e5b7f628-ea94-4fdc-b3d9-1af1fe231111",
        "teamsResourceAccount",
    )
    assert granted.created
    assert teams_phone_graph_client.endpoint.startswith(teams_phone_emulator.url)

@pytest.mark.teams_phone_emulator(graph_tenant=None, client_secret="outer")
class TestMarked:
    @pytest.mark.teams_phone_emulator(client_secret="inner")
    def test_nearest_wins(self, teams_phone_emulator):
        assert teams_phone_emulator.entra.client_secret == "inner"
        assert teams_phone_emulator.graph.number("+12065550100") is None
"""
    )
    outcome = project.runpytest_subprocess("-p", "no:cacheprovider", "--strict-markers")
    outcome.assert_outcomes(passed=4)


def test_the_marker_takes_options_by_name_only(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
import pytest

@pytest.mark.teams_phone_emulator("demo")
def test_it(teams_phone_emulator):
    pass
"""
    )
    outcome = project.runpytest_subprocess("-p", "no:cacheprovider")
    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines(["*takes options by name only*"])
