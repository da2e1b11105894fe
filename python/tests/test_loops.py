"""Event loops: of any kind, one after the other, at the same time, and none of them leaves anything behind."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest

import teams_phone
from support import children
from teams_phone import aio

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from support.stub import Stub

TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
ACCOUNT = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111"


async def calls(client: aio.Client, count: int) -> None:
    """Some calls at once."""
    await asyncio.gather(*(client.assignments.revoke(TENANT, ACCOUNT) for _ in range(count)))


class Deaf(asyncio.SelectorEventLoop):
    """A loop that cannot watch a descriptor for others, as the default one of Windows."""

    def add_reader(self, *_: Any) -> None:
        raise NotImplementedError


def run_on(loop: asyncio.AbstractEventLoop, work: Any) -> Any:
    """Runs a coroutine to its end on a loop, which is closed."""
    try:
        return loop.run_until_complete(work)
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def test_a_client_goes_from_loop_to_loop(aclient: aio.Client) -> None:
    for _ in range(3):
        asyncio.run(calls(aclient, 10))


def test_loops_of_several_threads_share_a_client(aclient: aio.Client) -> None:
    together = threading.Barrier(4)

    def work(_: int) -> None:
        for _ in range(10):
            together.wait()
            asyncio.run(calls(aclient, 10))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))


def test_uvloop_is_as_good_as_any(aclient: aio.Client, emulator: Any) -> None:
    uvloop = pytest.importorskip("uvloop")
    for _ in range(2):
        run_on(uvloop.new_event_loop(), calls(aclient, 50))
    assert len(emulator.requests()) == 100


def test_uvloop_cancels(stub: Stub) -> None:
    uvloop = pytest.importorskip("uvloop")

    async def main() -> None:
        async with aio.Client.from_connection_string(stub.connection_string) as client:
            stub.hold()
            task = asyncio.ensure_future(calls(client, 5))
            await asyncio.to_thread(stub.wait, lambda stub: stub.received == 5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(stub.wait, lambda stub: stub.dropped == 5)

    run_on(uvloop.new_event_loop(), main())


def test_a_loop_that_watches_no_descriptors_is_woken(aclient: aio.Client, emulator: Any) -> None:
    for _ in range(3):
        run_on(Deaf(), calls(aclient, 20))
    assert len(emulator.requests()) == 60
    # The next bridge ends the threads that woke loops which are closed.
    asyncio.run(calls(aclient, 1))
    wakers = [thread for thread in threading.enumerate() if thread.name == "teams-phone-wake"]
    for waker in wakers:
        waker.join(10)
        assert not waker.is_alive()


def test_debug_mode_finds_nothing(aclient: aio.Client, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        # A machine that stalls is no callback that does.
        asyncio.get_running_loop().slow_callback_duration = 5
        await calls(aclient, 20)

    asyncio.run(main(), debug=True)
    assert [record for record in caplog.records if record.name == "asyncio" and record.levelno > 20] == []


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="this system does not list descriptors")
def test_loops_leave_no_descriptors_behind(aclient: aio.Client) -> None:
    def run() -> int:
        asyncio.run(calls(aclient, 1))
        return len(os.listdir("/proc/self/fd"))

    run()
    before = run()
    for _ in range(198):
        after = run()
    assert after <= before + 1
    assert len(aio._loop._bridges) <= 2  # type: ignore[attr-defined]


def test_a_call_outside_a_loop_says_so(aclient: aio.Client) -> None:
    coroutine: Any = aclient.assignments.revoke(TENANT, ACCOUNT)
    with pytest.raises(RuntimeError, match="no running event loop"):
        coroutine.send(None)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="runners came with Python 3.11")
def test_a_runner_keeps_its_loop(aclient: aio.Client) -> None:
    with asyncio.Runner() as runner:
        for _ in range(3):
            runner.run(calls(aclient, 3))


class Token(NamedTuple):
    token: str
    expires_on: float


class Source:
    """A credential that takes its time over the first token."""

    def __init__(self) -> None:
        self.asked = 0
        self.entered = threading.Event()
        self.go = threading.Event()

    def get_token(self, *_: str, **__: Any) -> Any:
        self.asked += 1
        if self.asked == 1:
            self.entered.set()
            self.go.wait(30)
        return Token("t", time.time() + 3600)


class AsyncSource(Source):
    async def get_token(self, *_: str, **__: Any) -> Any:
        self.asked += 1
        if self.asked == 1:
            self.entered.set()
            await asyncio.Event().wait()
        return Token("t", time.time() + 3600)


class HiddenSource(Source):
    """One that does not look asynchronous before it is asked."""

    def get_token(self, *scopes: str, **more: Any) -> Any:
        async def answer() -> Any:
            if number == 1:
                await asyncio.Event().wait()
            return token

        number = self.asked + 1
        token = super().get_token(*scopes, **more)
        return answer()


class Waiting:
    """A call from another loop, which waits for the token that the first loop was asked for."""

    def __init__(self, client: aio.Client) -> None:
        self._client = client
        self._outcome: teams_phone.Error | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._call()))
        self._begun = threading.Event()
        self._thread.start()
        assert self._begun.wait(30)
        self._thread.join(0.2)
        assert self._thread.is_alive()

    async def _call(self) -> None:
        call = asyncio.ensure_future(self._client.assignments.revoke(TENANT, ACCOUNT, timeout=10))
        await asyncio.sleep(0)
        self._begun.set()
        try:
            await call
        except teams_phone.Error as error:
            self._outcome = error

    def succeeds(self) -> None:
        self._thread.join(30)
        assert self._outcome is None


@contextmanager
def kept_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that its owner runs now and then."""
    loop = asyncio.new_event_loop()
    try:
        yield loop
    finally:
        if not loop.is_closed():
            loop.run_until_complete(loop.shutdown_default_executor())
            for task in asyncio.all_tasks(loop):
                task.cancel()
            run_on(loop, asyncio.sleep(0.01))


