"""Ctrl-C and other signals while calls are under way."""

from __future__ import annotations

import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from support import children

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.stub import Stub

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="a process cannot be sent Ctrl-C by itself"
)

# The promise is 0.1 s, but a busy machine may take long to schedule two processes; what is not noticed takes 30 s at
# least.
BOUND = 10.0

BLOCKING = """
with teams_phone.Client.from_connection_string(TEXT) as client:
    try:
        {wait}
    except KeyboardInterrupt:
        say(time.monotonic())
    # What was given up has been noticed by the server; the client goes on.
    say("left")
    client.assignments.revoke(TENANT, ACCOUNT)
    say("works")
"""

CALL = "client.assignments.revoke(TENANT, ACCOUNT)"
BULK = "list(client.bulk(range(100), lambda client, _: client.assignments.revoke(TENANT, ACCOUNT)))"
BUSY = """
        def work():
            while True:
                sum(range(1000))
        for _ in range(2):
            threading.Thread(target=work, daemon=True).start()
        client.assignments.revoke(TENANT, ACCOUNT)
"""


def interrupted(script: str, stub: Stub, meanwhile: Callable[[], None] = lambda: None) -> float:
    """Interrupts a script that waits, and returns how long it took to notice; then its requests are answered."""
    stub.hold()
    with children.start(script, stub.connection_string) as child:
        stub.wait(lambda stub: stub.received >= 1)
        sent = time.monotonic()
        child.send_signal(signal.SIGINT)
        said = children.lines(child)
        noticed = float(next(said))
        assert next(said) == "left"
        # The request has ended by then, although the client is not used.
        stub.wait(lambda stub: stub.dropped >= 1)
        stub.release()
        _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, "")
    return noticed - sent


@pytest.mark.parametrize("wait", [CALL, BULK, BUSY], ids=["call", "bulk", "busy threads"])
def test_ctrl_c_ends_a_blocking_call_at_once(wait: str, stub: Stub) -> None:
    took = interrupted(BLOCKING.format(wait=wait), stub)
    print(f"noticed after {took:.3f} s")
    assert took < BOUND


def test_ctrl_c_ends_a_wait_between_attempts(stub: Stub) -> None:
    script = """
    from teams_phone.testing import Emulator, Fault
    with Emulator() as emulator, teams_phone.Client.from_connection_string(emulator.connection_string) as client:
        emulator.inject(Fault.throttle(30))
        def watch():
            while not emulator.requests():
                threading.Event().wait(0.001)
            say("sent")
        threading.Thread(target=watch).start()
        try:
            client.assignments.revoke(TENANT, ACCOUNT)
        except KeyboardInterrupt:
            say(time.monotonic())
    """
    with children.start(script, stub.connection_string) as child:
        said = children.lines(child)
        assert next(said) == "sent"
        sent = time.monotonic()
        child.send_signal(signal.SIGINT)
        assert float(next(said)) - sent < BOUND
        _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, "")


def test_ctrl_c_ends_an_asyncio_program(stub: Stub) -> None:
    script = """
    async def main():
        async with aio.Client.from_connection_string(TEXT) as client:
            await client.assignments.revoke(TENANT, ACCOUNT)
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        say(time.monotonic())
        say("left")
    """
    assert interrupted(script, stub) < BOUND


def test_a_handler_may_make_calls_itself(stub: Stub) -> None:
    script = """
    client = teams_phone.Client.from_connection_string(TEXT)
    def handler(*_):
        client.assignments.revoke(TENANT, ACCOUNT)
        say("handled")
    signal.signal(signal.SIGUSR1, handler)
    client.assignments.revoke(TENANT, ACCOUNT)
    say("answered")
    """
    stub.hold()
    with children.start(script, stub.connection_string) as child:
        stub.wait(lambda stub: stub.received >= 1)
        stub.holding = False
        child.send_signal(signal.SIGUSR1)
        said = children.lines(child)
        assert next(said) == "handled"
        stub.release()
        assert next(said) == "answered"
        _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, "")


def test_a_handler_that_raises_something_else_ends_the_call_with_it(stub: Stub) -> None:
    script = """
    class Alarm(Exception):
        pass
    def handler(*_):
        raise Alarm
    signal.signal(signal.SIGALRM, handler)
    try:
        teams_phone.Client.from_connection_string(TEXT).assignments.revoke(TENANT, ACCOUNT)
    except Alarm:
        say("alarmed")
    """
    stub.hold()
    with children.start(script, stub.connection_string) as child:
        stub.wait(lambda stub: stub.received >= 1)
        child.send_signal(signal.SIGALRM)
        out, err = child.communicate(timeout=30)
    assert (child.returncode, out, err) == (0, "alarmed\n", "")


def test_ctrl_c_in_a_credential_is_no_failure_of_the_credential(stub: Stub) -> None:
    script = """
    def credential():
        raise KeyboardInterrupt
    client = teams_phone.Client(TEXT.split(";")[0].removeprefix("endpoint="), credential)
    try:
        client.assignments.revoke(TENANT, ACCOUNT)
    except KeyboardInterrupt:
        say("interrupted")
    """
    assert children.run(script, stub.connection_string) == "interrupted\n"
    assert stub.received == 0
