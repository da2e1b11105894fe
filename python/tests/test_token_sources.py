"""Tokens from the caller's own objects and functions: who asks them, when, and what is made of their answers."""

from __future__ import annotations

import asyncio
import base64
import functools
import json
import logging
import threading
import time
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import teams_phone
import teams_phone.aio
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.face import Face
    from teams_phone.testing import Emulator

SCOPE = "https://communication.azure.com//.default"


class Token(NamedTuple):
    token: str
    expires_on: Any


class Source:
    """A credential that counts how often it is asked, and remembers where and for what."""

    def __init__(self, emulator: Emulator, life: float = 3600, slow: float = 0) -> None:
        self.emulator = emulator
        self.life = life
        self.slow = slow
        self.asked: list[tuple[tuple[str, ...], dict[str, Any]]] = []
        self.threads: set[int] = set()

    def token(self) -> Token:
        return Token(self.emulator.entra.app_token(SCOPE), time.time() + self.life)

    def get_token(self, *scopes: str, **more: Any) -> Token:
        self.asked.append((scopes, more))
        self.threads.add(threading.get_ident())
        if self.slow:
            threading.Event().wait(self.slow)
        return self.token()


class AsyncSource(Source):
    """The same with coroutines."""

    async def get_token(self, *scopes: str, **more: Any) -> Token:  # type: ignore[override]
        self.asked.append((scopes, more))
        self.threads.add(threading.get_ident())
        await asyncio.sleep(self.slow)
        return self.token()


def sources(face: Face, emulator: Emulator, **more: Any) -> list[Source]:
    """A source of each kind that the face takes."""
    kinds = [Source, AsyncSource] if face.is_async else [Source]
    return [kind(emulator, **more) for kind in kinds]


def look(face: Face, emulator: Emulator, credential: Any, **settings: Any) -> None:
    """Reads an assignment that is not there, which takes a token that is accepted."""
    client = face.open(face.module.Client(emulator.url, credential, **settings))
    with pytest.raises(teams_phone.NotFoundError):
        client.assignments.get(emulator.entra.tenant_id, emulator.entra.client_id)


def refusal(face: Face, emulator: Emulator, credential: Any) -> teams_phone.CredentialError:
    """Why there was no token."""
    client = face.open(face.module.Client(emulator.url, credential))
    with pytest.raises(teams_phone.CredentialError) as caught:
        client.assignments.get(emulator.entra.tenant_id, emulator.entra.client_id)
    assert [request for request in emulator.requests() if "/access/" in request.path] == []
    return caught.value


def test_an_object_is_asked_once_for_the_services_scope(face: Face, emulator: Emulator) -> None:
    for source in sources(face, emulator):
        client = face.open(face.module.Client(emulator.url, source))
        for _ in range(3):
            with pytest.raises(teams_phone.NotFoundError):
                client.assignments.get(emulator.entra.tenant_id, emulator.entra.client_id)
        assert source.asked == [((SCOPE,), {})]


def test_scopes_can_be_chosen(face: Face, emulator: Emulator) -> None:
    for source in sources(face, emulator):
        look(face, emulator, source, scopes=["a", "b"])
        assert source.asked == [(("a", "b"), {})]


def test_functions_answer_texts_or_tokens(face: Face, emulator: Emulator) -> None:
    source = Source(emulator)
    texts: list[Callable[..., Any]] = [
        lambda: source.token().token,
        source.token,
        lambda: Token(source.token().token, time.time() + 3600.5),
        lambda: Token(source.token().token, datetime(2100, 1, 1, tzinfo=timezone.utc)),
        functools.partial(lambda text: text, source.token().token),
    ]
    if face.is_async:

        async def asynchronous() -> str:
            return source.token().token

        texts += [asynchronous, functools.partial(asynchronous), lambda: asynchronous()]
    for function in texts:
        look(face, emulator, function)


