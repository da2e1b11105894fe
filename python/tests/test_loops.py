"""Event loops: of any kind, one after the other, at the same time, and none of them leaves anything behind."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from support import children
from teams_phone import aio

if TYPE_CHECKING:
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
    asyncio.run(calls(aclient, 20), debug=True)
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


# What a child does that a coroutine forks, and what the parent makes of it.
FORKS = """
import select, warnings
warnings.simplefilter("ignore", DeprecationWarning)
def forked():
    pid = os.fork()
    if pid == 0:
        signal.alarm(30)
        # The inherited loop is run to the end of its tasks.
        sys.exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
def wakes():
    for task in os.listdir("/proc/self/task"):
        if open(f"/proc/self/task/{task}/comm").read() == "teams-phone-io\\n":
            told = open(f"/proc/self/task/{task}/status").read()
            return int(told.partition("voluntary_ctxt_switches:")[2].split()[0])
def quiet():
    before, now = None, wakes()
    while before != now:
        threading.Event().wait(0.05)
        before, now = now, wakes()
    return now
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
