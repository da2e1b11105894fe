"""The contract of the exchanges, as the Rust suites have it, on both faces."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

import teams_phone
from teams_phone.models import AccessToken, EntraAccess, Exchanged
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from support.face import Face
    from teams_phone.testing import Emulator

CALLS = "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls"
CLIENTS = "https://communication.azure.com/clients/.default"
VOIP = "https://communication.azure.com/clients/VoIP"
TEAMS = "https://auth.msft.communication.azure.com/Teams.ManageCalls"
OTHER = "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e"
EXCHANGES = "/access/**"


def allow_calls(face: Face, emulator: Emulator) -> None:
    entra = emulator.entra
    applications = [entra.client_id]
    grant = face.client.assignments.grant
    grant(entra.tenant_id, entra.user_id, "user", client_ids=applications)


def allow_clients(face: Face, emulator: Emulator) -> None:
    entra = emulator.entra
    access = EntraAccess(entra.tenant_id, "user", (entra.client_id,))
    face.client.entra_assignments.grant(entra.user_id, access)


class SignIn:
    """A credential that signs the standard user in, and notes what it is asked for."""

    def __init__(self, emulator: Emulator, scopes: str) -> None:
        self.emulator = emulator
        self.scopes = scopes
        self.asked: list[tuple[str, ...]] = []

    def get_token(self, *scopes: str, **_more: Any) -> Any:
        self.asked.append(scopes)
        return self.emulator.entra.user_token(self.scopes)


class AsyncSignIn(SignIn):
    """The same with coroutines."""

    async def get_token(self, *scopes: str, **more: Any) -> Any:
        return super().get_token(*scopes, **more)


def test_gives_tokens_to_those_with_an_assignment_only(face: Face, emulator: Emulator) -> None:
    exchanges, entra = face.client.exchanges, emulator.entra
    for call, scope, allow in (
        (exchanges.teams_phone, CALLS, allow_calls),
        (exchanges.entra, VOIP, allow_clients),
    ):
        with pytest.raises(teams_phone.PermissionDeniedError) as caught:
            call(entra.user_token(scope))
        assert caught.value.status == 403
        assert caught.value.hint
        allow(face, emulator)
        exchanged = call(entra.user_token(scope))
        assert isinstance(exchanged, Exchanged)
        assert entra.user_id in exchanged.identity.id
        assert exchanged.access_token.token
        assert exchanged.access_token.token not in repr(exchanged)
        assert exchanged.to_dict()["access_token"]["token"] == exchanged.access_token.token


@pytest.mark.parametrize("kind", [str, uuid.UUID, str.upper])
def test_a_teams_user_needs_no_assignment(
    face: Face, emulator: Any, kind: Callable[[str], Any]
) -> None:
    entra = emulator.entra
    application, user = kind(entra.client_id), kind(entra.user_id)
    tenant = kind(entra.tenant_id)
    access = face.client.exchanges.teams_user(
        entra.user_token(TEAMS), application, user, tenant=tenant
    )
    assert isinstance(access, AccessToken)
    assert access.token not in repr(access)
    (request,) = emulator.requests()
    assert request.target == "/teamsUser/:exchangeAccessToken?api-version=2025-06-30"
    assert (request.json()["appId"], request.json()["userId"]) == (entra.client_id, entra.user_id)


SOURCES: list[Callable[[SignIn], Any]] = [
    lambda sign_in: sign_in.get_token(),
    lambda sign_in: sign_in,
    lambda sign_in: lambda: sign_in.get_token(),
]


@pytest.mark.parametrize("source", SOURCES)
def test_the_users_token_comes_from_text_objects_and_functions(
    face: Face, emulator: Any, source: Callable[[SignIn], Any]
) -> None:
    allow_calls(face, emulator)
    allow_clients(face, emulator)
    exchanges = face.client.exchanges
    assert exchanges.teams_phone(source(SignIn(emulator, CALLS))).access_token.token
    assert exchanges.entra(source(SignIn(emulator, VOIP))).access_token.token


def test_a_credential_is_asked_for_the_users_scopes(face: Face, emulator: Any) -> None:
    allow_calls(face, emulator)
    allow_clients(face, emulator)
    exchanges = face.client.exchanges
    kind = AsyncSignIn if face.is_async else SignIn
    calls, clients = kind(emulator, CALLS), kind(emulator, VOIP)
    exchanges.teams_phone(calls)
    exchanges.teams_phone(calls, scopes=CALLS)
    assert calls.asked == [(CALLS,), (CALLS,)]
    exchanges.entra(clients)
    exchanges.entra(clients, scopes=[VOIP, CLIENTS])
    assert clients.asked == [(CLIENTS,), (VOIP, CLIENTS)]


def test_the_sdks_own_credentials_sign_users_in(face: Face, emulator: Any) -> None:
    from teams_phone.credentials import StaticTokenCredential

    allow_calls(face, emulator)
    token = StaticTokenCredential(emulator.entra.user_token(CALLS))
    assert face.client.exchanges.teams_phone(token).access_token.token


def test_blocking_calls_say_that_a_credential_is_asynchronous(
    client: teams_phone.Client, emulator: Any
) -> None:
    sign_in: Any = AsyncSignIn(emulator, VOIP)
    with pytest.raises(teams_phone.CredentialError, match="asynchronous"):
        client.exchanges.entra(sign_in)
    assert emulator.requests() == []


def test_what_the_callers_function_raises_is_the_cause(face: Face, emulator: Any) -> None:
    def fail() -> str:
        raise LookupError("nobody has signed in")

    with pytest.raises(teams_phone.CredentialError) as caught:
        face.client.exchanges.entra(fail)
    assert isinstance(caught.value.__cause__, LookupError)
    assert emulator.requests() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("Bearer hunter2", "begins with the word Bearer"),
        ("hunter2\n", "has a blank"),
        ("hünter2", "another character"),
    ],
)
def test_what_is_no_token_is_refused_unsent_and_unshown(
    face: Face, emulator: Any, text: str, said: str
) -> None:
    exchanges, user = face.client.exchanges, emulator.entra.user_id
    calls: list[Callable[[], Any]] = [
        lambda: exchanges.teams_user(text, OTHER, user, checked=False),
        lambda: exchanges.teams_phone(text),
        lambda: exchanges.entra(text),
    ]
    for call in calls:
        with pytest.raises(teams_phone.CredentialError, match=said) as caught:
            call()
        assert "nter2" not in str(caught.value) + repr(caught.value)
    assert emulator.requests() == []


UNSENT: list[tuple[str, Callable[[Any, Emulator], Any]]] = [
    (
        "not the user of the token",
        lambda of, emulator: of.teams_user(
            emulator.entra.user_token(TEAMS), emulator.entra.client_id, OTHER
        ),
    ),
    (
        "not the application",
        lambda of, emulator: of.teams_user(
            emulator.entra.user_token(TEAMS), OTHER, emulator.entra.user_id
        ),
    ),
    (
        "not the tenant of the token",
        lambda of, emulator: of.teams_user(
            emulator.entra.user_token(TEAMS),
            emulator.entra.client_id,
            emulator.entra.user_id,
            tenant=OTHER,
        ),
    ),
    ("client id", lambda of, emulator: of.teams_user("opaque", "calendar", OTHER)),
    ("object id", lambda of, emulator: of.teams_user("opaque", OTHER, "alice@contoso.com")),
    ("belongs to another exchange", lambda of, emulator: of.entra("opaque", scopes=CALLS)),
    ("belongs to another exchange", lambda of, emulator: of.teams_phone("opaque", scopes=[VOIP])),
    ("are mixed", lambda of, emulator: of.entra("opaque", scopes=[VOIP, CALLS])),
    ("no scope is given", lambda of, emulator: of.entra("opaque", scopes=[])),
    ("cannot be exchanged", lambda of, emulator: of.entra("opaque", scopes="User.Read")),
    ("2025-06-30", lambda of, emulator: of.entra("opaque", api_version="2025-06-30")),
]


@pytest.mark.parametrize(("said", "call"), UNSENT)
def test_what_cannot_be_right_is_refused_unsent(
    face: Face, emulator: Any, said: str, call: Callable[[Any, Emulator], Any]
) -> None:
    with pytest.raises(teams_phone.ConfigError, match=said) as caught:
        call(face.client.exchanges, emulator)
    assert caught.value.attempts == 0
    assert emulator.requests() == []


def test_what_can_answer_no_token_is_a_wrong_type(face: Face, emulator: Any) -> None:
    for given in (3, None, object()):
        with pytest.raises(TypeError, match="user_token is"):
            face.client.exchanges.entra(given)
    assert emulator.requests() == []


def test_an_expired_token_is_refused_unless_the_service_is_to_judge(
    face: Face, emulator: Any
) -> None:
    entra, exchanges = emulator.entra, face.client.exchanges
    expired = entra.sign({**entra.user_claims(TEAMS), "exp": 1})
    with pytest.raises(teams_phone.CredentialError, match="expired") as caught:
        exchanges.teams_user(expired, entra.client_id, entra.user_id)
    assert (caught.value.kind, caught.value.status) == ("credential", None)
    assert expired not in str(caught.value)
    assert emulator.requests() == []
    with pytest.raises(teams_phone.PermissionDeniedError) as refused:
        exchanges.teams_user(expired, entra.client_id, entra.user_id, checked=False)
    assert (refused.value.status, refused.value.code) == (401, "InvalidAccessToken")


def test_exchanges_heed_their_options_and_are_repeated(face: Face, emulator: Any) -> None:
    allow_clients(face, emulator)
    before = len(emulator.requests())
    emulator.inject(Fault.respond(500, path=EXCHANGES, times=2))
    quick = teams_phone.RetryPolicy(base_delay=0.001, max_delay=0.002)
    face.client.exchanges.entra(
        emulator.entra.user_token(VOIP), retry=quick, client_request_id="mine-1", timeout=30
    )
    requests = emulator.requests()[before:]
    assert len(requests) == 3
    assert {request.header("x-ms-client-request-id") for request in requests} == {"mine-1"}
    assert all("2025-03-02-preview" in request.target for request in requests)


def test_many_exchanges_in_bulk(face: Face, emulator: Any) -> None:
    allow_calls(face, emulator)
    tokens = [emulator.entra.user_token(CALLS) for _ in range(4)]

    def exchange(client: Any, token: str) -> Any:
        return client.exchanges.teams_phone(lambda: token)

    results = list(face.client.bulk(tokens, exchange))
    assert [result.error for result in results] == [None] * 4
