"""What can be told to one call and to a client, and what is said of options that cannot be."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import teams_phone
from teams_phone import PollPolicy, RateLimits, RetryPolicy
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from typing import Any

    from support.face import Face

TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"timeout": -1}, "timeout is -1; give a timedelta or a number of seconds, from 0 on"),
        ({"timeout": float("nan")}, "timeout is nan"),
        ({"timeout": float("-inf")}, "timeout is -inf"),
        ({"timeout": float("inf")}, "timeout is inf"),
        ({"timeout": 10**400}, "timeout is a very large number"),
        ({"timeout": timedelta(seconds=-1)}, "timeout is negative"),
        ({"timeout": "secret"}, "timeout is of type str; give a timedelta"),
        ({"timeout": True}, "timeout is True"),
        ({"retry": 5}, "retry is 5; give a teams_phone.RetryPolicy"),
        ({"retry": "secret"}, "retry is of type str; give a teams_phone.RetryPolicy"),
        ({"retry": RetryPolicy(base_delay=-1)}, "base_delay is -1"),
        ({"retry": RetryPolicy(deadline="secret")}, "deadline is of type str"),
        ({"retry": RetryPolicy(attempt_timeout=False)}, "attempt_timeout is False"),
        ({"retry": RetryPolicy(max_attempts=-1)}, "max_attempts is -1; give a whole number from 1 on"),
        ({"retry": RetryPolicy(max_attempts=0)}, "max_attempts is 0"),
        ({"retry": RetryPolicy(max_attempts=True)}, "max_attempts is True"),
        ({"retry": RetryPolicy(max_attempts=2.5)}, "max_attempts is 2.5"),
        ({"retry": RetryPolicy(max_attempts=2**40)}, "max_attempts is 1099511627776"),
        ({"retry": RetryPolicy(max_attempts=10**5000)}, "max_attempts is a very large number"),
        ({"retry": RetryPolicy(max_attempts="secret")}, "max_attempts is of type str"),
        ({"api_version": "newest"}, "newest"),
        ({"api_version": 2025}, "api_version is 2025; give text"),
        ({"client_request_id": "two\nlines"}, "client.request.id"),
        ({"client_request_id": ""}, "client.request.id"),
    ],
)
def test_an_option_that_cannot_be_is_named_and_nothing_sent(
    face: Face, tenant: str, account: str, emulator: Any, options: Any, said: str
) -> None:
    with pytest.raises(teams_phone.ConfigError, match=said) as caught:
        face.client.assignments.get(tenant, account, **options)
    assert "secret" not in str(caught.value)
    assert emulator.requests() == []


def test_an_unknown_option_is_named(face: Face, tenant: str, account: str) -> None:
    with pytest.raises(TypeError, match=r"unexpected keyword argument .time_out"):
        face.client.assignments.get(tenant, account, time_out=5)


def of_numbers(**conditions: Any) -> Any:
    return lambda face: list(face.graph.numbers.list(**conditions))


def to_poll(**policy: Any) -> Any:
    return lambda face: face.graph.numbers.operation("1", poll_policy=PollPolicy(**policy))


def in_bulk(**options: Any) -> Any:
    return lambda face: face.client.bulk([], lambda client, item: None, **options)


def at_rates(**limits: Any) -> Any:
    return in_bulk(rate_limits=RateLimits(**limits))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (of_numbers(page_size="secret"), "page_size is of type str; give a whole number from 1 to 1000"),
        (of_numbers(page_size=True), "page_size is True"),
        (of_numbers(page_size=2.0), "page_size is 2.0"),
        (of_numbers(number_type=5), "number_type is 5; give text"),
        (of_numbers(capability=5), "capability is 5; give a list of texts"),
        (of_numbers(capability=[5]), "an item of capability is 5; give text"),
        (lambda face: list(face.graph.users.configurations(page_size=70_000)), "page_size is 70000"),
        (lambda face: list(face.graph.resource_accounts.list(page_size=-1)), "page_size is -1"),
        (to_poll(factor="secret"), "factor is of type str; give a number from 1 on"),
        (to_poll(factor=0.5), "factor is 0.5"),
        (to_poll(factor=float("nan")), "factor is nan"),
        (to_poll(factor=True), "factor is True"),
        (to_poll(first_wait="secret"), "first_wait is of type str"),
        (to_poll(within=-1), "within is -1"),
        (lambda face: face.graph.numbers.operation("1", poll_policy=5), "poll_policy is 5; give a teams_phone.Poll"),
        (lambda face: face.graph.numbers.preflight("+12065550100", "a@b.c", skip=5), "skip is 5"),
        (
            lambda face: face.graph.numbers.update("+12065550100", reverse_number_lookup_options=5),
            "reverse_number_lookup_options is 5",
        ),
        (
            lambda face: face.graph.numbers.assign("+12065550100", TENANT, "callingPlan", location_id=5),
            "location_id is 5; give text",
        ),
        (lambda face: face.graph.users.assign_license("a@b.c", "E5", within=True), "within is True"),
        (in_bulk(concurrency=0), "concurrency is 0; give a whole number from 1 on"),
        (in_bulk(concurrency="secret"), "concurrency is of type str"),
        (in_bulk(concurrency=True), "concurrency is True"),
        (in_bulk(concurrency=2.5), "concurrency is 2.5"),
        (in_bulk(rate_limits=5), "rate_limits is 5; give a teams_phone.RateLimits"),
        (at_rates(otherwise=-1), "otherwise is -1; give a whole number from 1 on"),
        (at_rates(otherwise="secret"), "otherwise is of type str"),
        (at_rates(window=float("nan")), "window is nan"),
        (at_rates(operations=5), "operations is 5; give a mapping"),
        (at_rates(operations={"identity_get": 0}), "identity_get is 0; give a whole number"),
        (at_rates(operations={5: 5}), "an operation of rate_limits is 5; give text"),
        (lambda face: face.client.entra_assignments.update({}, batch_size=True), "batch_size is True"),
        (lambda face: face.client.identities.create(with_token=5), "with_token is 5; give a list of texts"),
        (lambda face: face.client.identities.create(valid_for=True), "valid_for is True"),
        (lambda face: face.client.exchanges.entra("secret", scopes=5), "scopes is 5"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_named_and_nothing_sent(
    face: Face, emulator: Any, call: Any, said: str
) -> None:
    with pytest.raises(teams_phone.ConfigError, match=said) as caught:
        call(face)
    assert "secret" not in str(caught.value)
    assert emulator.requests() == []


def test_options_that_are_none_are_not_given(face: Face, tenant: str, account: str) -> None:
    nothing = {"timeout": None, "retry": None, "api_version": None, "client_request_id": None}
    assert face.client.assignments.revoke(tenant, account, **nothing) is None


@pytest.mark.parametrize("given", ["request-17", uuid.UUID("0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e")])
def test_the_client_request_id_is_sent(
    face: Face, tenant: str, account: str, emulator: Any, given: Any
) -> None:
    face.client.assignments.revoke(tenant, account, client_request_id=given)
    (request,) = emulator.requests()
    assert str(given) in [value for _, value in request.headers]


def test_the_api_version_is_that_of_the_call_or_else_of_the_client(
    face: Face, tenant: str, account: str, emulator: Any
) -> None:
    text = emulator.connection_string
    client = face.open(face.module.Client.from_connection_string(text, api_version="2025-03-02-preview"))
    client.assignments.revoke(tenant, account)
    client.assignments.revoke(tenant, account, api_version="2025-06-30")
    versions = [request.target.rpartition("api-version=")[2] for request in emulator.requests()]
    assert versions == ["2025-03-02-preview", "2025-06-30"]


def test_retries_are_those_of_the_call_or_else_of_the_client(
    face: Face, tenant: str, account: str, emulator: Any
) -> None:
    emulator.inject(Fault.respond(503, "Busy"))
    text = emulator.connection_string
    quick = RetryPolicy(max_attempts=3, base_delay=timedelta(milliseconds=1), max_delay=0.002)
    client = face.open(face.module.Client.from_connection_string(text, retry=quick))
    for options, attempts in [({}, 3), ({"retry": RetryPolicy(max_attempts=1)}, 1)]:
        with pytest.raises(teams_phone.ServiceError) as caught:
            client.assignments.revoke(tenant, account, **options)
        assert caught.value.attempts == attempts
    assert len(emulator.requests()) == 4


@pytest.mark.parametrize(
    ("arguments", "settings", "kind", "said"),
    [
        (("ftp://example.invalid", "a2V5"), {}, teams_phone.ConfigError, "ftp|http"),
        (("https://example.invalid", "no base64!"), {}, teams_phone.ConfigError, "base64"),
        (("https://example.invalid", 5), {}, TypeError, "credential is int"),
        (("https://example.invalid", "a2V5"), {"colour": 1}, TypeError, "colour"),
        (("https://example.invalid", "a2V5"), {"scopes": "chat"}, teams_phone.ConfigError, "scopes is of type str"),
        (("https://example.invalid", "a2V5"), {"retry": 5}, teams_phone.ConfigError, "retry is 5"),
        (("https://example.invalid", "a2V5"), {"ca_bundle": 0}, teams_phone.ConfigError, "ca_bundle is of type int"),
        (("https://example.invalid", "a2V5"), {"ca_bundle": b"no PEM"}, teams_phone.ConfigError, "certificate"),
        (("https://example.invalid", "a2V5"), {"ca_bundle": "/nowhere.pem"}, FileNotFoundError, "nowhere"),
        (("https://example.invalid", "a2V5"), {"api_version": "x"}, teams_phone.ConfigError, "x"),
    ],
)
def test_a_client_that_cannot_be_is_refused(
    face: Face, arguments: Any, settings: Any, kind: Any, said: str
) -> None:
    with pytest.raises(kind, match=said):
        face.module.Client(*arguments, **settings)


def test_a_client_shows_no_key_and_is_not_pickled(face: Face, emulator: Any) -> None:
    import pickle

    raw = getattr(face.client, "raw", face.client)
    assert repr(raw) == f"Client('{emulator.url}')"
    assert raw.endpoint == emulator.url
    with pytest.raises(TypeError, match="holds a credential"):
        pickle.dumps(raw)


def test_a_client_from_the_environment(
    face: Face, tenant: str, account: str, emulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = "AZURE_COMMUNICATION_CONNECTION_STRING", "COMMUNICATION_SERVICES_CONNECTION_STRING"
    for name in names:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(teams_phone.ConfigError, match=names[0]):
        face.module.Client.from_env()
    for name in names:
        monkeypatch.setenv(name, emulator.connection_string)
        client = face.open(face.module.Client.from_env())
        assert client.assignments.revoke(tenant, account) is None
        monkeypatch.delenv(name)


def test_a_closed_client_says_so(face: Face, tenant: str, account: str) -> None:
    face.client.close()
    face.client.close()
    with pytest.raises(RuntimeError, match="the client is closed"):
        face.client.assignments.get(tenant, account)


def test_a_client_is_a_context(face: Face, tenant: str, account: str, emulator: Any) -> None:
    client = face.open(face.module.Client.from_connection_string(emulator.connection_string))
    with client:
        client.assignments.revoke(tenant, account)
    with pytest.raises(RuntimeError, match="the client is closed"):
        client.assignments.revoke(tenant, account)
