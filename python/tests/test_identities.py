"""The contract of the calls about identities and their tokens, as the Rust suite has it, on both faces."""

from __future__ import annotations

import pickle
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

import teams_phone
from teams_phone.models import AccessToken, CreatedIdentity, Identity
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from support.face import Face

SCOPES = ["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]
PREVIEW = "2025-03-02-preview"
NOBODY = "8:acs:somebody"


def lives(token: AccessToken, wanted: timedelta) -> bool:
    return abs(token.expires_on - datetime.now(timezone.utc) - wanted) < timedelta(minutes=5)


def version(request: Any) -> str:
    _, _, sent = request.target.partition("api-version=")
    return str(sent)


def test_creates_a_new_identity_every_time(face: Face) -> None:
    one, other = face.client.identities.create(), face.client.identities.create()
    assert isinstance(one, CreatedIdentity)
    assert one.identity.id.startswith("8:acs:")
    assert one.identity.id != other.identity.id
    assert (one.identity.custom_id, one.access_token) == (None, None)


def test_creates_one_identity_for_a_custom_id(face: Face, emulator: Any) -> None:
    first = face.client.identities.create(custom_id="agent-17")
    assert face.client.identities.create(custom_id="agent-17") == first
    assert first.identity.custom_id == "agent-17"
    assert {version(request) for request in emulator.requests()} == {PREVIEW}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"with_token": SCOPES}, timedelta(days=1)),
        ({"with_token": "voip"}, timedelta(days=1)),
        ({"with_token": ("chat",), "valid_for": timedelta(minutes=61)}, timedelta(minutes=61)),
        ({"with_token": ["voip"], "valid_for": 3600, "custom_id": "a"}, timedelta(hours=1)),
    ],
)
def test_creates_an_identity_with_a_token(
    face: Face, given: dict[str, Any], wanted: timedelta
) -> None:
    token = face.client.identities.create(**given).access_token
    assert token.token
    assert lives(token, wanted)


def test_reads_an_identity_and_when_it_got_a_token(face: Face) -> None:
    identities = face.client.identities
    created = identities.create(custom_id="agent-17").identity
    assert isinstance(created, Identity)
    assert identities.get(created.id) == created
    assert created.last_token_issued_at is None
    identities.issue_token(created.id, ["chat"])
    issued = identities.get(created.id).last_token_issued_at
    assert abs(issued - datetime.now(timezone.utc)) < timedelta(minutes=5)
    assert issued.utcoffset() == timedelta(0)


def test_issues_a_token_that_lives_as_long_as_asked(face: Face) -> None:
    identities = face.client.identities
    id = identities.create().identity.id
    tokens = set()
    hour, day = timedelta(hours=1), timedelta(days=1)
    for valid_for, wanted in (
        (None, day),
        (hour, hour),
        (3600, hour),
        (7200.0, 2 * hour),
        (day, day),
    ):
        issued = identities.issue_token(id, ["voip", "chat"], valid_for=valid_for)
        assert lives(issued, wanted)
        tokens.add(issued.token)
    assert len(tokens) == 5


def test_a_token_is_shown_by_nothing_but_its_field(face: Face) -> None:
    created = face.client.identities.create(with_token=["voip"])
    token = created.access_token
    for shown in (repr(created), str(token), f"{token}", repr([token])):
        assert token.token not in shown
    assert token.to_dict()["token"] == token.token
    assert pickle.loads(pickle.dumps(created)) == created
    with pytest.raises(AttributeError):
        token.token = "other"


def test_revokes_tokens_and_may_do_so_again(face: Face) -> None:
    identities = face.client.identities
    id = identities.create(with_token="voip").identity.id
    for _ in range(2):
        assert identities.revoke_tokens(id) is None


ABOUT_ONE: list[tuple[str, Callable[[Any, str], Any]]] = [
    ("identity_get", lambda identities, id: identities.get(id)),
    ("identity_delete", lambda identities, id: identities.delete(id)),
    ("identity_revoke_tokens", lambda identities, id: identities.revoke_tokens(id)),
    ("identity_issue_token", lambda identities, id: identities.issue_token(id, ["chat"])),
]


@pytest.mark.parametrize(("operation", "call"), ABOUT_ONE)
def test_a_deleted_identity_is_not_owned(
    face: Face, operation: str, call: Callable[[Any, str], Any]
) -> None:
    id = face.client.identities.create().identity.id
    assert face.client.identities.delete(id) is None
    with pytest.raises(teams_phone.PermissionDeniedError) as caught:
        call(face.client.identities, id)
    error = caught.value
    assert (error.operation, error.kind, error.status) == (operation, "service", 401)
    assert (error.code, error.attempts) == ("IdentityNotOwned", 1)
    assert error.is_permission and not error.is_retryable
    assert error.hint and "same resource" in error.hint
    assert error.request_id and error.client_request_id


