"""The exceptions: which class, what they carry, and what they keep to themselves."""

from __future__ import annotations

import copy
import pickle
import sys
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import teams_phone
from teams_phone.errors import ErrorDetail
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from support.face import Face

ONCE = teams_phone.RetryPolicy(max_attempts=1)


def failure(face: Face, fault: Fault | None, emulator: Any) -> teams_phone.Error:
    """The error of a read that meets a fault."""
    if fault is not None:
        emulator.inject(fault)
    with pytest.raises(teams_phone.Error) as caught:
        face.client.assignments.get(
            "87d349ed-44d7-43e1-9a83-5f2406dee5bd",
            "e5b7f628-ea94-4fdc-b3d9-1af1fe231111",
            retry=ONCE,
            client_request_id="request-1",
        )
    return caught.value


KINDS: list[tuple[Fault | None, str, type[teams_phone.Error], type[Exception], int | None]] = [
    (None, "service", teams_phone.NotFoundError, LookupError, 404),
    (Fault.respond(409, "Conflict"), "service", teams_phone.ConflictError, teams_phone.ServiceError, 409),
    (Fault.respond(403, "Forbidden"), "service", teams_phone.PermissionDeniedError, PermissionError, 403),
    (Fault.respond(400, "Bad"), "service", teams_phone.ServiceError, Exception, 400),
    (Fault.html(502), "service", teams_phone.ServiceError, Exception, 502),
    (Fault.throttle(7), "throttled", teams_phone.ThrottledError, teams_phone.ServiceError, 429),
    (Fault.drop_before(), "connect", teams_phone.ConnectError, ConnectionError, None),
    (Fault.respond(200, body="no JSON"), "decode", teams_phone.DecodeError, Exception, 200),
]


@pytest.mark.parametrize(("fault", "kind", "made", "also", "status"), KINDS)
def test_a_failure_has_its_class_and_says_what_it_knows(
    face: Face,
    emulator: Any,
    fault: Fault | None,
    kind: str,
    made: type[teams_phone.Error],
    also: type[Exception],
    status: int | None,
) -> None:
    error = failure(face, fault, emulator)
    assert type(error) is made
    assert isinstance(error, also)
    assert (error.kind, error.status, error.attempts) == (kind, status, 1)
    assert error.operation == "teams_extension_assignment_get"
    assert error.client_request_id == (None if kind == "decode" else "request-1")
    assert (error.request_id is None) == (status is None)
    assert error.is_not_found == (status == 404)
    assert error.is_conflict == (status == 409)
    assert error.is_permission == (status == 403)
    assert str(error).startswith("teams_extension_assignment_get: ")
    assert error.message in str(error) and "\n" not in str(error)
    assert error.retry_after == (timedelta(seconds=7) if status == 429 else None)


def test_what_the_service_says_is_kept(face: Face, emulator: Any) -> None:
    body = {
        "error": {
            "code": "Invalid",
            "message": "The field is wrong.",
            "target": "clientIds",
            "details": [{"code": "Format", "message": "No GUID.", "target": "clientIds[0]", "line": 3}],
        }
    }
    error = failure(face, Fault.respond(400, body=body), emulator)
    assert (error.code, error.message, error.target) == ("Invalid", "The field is wrong", "clientIds")
    assert error.details == (ErrorDetail("Format", "No GUID.", "clientIds[0]", {"line": "3"}),)
    assert hash(error.details) == hash(error.details)
    assert "code `Invalid`" in str(error) and "400" in str(error)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
@pytest.mark.parametrize("case", range(len(KINDS)))
def test_errors_can_be_copied_and_pickled(
    face: Face, emulator: Any, copied: Callable[[Any], Any], case: int
) -> None:
    error = failure(face, KINDS[case][0], emulator)
    other = copied(error)
    assert type(other) is type(error)
    assert str(other) == str(error)
    for name in teams_phone.Error.__annotations__:
        assert getattr(other, name) == getattr(error, name), name


def test_the_hint_is_at_hand_and_in_the_traceback(face: Face, emulator: Any) -> None:
    error = failure(face, None, emulator)
    assert error.hint
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    assert (f"hint: {error.hint}" in text) == (sys.version_info >= (3, 11))


def test_an_exception_of_the_credential_is_the_cause(
    face: Face, tenant: str, account: str, emulator: Any
) -> None:
    raised = LookupError("no one is signed in")

    def credential() -> str:
        raise raised

    client = face.open(face.module.Client(emulator.url, credential))
    with pytest.raises(teams_phone.CredentialError) as caught:
        client.assignments.get(tenant, account)
    error = caught.value
    assert error.__cause__ is raised
    assert (error.kind, error.status) == ("credential", None)
    assert "LookupError" in str(error)
    assert emulator.requests() == []


def test_no_error_shows_a_secret(face: Face, tenant: str, account: str, emulator: Any) -> None:
    token = emulator.entra.app_token("https://communication.azure.com/.default")
    secret = "c2VjcmV0LWtleS1vZi1hLXRlc3Q="

    def errors() -> list[BaseException]:
        found: list[BaseException] = []
        makers: list[Callable[[], Any]] = [
            lambda: face.module.Client.from_connection_string(f"accesskey={secret}"),
            lambda: face.module.Client.from_connection_string(f"endpoint=ftp://x;accesskey={secret}"),
            lambda: face.module.Client("https://example.invalid", f"{secret}!"),
            lambda: face.module.Client("https://user:opensesame@example.invalid", secret),
            lambda: face.open(face.module.Client(emulator.url, secret)).assignments.get(tenant, account),
            lambda: face.open(face.module.Client(emulator.url, lambda: token + "x")).assignments.get(
                tenant, account
            ),
            lambda: face.open(face.module.Client("http://example.invalid", lambda: token)).assignments.get(
                tenant, account
            ),
        ]
        for make in makers:
            with pytest.raises((teams_phone.Error, ValueError)) as caught:
                make()
            found.append(caught.value)
        return found

    for error in errors():
        said = f"{error!r} {error} {vars(error)} {getattr(error, '__notes__', '')}"
        for text in (secret, secret[:12], token, token.rpartition(".")[2], "opensesame"):
            assert text not in said, said


def test_a_socks_proxy_is_named_as_what_is_in_the_way(
    face: Face, tenant: str, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("ALL_PROXY", "socks5://opensesame@127.0.0.1:9")
    client = face.open(face.module.Client("https://x.invalid", "a2V5", retry=ONCE))
    with pytest.raises(teams_phone.ConnectError, match="unsupported scheme socks5") as caught:
        client.assignments.get(tenant, account)
    assert "opensesame" not in str(caught.value)


def test_errors_can_be_made_by_tests_of_users() -> None:
    error = teams_phone.NotFoundError("gone")
    assert (str(error), error.message, error.kind, error.status) == ("gone", "gone", "service", None)
    assert error.details == ()
    made = teams_phone.ThrottledError("slow down", {"retry_after": timedelta(seconds=3)})
    assert pickle.loads(pickle.dumps(made)).retry_after == timedelta(seconds=3)


@pytest.mark.parametrize(
    "name", [name for name in teams_phone.errors.__all__ if name not in ("Error", "ErrorDetail")]
)
def test_every_error_has_the_base(name: str) -> None:
    made = getattr(teams_phone, name)
    assert issubclass(made, teams_phone.Error)
    assert getattr(teams_phone.errors, name) is made
    assert made.__doc__