@pytest.mark.parametrize("text", ["opaque", "a.b.c", "eyJhbGciOiJub25lIn0.bm9qc29u.x"])
def test_texts_that_do_not_tell_when_they_expire_are_sent_as_well(
    face: Face, emulator: Emulator, text: str
) -> None:
    client = face.open(face.module.Client(emulator.url, lambda: text))
    with pytest.raises(teams_phone.ServiceError) as caught:
        client.assignments.get(emulator.entra.tenant_id, emulator.entra.client_id)
    assert caught.value.status == 401
    assert text not in f"{caught.value!r} {caught.value.__dict__}"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "answered NoneType; a token is text"),
        (b"hunter2", "answered bytes"),
        ("", "an empty text"),
        ("Bearer hunter2", "spaces or line breaks"),
        (Token("hunter2\n", 4_102_444_800), "spaces or line breaks"),
        (Token("hunter2", None), "answered Token"),
        (Token("hunter2", "tomorrow"), "answered Token"),
        (Token("hunter2", float("nan")), "is no moment"),
        (Token("hunter2", -1.5), "is no moment"),
        (Token("hunter2", 0), "already expired"),
        (Token("hunter2", datetime(2100, 1, 1)), "answered Token"),
        ({"token": "hunter2"}, "answered dict"),
    ],
)
def test_answers_that_are_no_token_are_described_and_not_shown(
    face: Face, emulator: Emulator, answer: Any, said: str
) -> None:
    error = refusal(face, emulator, lambda: answer)
    assert said in str(error)
    assert "hunter2" not in f"{error!r} {error.__dict__}"


def test_an_error_of_the_credential_is_the_cause(face: Face, emulator: Emulator) -> None:
    class Sealed(Exception):
        pass

    class Broken(Source):
        def get_token(self, *scopes: str, **more: Any) -> Token:
            raise Sealed("the vault is sealed")

    credentials: list[Any] = [Broken(emulator), Broken(emulator).get_token]
    if face.is_async:

        class AsyncBroken(Source):
            async def get_token(  # type: ignore[override]
                self, *scopes: str, **more: Any
            ) -> Token:
                raise Sealed("the vault is sealed")

        credentials.append(AsyncBroken(emulator))
    for credential in credentials:
        error = refusal(face, emulator, credential)
        assert "it raised Sealed" in str(error)
        assert isinstance(error.__cause__, Sealed)
        assert error.kind == "credential"


def test_a_keyboard_interrupt_of_the_credential_is_not_swallowed(emulator: Emulator) -> None:
    def interrupts() -> str:
        raise KeyboardInterrupt

    with (
        teams_phone.Client(emulator.url, interrupts) as client,
        pytest.raises(KeyboardInterrupt),
    ):
        client.assignments.get(emulator.entra.tenant_id, emulator.entra.client_id)


async def coroutine() -> str:
    return "never"


class Callable_:
    async def __call__(self) -> str:
        return "never"


@pytest.mark.parametrize(
    "make", [AsyncSource, lambda _: coroutine, lambda _: functools.partial(coroutine)]
)
def test_the_blocking_clients_take_no_asynchronous_credential(
    emulator: Emulator, make: Callable[[Emulator], Any]
) -> None:
    for client in (
        lambda credential: teams_phone.Client(emulator.url, credential),
        lambda credential: teams_phone.GraphClient(credential, endpoint=emulator.url),
    ):
        with pytest.raises(TypeError, match=r"use it with teams_phone\.aio"):
            client(make(emulator))
    with pytest.raises(TypeError, match=r"use it with teams_phone\.aio"):
        teams_phone.Client(emulator.url, Callable_())  # type: ignore[arg-type]


def test_one_that_hides_it_is_found_out_when_asked(emulator: Emulator) -> None:
    with (
        teams_phone.Client(emulator.url, lambda: coroutine()) as client,  # type: ignore[arg-type, return-value]
        pytest.raises(teams_phone.CredentialError, match=r"teams_phone\.aio"),
    ):
        client.assignments.get(emulator.entra.tenant_id, emulator.entra.client_id)


@pytest.mark.parametrize(
    ("credential", "said"),
    [(None, "NoneType"), (42, "int"), (object(), "object"), (Source, "the class Source")],
)
def test_what_has_no_token_is_refused(face: Face, credential: Any, said: str) -> None:
    for make in (
        lambda: face.module.Client("https://x.communication.azure.com", credential),
        lambda: face.module.GraphClient(credential),
    ):
        with pytest.raises(TypeError, match=f"credential is {said}"):
            make()


def test_graph_takes_no_text(face: Face, emulator: Emulator) -> None:
    with pytest.raises(TypeError, match="StaticTokenCredential") as caught:
        face.module.GraphClient(emulator.access_key)
    assert emulator.access_key not in str(caught.value)