UNSENT: list[tuple[str, Callable[[Any], Any]]] = [
    ("scope", lambda identities: identities.issue_token(NOBODY, [])),
    ('give "chat" or "voip"', lambda identities: identities.issue_token(NOBODY, ["VoIP"])),
    ("valid_for", lambda identities: identities.issue_token(NOBODY, SCOPES, valid_for=59 * 60)),
    ("valid_for", lambda identities: identities.issue_token(NOBODY, SCOPES, valid_for=86460)),
    ("valid_for", lambda identities: identities.issue_token(NOBODY, SCOPES, valid_for=3630)),
    ("valid_for", lambda identities: identities.issue_token(NOBODY, SCOPES, valid_for=-1)),
    ("valid_for", lambda identities: identities.create(with_token="chat", valid_for=59 * 60)),
    ("valid_for", lambda identities: identities.create(valid_for=3600)),
    ("with_token", lambda identities: identities.create(with_token=[])),
    ('give "chat" or "voip"', lambda identities: identities.create(with_token="call")),
    ("custom id", lambda identities: identities.create(custom_id=" ")),
    ("custom id", lambda identities: identities.create(custom_id="x" * 257)),
    ("identity id", lambda identities: identities.get("")),
    ("identity id", lambda identities: identities.delete("a\nb")),
    ("identity id", lambda identities: identities.revoke_tokens("x" * 513)),
    ("2021-03-07", lambda identities: identities.get(NOBODY, api_version="2021-03-07")),
    ("customId", lambda i: i.create(custom_id="a", api_version="2025-06-30")),
]


@pytest.mark.parametrize(("said", "call"), UNSENT)
def test_what_makes_no_sense_is_refused_unsent(
    face: Face, emulator: Any, said: str, call: Callable[[Any], Any]
) -> None:
    with pytest.raises(teams_phone.ConfigError, match=said) as caught:
        call(face.client.identities)
    assert (caught.value.kind, caught.value.attempts) == ("config", 0)
    assert emulator.requests() == []


CALLS: list[tuple[str, Callable[..., Any]]] = [
    ("2025-06-30", lambda identities, id, **options: identities.create(**options)),
    (PREVIEW, lambda identities, id, **options: identities.get(id, **options)),
    ("2025-06-30", lambda identities, id, **options: identities.delete(id, **options)),
    ("2025-06-30", lambda identities, id, **options: identities.issue_token(id, "voip", **options)),
    ("2025-06-30", lambda identities, id, **options: identities.revoke_tokens(id, **options)),
]


@pytest.mark.parametrize(("default", "call"), CALLS)
def test_calls_heed_their_options(
    face: Face, emulator: Any, default: str, call: Callable[..., Any]
) -> None:
    identities = face.client.identities
    id = identities.create().identity.id
    call(identities, id, client_request_id="mine-1")
    request = emulator.requests()[-1]
    assert version(request) == default
    assert request.header("x-ms-client-request-id") == "mine-1"

    id = identities.create().identity.id
    call(identities, id, api_version=PREVIEW, timeout=timedelta(seconds=30))
    assert version(emulator.requests()[-1]) == PREVIEW

    emulator.inject(Fault.throttle(1))
    once = teams_phone.RetryPolicy(max_attempts=1)
    with pytest.raises(teams_phone.ThrottledError) as caught:
        call(identities, NOBODY, retry=once)
    assert (caught.value.attempts, caught.value.retry_after) == (1, timedelta(seconds=1))
    with pytest.raises(TypeError, match="patience"):
        call(identities, NOBODY, patience=3)


QUICK = teams_phone.RetryPolicy(base_delay=0.001, max_delay=0.002)


def test_what_is_safe_is_repeated(face: Face, emulator: Any) -> None:
    identities = face.client.identities
    id = identities.create().identity.id
    for fault in (Fault.respond(500, times=2), Fault.drop_after(times=2)):
        emulator.inject(fault)
        before = len(emulator.requests())
        assert identities.issue_token(id, "voip", retry=QUICK).token
        assert len(emulator.requests()) == before + 3
        emulator.clear_faults()
    emulator.inject(Fault.drop_after(times=1))
    again = identities.create(custom_id="agent-17", retry=QUICK)
    assert again == identities.create(custom_id="agent-17")


def test_a_creation_whose_answer_is_lost_is_not_repeated(face: Face, emulator: Any) -> None:
    emulator.inject(Fault.drop_after(times=1))
    with pytest.raises(teams_phone.ConnectError) as caught:
        face.client.identities.create(retry=QUICK)
    assert caught.value.attempts == 1
    assert caught.value.is_outcome_unknown
    assert len(emulator.requests()) == 1


def test_many_tokens_in_bulk(face: Face) -> None:
    ids = [face.client.identities.create().identity.id for _ in range(3)]

    def issue(client: Any, id: str) -> Any:
        return client.identities.issue_token(id, ["voip"])

    results = list(face.client.bulk([*ids, NOBODY], issue))
    done = {result.item: result.value.token for result in results if result.ok}
    assert sorted(done) == sorted(ids)
    (failed,) = [result for result in results if not result.ok]
    assert (failed.item, failed.error.code) == (NOBODY, "IdentityNotOwned")