async def until(event: threading.Event) -> None:
    while not event.is_set():
        await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    ("kind", "closed", "asked"),
    [
        (Source, False, 1),
        (Source, True, 1),
        (AsyncSource, False, 2),
        (HiddenSource, False, 2),
        (HiddenSource, True, 2),
    ],
)
def test_a_loop_that_rests_keeps_no_token_from_others(
    stub: Stub, kind: type[Source], closed: bool, asked: int
) -> None:
    source = kind()
    client = aio.Client(stub.endpoint, source)

    async def given_up() -> Waiting:
        call = asyncio.ensure_future(client.assignments.revoke(TENANT, ACCOUNT))
        await until(source.entered)
        waiting = Waiting(client)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return waiting

    with kept_loop() as loop:
        waiting = loop.run_until_complete(given_up())
        # By the time that another call has ended, that one has been given up.
        asyncio.run(calls(aio.Client.from_connection_string(stub.connection_string), 1))
        if closed:
            loop.close()
        source.go.set()
        waiting.succeeds()
    assert source.asked == asked


def test_a_loop_that_rests_before_it_asks_leaves_that_to_others(stub: Stub) -> None:
    source = Source()
    source.go.set()
    client = aio.Client(stub.endpoint, source)
    with kept_loop() as loop:
        call = loop.create_task(client.assignments.revoke(TENANT, ACCOUNT, timeout=1))
        # One round, in which the call begins.
        loop.stop()
        loop.run_forever()
        Waiting(client).succeeds()
        assert source.asked == 1
        with pytest.raises(teams_phone.RequestTimeoutError):
            loop.run_until_complete(call)
        # It finds that nobody waits for its answer any more.
        loop.run_until_complete(loop.shutdown_default_executor())
    assert source.asked == 1


def test_a_question_that_waits_for_a_thread_is_put_elsewhere(stub: Stub) -> None:
    source, busy = Source(), threading.Event()
    source.go.set()
    client = aio.Client(stub.endpoint, source)

    async def give_up() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        blocked = asyncio.get_running_loop().run_in_executor(None, busy.wait, 30)
        call = asyncio.ensure_future(client.assignments.revoke(TENANT, ACCOUNT))
        await asyncio.sleep(0.05)
        waiting = Waiting(client)
        call.cancel()
        await asyncio.sleep(0)
        waiting.succeeds()
        busy.set()
        await blocked

    asyncio.run(give_up())
    assert source.asked == 1


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_loop_left_with_a_question_ends_silently(kind: str, stub: Stub) -> None:
    script = """
    asked, go = threading.Event(), threading.Event()
    class Credential:
        KIND get_token(self, *scopes, **options):
            asked.set()
            WAIT
    client = aio.Client(TEXT.split(";")[0].removeprefix("endpoint="), Credential())
    async def give_up():
        call = asyncio.ensure_future(client.assignments.revoke(TENANT, ACCOUNT))
        while not asked.is_set():
            await asyncio.sleep(0.001)
        call.cancel()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(give_up())
    go.set()
    """
    wait = "go.wait(30)" if kind == "def" else "await asyncio.Event().wait()"
    script = textwrap.dedent(script).replace("KIND", kind).replace("WAIT", wait)
    with children.start(script, stub.connection_string) as child:
        _, err = child.communicate(timeout=60)
    assert child.returncode == 0
    # Python says itself that a coroutine is left undone.
    assert (kind == "async def" and err.startswith("Task was destroyed") and err.count("\n") == 2) or err == ""


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_credential_may_end_the_program(
    stub: Stub, error: type[BaseException], asynchronous: bool
) -> None:
    asked = 0

    def ends() -> str:
        nonlocal asked
        asked += 1
        raise error

    async def ends_later() -> str:
        return ends()

    client = aio.Client(stub.endpoint, ends_later if asynchronous else ends)
    with pytest.raises(error):
        asyncio.run(calls(client, 1))
    assert asked == 1