def test_an_object_with_a_key_signs(face: Face, emulator: Emulator) -> None:
    class Key:
        key = emulator.access_key

    look(face, emulator, Key())
    look(face, emulator, emulator.access_key)
    with pytest.raises(teams_phone.ConfigError) as caught:
        face.module.Client(emulator.url, "hunter2!")
    assert "hunter2" not in str(caught.value)


def test_threads_share_one_token(emulator: Emulator) -> None:
    source = Source(emulator, slow=0.1)
    outcomes: list[type] = []
    with teams_phone.Client(emulator.url, source) as client:

        def work() -> None:
            for _ in range(5):
                try:
                    client.assignments.get(emulator.entra.tenant_id, emulator.entra.client_id)
                except teams_phone.Error as error:
                    outcomes.append(type(error))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == [teams_phone.NotFoundError] * 40
    assert len(source.asked) == 1


def test_a_thread_that_gives_up_leaves_the_question_to_others(emulator: Emulator) -> None:
    entered, go = threading.Event(), threading.Event()

    class Interrupted(Source):
        def get_token(self, *scopes: str, **more: Any) -> Token:
            self.asked.append((scopes, more))
            if len(self.asked) == 1:
                entered.set()
                go.wait(10)
                raise KeyboardInterrupt
            return self.token()

    source = Interrupted(emulator)
    outcomes: dict[str, type] = {}
    with teams_phone.Client(emulator.url, source) as client:

        def work(name: str) -> None:
            try:
                client.assignments.get(emulator.entra.tenant_id, emulator.entra.client_id)
            except BaseException as error:
                outcomes[name] = type(error)

        first = threading.Thread(target=work, args=("first",))
        first.start()
        assert entered.wait(10)
        second = threading.Thread(target=work, args=("second",))
        second.start()
        second.join(0.2)
        assert outcomes == {}
        go.set()
        first.join()
        second.join()
    assert outcomes == {"first": KeyboardInterrupt, "second": teams_phone.NotFoundError}
    assert len(source.asked) == 2


@pytest.mark.parametrize("kind", [Source, AsyncSource])
def test_tasks_share_one_token_and_the_loop_goes_on(
    emulator: Emulator, kind: type[Source]
) -> None:
    source = kind(emulator, slow=0.5)

    async def main() -> int:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.005)
                beats += 1

        heart = asyncio.create_task(beat())
        async with teams_phone.aio.Client(emulator.url, source) as client:
            get = client.assignments.get
            calls = (get(emulator.entra.tenant_id, emulator.entra.client_id) for _ in range(100))
            answers = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(answer) for answer in answers} == {teams_phone.NotFoundError}
        heart.cancel()
        return beats

    assert asyncio.run(main()) > 3
    assert len(source.asked) == 1
    on_the_loop = source.threads == {threading.get_ident()}
    assert on_the_loop == (kind is AsyncSource)


def test_cancelling_the_call_that_asked_leaves_the_others_their_token(emulator: Emulator) -> None:
    source = AsyncSource(emulator, slow=0.1)

    async def main() -> None:
        async with teams_phone.aio.Client(emulator.url, source) as client:
            get = client.assignments.get
            tasks = [
                asyncio.create_task(get(emulator.entra.tenant_id, emulator.entra.client_id))
                for _ in range(3)
            ]
            while not source.asked:
                await asyncio.sleep(0.001)
            tasks[0].cancel()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(answer) for answer in answers] == [
            asyncio.CancelledError,
            teams_phone.NotFoundError,
            teams_phone.NotFoundError,
        ]

    asyncio.run(main())
    assert len(source.asked) == 1


def test_a_loop_that_ends_leaves_the_question_to_another(emulator: Emulator) -> None:
    entered = threading.Event()

    class Slow(AsyncSource):
        async def get_token(self, *scopes: str, **more: Any) -> Token:  # type: ignore[override]
            self.asked.append((scopes, more))
            if len(self.asked) == 1:
                entered.set()
                await asyncio.sleep(60)
            return self.token()

    source = Slow(emulator)
    client = teams_phone.aio.Client(emulator.url, source)
    outcomes: list[type] = []

    async def get() -> None:
        try:
            await client.assignments.get(emulator.entra.tenant_id, emulator.entra.client_id)
        except teams_phone.Error as error:
            outcomes.append(type(error))

    async def briefly() -> None:
        task = asyncio.create_task(get())
        await asyncio.to_thread(entered.wait, 20)
        # By then the other loop waits for the same token.
        await asyncio.sleep(0.3)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    first = threading.Thread(target=asyncio.run, args=(briefly(),))
    first.start()
    assert entered.wait(20)
    asyncio.run(get())
    first.join()
    assert outcomes == [teams_phone.NotFoundError]
    assert len(source.asked) == 2
    asyncio.run(client.aclose())


