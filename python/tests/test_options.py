"""What can be told to one call and to a client, and what is said of options that cannot be."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import teams_phone
from teams_phone import RetryPolicy
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from typing import Any

    from support.face import Face


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"timeout": -1}, teams_phone.ConfigError, "timeout is -1; give seconds from 0 on"),
        ({"timeout": float("nan")}, teams_phone.ConfigError, "timeout is NaN"),
        ({"timeout": timedelta(seconds=-1)}, teams_phone.ConfigError, "timeout is negative"),
        ({"timeout": "5"}, TypeError, "timeout must be a timedelta or a number of seconds, not str"),
        ({"retry": RetryPolicy(base_delay=-1)}, teams_phone.ConfigError, "base_delay is -1"),
        ({"retry": RetryPolicy(max_attempts=-1)}, teams_phone.ConfigError, "max_attempts is -1"),
        ({"api_version": "newest"}, teams_phone.ConfigError, "newest"),
        ({"client_request_id": "two\nlines"}, teams_phone.ConfigError, "client.request.id"),
        ({"client_request_id": ""}, teams_phone.ConfigError, "client.request.id"),
        ({"time_out": 5}, TypeError, "unexpected keyword argument .time_out"),
    ],
)
def test_an_option_that_cannot_be_is_named_and_nothing_sent(
    face: Face, tenant: str, account: str, emulator: Any, options: Any, kind: Any, said: str
) -> None:
    with pytest.raises(kind, match=said):
        face.client.assignments.get(tenant, account, **options)
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
        (("https://example.invalid", "a2V5"), {"scopes": "chat"}, TypeError, "str"),
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
