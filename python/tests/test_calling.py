"""The credential of calling clients, as the Rust suite has it, on both faces."""

from __future__ import annotations

import asyncio
import pickle
import threading
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

import teams_phone
import teams_phone.aio
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from support.face import Face
    from teams_phone.testing import Emulator

ENTRA = "https://communication.azure.com/clients/.default"
PHONE = "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls"
HOUR = timedelta(hours=1)


def answer(emulator: Emulator, name: str, life: timedelta = HOUR, **when: Any) -> None:
    """The exchanges from now on answer a token with this name."""
    emulator.clear_faults()
    expires_on = (datetime.now(timezone.utc) + life).isoformat()
    token = {"token": name, "expiresOn": expires_on}
    body = {"identity": {"id": "8:acs:r_t_u"}, "accessToken": token}
    emulator.inject(Fault.respond(200, body=body, **when))


class SignIn:
    """Signs users in, and notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def get_token(self, *scopes: str, **_more: Any) -> Any:
        self.asked.append(scopes)
        return "a-users"


@pytest.fixture
def sign_in() -> SignIn:
    """A credential that signs the user in."""
    return SignIn()


@pytest.fixture
def opened(face: Face, emulator: Emulator, sign_in: SignIn) -> Callable[..., Any]:
    """Makes a credential, which is closed at the end of the test."""

    def open(source: Any = sign_in, **settings: Any) -> Any:
        return face.open(face.module.CallingCredential(emulator.url, source, **settings))

    return open


@pytest.mark.parametrize(
    ("scopes", "target"),
    [
        (None, "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview"),
        (ENTRA, "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview"),
        ([PHONE], "/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30"),
    ],
)
def test_scopes_choose_the_exchange_and_are_asked_for(
    opened: Callable[..., Any], emulator: Any, sign_in: SignIn, scopes: Any, target: str
) -> None:
    answer(emulator, "one")
    credential = opened(scopes=scopes)
    assert (emulator.requests(), sign_in.asked) == ([], [])
    token = credential.get_token()
    assert token.token == "one"
    assert timedelta(minutes=55) < token.expires_on - datetime.now(timezone.utc) < HOUR
    (request,) = emulator.requests()
    assert request.target == target
    assert sign_in.asked == [(PHONE,) if scopes == [PHONE] else (ENTRA,)]


def test_a_token_that_works_is_kept(opened: Callable[..., Any], emulator: Any) -> None:
    answer(emulator, "one")
    credential = opened()
    first = credential.get_token()
    answer(emulator, "two")
    assert credential.get_token() == first
    assert len(emulator.requests()) == 1


def test_a_token_that_was_refused_can_be_forgotten(
    opened: Callable[..., Any], emulator: Any
) -> None:
    answer(emulator, "one")
    credential = opened()
    first = credential.get_token()
    answer(emulator, "two")
    credential.forget(first)
    second = credential.get_token()
    assert second.token == "two"
    credential.forget(first)
    assert credential.get_token() == second
    assert len(emulator.requests()) == 2


def test_a_failure_is_told_and_the_next_tries_again(
    opened: Callable[..., Any], emulator: Any
) -> None:
    emulator.inject(Fault.respond(403, "Forbidden"))
    credential = opened()
    with pytest.raises(teams_phone.PermissionDeniedError) as caught:
        credential.get_token()
    assert caught.value.operation == "entra_exchange_token"
    answer(emulator, "one")
    assert credential.get_token().token == "one"


def test_an_answer_that_has_expired_is_an_error(opened: Callable[..., Any], emulator: Any) -> None:
    answer(emulator, "one", -HOUR)
    with pytest.raises(teams_phone.CredentialError, match="expired"):
        opened().get_token()


def test_once_closed_there_are_no_tokens(opened: Callable[..., Any], emulator: Any) -> None:
    answer(emulator, "one")
    credential = opened()
    token = credential.get_token()
    credential.close()
    credential.close()
    credential.forget(token)
    with pytest.raises(teams_phone.CredentialError, match="closed"):
        credential.get_token()
    assert len(emulator.requests()) == 1


def test_what_is_shown_has_no_token(face: Face, emulator: Any) -> None:
    answer(emulator, "hunter2")
    raw = face.module.CallingCredential(emulator.url, lambda: "hunter3")
    credential = face.open(raw)
    token = credential.get_token()
    assert repr(raw) == f"CallingCredential('{emulator.url}')"
    assert "hunter" not in repr(raw) + repr(token)
    with pytest.raises(TypeError, match="make one where it is needed"):
        pickle.dumps(raw)


def test_callers_at_the_same_time_share_one_exchange(emulator: Any) -> None:
    answer(emulator, "one", delay=0.2)

    async def several() -> list[Any]:
        async with teams_phone.aio.CallingCredential(emulator.url, SignIn()) as credential:
            return await asyncio.gather(*(credential.get_token() for _ in range(10)))

    assert {token.token for token in asyncio.run(several())} == {"one"}
    assert len(emulator.requests()) == 1


def test_threads_share_one_exchange(emulator: Any) -> None:
    answer(emulator, "one", delay=0.2)
    got: list[str] = []
    with teams_phone.CallingCredential(emulator.url, SignIn()) as credential:
        threads = [
            threading.Thread(target=lambda: got.append(credential.get_token().token))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert got == ["one"] * 4
    assert len(emulator.requests()) == 1


def test_who_goes_away_does_not_take_the_exchange_from_the_others(emulator: Any) -> None:
    answer(emulator, "one", delay=0.2)

    async def several() -> Any:
        async with teams_phone.aio.CallingCredential(emulator.url, SignIn()) as credential:
            first = asyncio.create_task(credential.get_token())
            second = asyncio.create_task(credential.get_token())
            await asyncio.sleep(0)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            return await second

    assert asyncio.run(several()).token == "one"
    assert len(emulator.requests()) == 1


def test_exchanges_are_repeated_as_the_policy_says(
    opened: Callable[..., Any], emulator: Any
) -> None:
    emulator.inject(Fault.respond(500))
    once = teams_phone.RetryPolicy(max_attempts=1)
    with pytest.raises(teams_phone.ServiceError) as caught:
        opened(retry=once).get_token()
    assert (caught.value.attempts, len(emulator.requests())) == (1, 1)


def test_it_trusts_the_bundle_that_is_given(face: Face, tmp_path: Any) -> None:
    from teams_phone.testing import Emulator

    with Emulator(tls=True) as emulator:
        answer(emulator, "one")
        file = tmp_path / "ca.pem"
        file.write_text(emulator.ca_pem or "")
        for bundle in (file, str(file), (emulator.ca_pem or "").encode()):
            made = face.module.CallingCredential(emulator.url, lambda: "t", ca_bundle=bundle)
            credential = face.open(made)
            assert credential.get_token().token == "one"
            credential.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"scopes": []}, "no scope is given"),
        ({"scopes": "User.Read"}, "cannot be exchanged"),
        ({"scopes": [ENTRA, PHONE]}, "are mixed"),
        ({"ca_bundle": b"nothing"}, "certificate"),
    ],
)
def test_wrong_settings_are_told_at_once(
    face: Face, emulator: Any, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(teams_phone.ConfigError, match=said):
        face.module.CallingCredential(emulator.url, lambda: "t", **settings)
    with pytest.raises(teams_phone.ConfigError, match="scheme"):
        face.module.CallingCredential("contoso", lambda: "t")
    for text in ("an-entra-token", 3):
        with pytest.raises(TypeError, match="credential is"):
            face.module.CallingCredential(emulator.url, text)