def test_a_token_about_to_expire_is_renewed(face: Face, emulator: Emulator) -> None:
    asked = sources(face, emulator, life=5)
    clients = [face.open(face.module.Client(emulator.url, source)) for source in asked]
    deadline = time.monotonic() + 30
    while any(len(source.asked) < 2 for source in asked):
        assert time.monotonic() < deadline
        for client in clients:
            with pytest.raises(teams_phone.NotFoundError):
                client.assignments.get(emulator.entra.tenant_id, emulator.entra.client_id)


def test_a_refused_token_is_asked_for_again(face: Face, emulator: Emulator) -> None:
    entra = emulator.entra

    class Stale(Source):
        def token(self) -> Token:
            if len(self.asked) == 1:
                claims = {**entra.app_claims(SCOPE), "exp": 1_000_000_000}
                return Token(entra.sign(claims), int(time.time() + 3600))
            return super().token()

    source = Stale(emulator)
    look(face, emulator, source)
    assert source.asked == [((SCOPE,), {})] * 2


@pytest.mark.parametrize("kind", [Source, AsyncSource])
def test_claims_of_a_challenge_are_passed_on(
    face: Face, emulator: Emulator, kind: type[Source]
) -> None:
    if kind is AsyncSource and not face.is_async:
        return
    claims = json.dumps({"access_token": {"nbf": {"essential": True, "value": "1"}}})
    text = base64.urlsafe_b64encode(claims.encode()).decode()
    challenge = f'Bearer realm="", error="insufficient_claims", claims="{text}"'
    headers = {"www-authenticate": challenge}
    emulator.inject(Fault.respond(401, "Denied", headers=headers, path="/access/**", times=1))
    source = kind(emulator)
    look(face, emulator, source)
    assert source.asked == [((SCOPE,), {}), ((SCOPE,), {"claims": claims})]


def test_a_credential_does_not_see_the_context_of_the_call_that_happens_to_ask(
    emulator: Emulator, tenant: str, account: str
) -> None:
    name = ContextVar("name", default="nobody")
    seen: list[str] = []

    class Looking(AsyncSource):
        async def get_token(self, *scopes: str, **more: Any) -> Token:  # type: ignore[override]
            seen.append(name.get())
            return self.token()

    async def main() -> None:
        for caller in ("first", "second"):
            name.set(caller)
            async with teams_phone.aio.Client(emulator.url, Looking(emulator)) as client:
                with pytest.raises(teams_phone.NotFoundError):
                    await client.assignments.get(tenant, account)

    asyncio.run(main())
    assert seen == ["nobody", "nobody"]


def test_no_token_is_logged(face: Face, emulator: Emulator, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    for source in sources(face, emulator):
        look(face, emulator, source)
    assert "teams_extension_assignment_get" in caplog.text
    assert "eyJhbGciOi" not in caplog.text


def test_bulk_work_asks_once(face: Face, emulator: Emulator, tenant: str, account: str) -> None:
    for source in sources(face, emulator):
        client = face.open(face.module.Client(emulator.url, source))
        results = client.bulk(range(50), lambda c, _: c.assignments.get(tenant, account))
        assert {type(result.error) for result in results} == {teams_phone.NotFoundError}
        assert len(source.asked) == 1


@pytest.mark.parametrize("chained", [False, True])
def test_the_wait_for_a_person_is_no_part_of_the_call(
    face: Face, emulator: Emulator, tenant: str, account: str, chained: bool
) -> None:
    class Person(Source):
        def authenticate(self) -> None:
            """What tells that a person signs in, as in `azure.identity`."""

    class Chain(Source):
        credentials = (Person(emulator),)

    patient = (Chain if chained else Person)(emulator, slow=2.2)
    # What comes after the person has all the time of the call.
    for source, timeout, outcome in [
        (patient, 2.0, teams_phone.NotFoundError),
        (Source(emulator, slow=0.4), 0.2, teams_phone.RequestTimeoutError),
    ]:
        client = face.open(face.module.Client(emulator.url, source))
        with pytest.raises(outcome):
            client.assignments.get(tenant, account, timeout=timeout)
