"""Clients in forked children, and in the processes of multiprocessing."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from support import children

if TYPE_CHECKING:
    from typing import Any

    from support.stub import Stub

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

# Python warns of forks in a process with threads; that they work here is the point.
QUIET = """
import warnings
warnings.simplefilter("ignore", DeprecationWarning)
def in_child(work):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.alarm(30)
            work()
            code = 0
        finally:
            os._exit(code)
    return pid
def ended(*pids):
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    assert codes == [0] * len(pids), codes
"""


def test_a_child_has_connections_of_its_own(stub: Stub) -> None:
    script = """
    client = teams_phone.Client.from_connection_string(TEXT)
    def call():
        client.assignments.revoke(TENANT, ACCOUNT)
    call()
    ended(in_child(call), in_child(lambda: ended(in_child(call))))
    call()
    """
    children.run(QUIET + script_of(script), stub.connection_string)
    # The parent's, and one for each descendant.
    assert (stub.received, stub.connections) == (4, 3)


def test_an_asyncio_client_works_in_both(stub: Stub) -> None:
    script = """
    client = aio.Client.from_connection_string(TEXT)
    async def call():
        await asyncio.gather(*(client.assignments.revoke(TENANT, ACCOUNT) for _ in range(5)))
    asyncio.run(call())
    ended(*(in_child(lambda: asyncio.run(call())) for _ in range(5)))
    asyncio.run(call())
    """
    children.run(QUIET + script_of(script), stub.connection_string)
    assert stub.received == 35


@pytest.mark.parametrize("start", range(5))
def test_forks_under_busy_threads_do_not_hang(start: int, stub: Stub) -> None:
    # Several starts, for whatever is made when it is first wanted is what the other threads are about to make.
    script = """
    import logging
    logging.getLogger("teams_phone").setLevel(logging.DEBUG)
    logging.getLogger("teams_phone").addHandler(logging.NullHandler())
    client = teams_phone.Client.from_connection_string(TEXT)
    other = aio.Client.from_connection_string(TEXT)
    async def call():
        await other.assignments.revoke(TENANT, ACCOUNT)
    stop = threading.Event()
    def work():
        while not stop.is_set():
            client.assignments.revoke(TENANT, ACCOUNT)
    def work_on_a_loop():
        async def go():
            while not stop.is_set():
                await call()
        asyncio.run(go())
    threads = [threading.Thread(target=work) for _ in range(3)] + [threading.Thread(target=work_on_a_loop)]
    for thread in threads:
        thread.start()
    def child():
        client.assignments.revoke(TENANT, ACCOUNT)
        asyncio.run(call())
    for _ in range(8):
        ended(in_child(child))
    stop.set()
    for thread in threads:
        thread.join()
    """
    children.run(QUIET + script_of(script), stub.connection_string)


@pytest.mark.parametrize("start", range(5))
def test_a_fork_waits_for_what_is_made_when_first_wanted(start: int, stub: Stub) -> None:
    script = """
    from datetime import timedelta
    client = teams_phone.Client.from_connection_string(TEXT)
    def call():
        retry = teams_phone.RetryPolicy(max_attempts=1, base_delay=timedelta(seconds=1))
        client.assignments.revoke(TENANT, ACCOUNT, timeout=timedelta(seconds=30), retry=retry)
    # What the first fork imports takes its time; the others come while the threads begin.
    ended(in_child(lambda: None))
    stop, go = threading.Event(), threading.Barrier(5)
    def begin():
        go.wait()
        call()
    def spin():
        while not stop.is_set():
            pass
    threads = [threading.Thread(target=work) for work in (begin, begin, begin, begin, spin, spin)]
    for thread in threads:
        thread.start()
    go.wait()
    ended(*[in_child(call) for _ in range(20)])
    stop.set()
    for thread in threads:
        thread.join()
    """
    children.run(QUIET + script_of(script), stub.connection_string)


@pytest.mark.parametrize("first", ["logging, teams_phone", "teams_phone, logging"])
def test_a_fork_does_not_wait_for_imports_that_wait_for_it(first: str) -> None:
    # Whichever is imported last is told of a fork first, and then `logging` holds a lock that `asyncio` wants.
    script = f"""
    import sys, os, time, threading, warnings
    warnings.simplefilter("ignore", DeprecationWarning)
    import {first}
    client = teams_phone.Client.from_connection_string("endpoint=http://127.0.0.1:1/;accesskey=a2V5")
    def work():
        from teams_phone import aio
    thread = threading.Thread(target=work)
    thread.start()
    while "teams_phone.aio.client" not in sys.modules:
        os.sched_yield()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    thread.join()
    """
    done = subprocess.run(
        [sys.executable, "-c", script_of(script)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("way", ["return", "exit"])
def test_a_child_does_not_go_on_with_the_call_that_forked(way: str, stub: Stub) -> None:
    script = f"""
    from types import SimpleNamespace
    parent, forked = os.getpid(), []
    class Credential:
        def get_token(self, *scopes, **options):
            if not forked:
                forked.append(os.fork())
                if forked == [0]:
                    signal.alarm(30)
                    if "{way}" == "exit":
                        sys.exit(0)
            return SimpleNamespace(token="t", expires_on=time.time() + 3600)
    client = teams_phone.Client(TEXT.split(";")[0].removeprefix("endpoint="), Credential())
    try:
        client.assignments.revoke(TENANT, ACCOUNT)
    except RuntimeError as error:
        assert os.getpid() != parent and "forked" in str(error), error
        # A new call is the child's own.
        client.assignments.revoke(TENANT, ACCOUNT)
        sys.exit(0)
    assert os.getpid() == parent
    ended(*forked)
    client.assignments.revoke(TENANT, ACCOUNT)
    """
    children.run(QUIET + script_of(script), stub.connection_string)
    assert (stub.received, stub.connections) == ((3, 2) if way == "return" else (2, 1))


def test_a_child_leaves_requests_of_the_parent_alone(stub: Stub) -> None:
    script = """
    client = teams_phone.Client.from_connection_string(TEXT)
    other = aio.Client.from_connection_string(TEXT)
    outcome = []
    def call():
        outcome.append(client.assignments.revoke(TENANT, ACCOUNT))
    thread = threading.Thread(target=call)
    thread.start()
    async def main():
        request = asyncio.ensure_future(other.assignments.revoke(TENANT, ACCOUNT))
        say("started")
        while not os.path.exists(os.environ["GO"]):
            await asyncio.sleep(0.01)
        def child():
            # Everything that the child inherited is dropped.
            global client, other
            client.close()
            client = other = None
            import gc
            gc.collect()
        ended(in_child(child))
        say("forked")
        await request
    asyncio.run(main())
    thread.join()
    assert outcome == [None]
    """
    import os
    import tempfile

    stub.hold()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GO"] = f"{folder}/go"
        try:
            with children.start(QUIET + script_of(script), stub.connection_string) as child:
                said = children.lines(child)
                assert next(said) == "started"
                stub.wait(lambda stub: stub.received == 2)
                open(os.environ["GO"], "w").close()
                assert next(said) == "forked"
                stub.release()
                _, err = child.communicate(timeout=30)
        finally:
            del os.environ["GO"]
    assert (child.returncode, err) == (0, "")
    assert (stub.received, stub.dropped) == (2, 0)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it is /proc that tells when a thread wakes")
def test_a_child_forgets_the_loops_of_its_parent(stub: Stub) -> None:
    script = """
    client = aio.Client.from_connection_string(TEXT)
    elsewhere = aio.Client("http://127.0.0.1:9", "a2V5", retry=teams_phone.RetryPolicy(max_attempts=1))
    left = client.assignments.revoke(TENANT, ACCOUNT)
    async def begin():
        left.send(None)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(begin())
    loop.close()
    bridge = aio._loop._bridges[loop].native

    async def call():
        try:
            await elsewhere.assignments.revoke(TENANT, ACCOUNT)
        except teams_phone.ConnectError:
            return
    def child():
        # Whatever looks after bridges of closed loops does so now.
        asyncio.run(call())
        bridge.cancel(0)
        bridge.close()
        left.close()
    # Its timers may wake the thread as well, though hardly every time.
    for _ in range(5):
        before = quiet()
        ended(in_child(child))
        after = wakes()
        if after == before:
            break
    assert after == before, (before, after)
    assert bridge.pending() == 1
    """
    stub.hold()
    children.run(QUIET + children.WAKES + script_of(script), stub.connection_string)


def test_a_bulk_run_does_not_go_on_in_a_child(stub: Stub) -> None:
    script = """
    client = teams_phone.Client.from_connection_string(TEXT)
    results = client.bulk(range(100), lambda client, _: client.assignments.revoke(TENANT, ACCOUNT))
    assert next(results).ok
    def child():
        try:
            list(results)
        except RuntimeError as error:
            assert "forked" in str(error), error
        else:
            raise AssertionError("it went on")
        list(client.bulk(range(3), lambda client, _: client.assignments.revoke(TENANT, ACCOUNT)))
    ended(in_child(child))
    assert all(result.ok for result in results)
    """
    children.run(QUIET + script_of(script), stub.connection_string)


def test_credentials_are_asked_in_the_child_anew(stub: Stub) -> None:
    script = """
    asked = []
    class Credential:
        def get_token(self, *scopes, **options):
            asked.append(os.getpid())
            from types import SimpleNamespace
            return SimpleNamespace(token="t", expires_on=time.time() + 3600)
    client = teams_phone.Client(TEXT.split(";")[0].removeprefix("endpoint="), Credential())
    def call():
        client.assignments.revoke(TENANT, ACCOUNT)
    def child():
        call(), call()
        assert asked == [os.getppid(), os.getpid()], asked
    call(), call()
    ended(in_child(child), in_child(child))
    assert asked == [os.getpid()]
    """
    children.run(QUIET + script_of(script), stub.connection_string)


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_processes_of_multiprocessing_make_calls(method: str, stub: Stub, tmp_path: Any) -> None:
    script = """
    import asyncio, multiprocessing, os, sys, warnings
    warnings.simplefilter("ignore", DeprecationWarning)
    import teams_phone
    from teams_phone import aio

    TEXT = os.environ["CONNECTION_STRING"]
    TENANT, ACCOUNT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd", "e5b7f628-ea94-4fdc-b3d9-1af1fe231111"
    client = teams_phone.Client.from_connection_string(TEXT)
    other = aio.Client.from_connection_string(TEXT)

    async def both():
        await other.assignments.revoke(TENANT, ACCOUNT)

    def work(number):
        client.assignments.revoke(TENANT, ACCOUNT)
        asyncio.run(both())
        return number

    if __name__ == "__main__":
        work(0)
        with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
            assert pool.map(work, range(4)) == [0, 1, 2, 3]
            pool.close()
            pool.join()
        work(0)
    """
    import os

    file = tmp_path / "program.py"
    file.write_text(script_of(script))
    environment = {**os.environ, "CONNECTION_STRING": stub.connection_string}
    done = subprocess.run(
        [sys.executable, str(file), method], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert stub.received == 12


def script_of(text: str) -> str:
    """The text without the indentation of this file."""
    import textwrap

    return textwrap.dedent(text)
