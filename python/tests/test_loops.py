"""Event loops: of any kind, one after the other, at the same time, and none of them leaves anything behind."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

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