@pytest.mark.parametrize("logging", [False, True])
def test_loops_of_daemon_threads_are_silent_when_the_interpreter_ends(
    logging: bool, stub: Stub
) -> None:
    script = """
    class Token:
        token = "t"
        @property
        def expires_on(self):
            # Long enough for the end to come meanwhile.
            sum(range(500_000))
            return time.time() + 0.02
    class Credential:
        async def get_token(self, *scopes, **options):
            return Token()
    calls = [0]
    async def call(client):
        while True:
            try:
                await client.assignments.revoke(TENANT, ACCOUNT)
            except teams_phone.CredentialError:
                # The token was too old when it came.
                pass
            calls[0] += 1
    async def main():
        client = aio.Client(TEXT.split(";")[0].removeprefix("endpoint="), Credential())
        await asyncio.gather(*(call(client) for _ in range(4)))
    for _ in range(8):
        threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
    while calls[0] < 20:
        threading.Event().wait(0.001)
    """
    verbose = """
    import logging
    logging.getLogger("teams_phone").setLevel(logging.DEBUG)
    logging.getLogger("teams_phone").addHandler(logging.FileHandler(os.devnull))
    """
    script = textwrap.dedent(verbose if logging else "") + textwrap.dedent(script)
    for _ in range(3):
        children.run(script, stub.connection_string)


# What a child does that a coroutine forks, and what the parent makes of it.
FORKS = f"""{children.WAKES}
import select, warnings
warnings.simplefilter("ignore", DeprecationWarning)
def forked():
    pid = os.fork()
    if pid == 0:
        signal.alarm(30)
        # The inherited loop is run to the end of its tasks.
        sys.exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
def fork_wakes_nobody():
    # Its timers may wake the thread as well, though hardly every time.
    for _ in range(5):
        before = quiet()
        forked()
        after = wakes()
        if after == before:
            break
    assert after == before, (before, after)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_child_that_leaves_the_loop_takes_no_answer_of_the_parent(stub: Stub) -> None:
    script = """
    client = aio.Client.from_connection_string(TEXT)
    async def main():
        for _ in range(3):
            request = asyncio.ensure_future(client.assignments.revoke(TENANT, ACCOUNT))
            await asyncio.sleep(0)
            answered = aio._loop._bridges[asyncio.get_running_loop()].native.fileno()
            assert select.select([answered], [], [], 20)[0]
            # The loop of the child comes to look at it before this one.
            forked()
            await asyncio.wait_for(request, 20)
    asyncio.run(main())
    """
    children.run(FORKS + textwrap.dedent(script), stub.connection_string)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it is /proc that tells when a thread wakes")
def test_a_child_that_leaves_the_loop_drops_no_question_of_the_parent(stub: Stub) -> None:
    script = """
    asked = asyncio.Event()
    class Credential:
        async def get_token(self, *scopes, **options):
            asked.set()
            await asyncio.Event().wait()
    async def main():
        client = aio.Client(TEXT.split(";")[0].removeprefix("endpoint="), Credential())
        request = asyncio.ensure_future(client.assignments.revoke(TENANT, ACCOUNT))
        await asked.wait()
        fork_wakes_nobody()
        request.cancel()
    asyncio.run(main())
    """
    children.run(FORKS + textwrap.dedent(script), stub.connection_string)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it is /proc that tells when a thread wakes")
def test_a_child_that_leaves_the_loop_ends_no_bulk_run_of_the_parent(stub: Stub) -> None:
    script = """
    client = aio.Client.from_connection_string(TEXT)
    async def main():
        results = client.bulk(range(3), lambda client, _: client.assignments.revoke(TENANT, ACCOUNT))
        first = asyncio.ensure_future(results.__anext__())
        await asyncio.sleep(0.2)
        fork_wakes_nobody()
        first.cancel()
    asyncio.run(main())
    """
    stub.hold()
    children.run(FORKS + textwrap.dedent(script), stub.connection_string)
