"""How long calls may take, as their options say."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import teams_phone
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from typing import Any

    from support.face import Face
    from support.stub import Stub

# Far more than a call needs, far less than the default deadline.
BOUND = 10.0


@pytest.mark.parametrize("timeout", [0.5, timedelta(milliseconds=500)])
def test_a_call_ends_when_its_time_is_up(
    face: Face, stub: Stub, tenant: str, account: str, timeout: Any
) -> None:
    client = face.open(face.module.Client.from_connection_string(stub.connection_string))
    # Once there is a connection, the time suffices to send something.
    client.assignments.revoke(tenant, account)
    stub.hold()
    begun = time.monotonic()
    with pytest.raises(teams_phone.RequestTimeoutError) as caught:
        client.assignments.revoke(tenant, account, timeout=timeout)
    assert 0.5 <= time.monotonic() - begun < BOUND
    error = caught.value
    assert error.kind == "timeout"
    assert isinstance(error, TimeoutError)
    assert error.is_retryable
    stub.wait(lambda stub: stub.dropped >= stub.received - 1)
    stub.holding = False
    assert client.assignments.revoke(tenant, account) is None


def test_an_attempt_that_takes_too_long_is_followed_by_another(
    face: Face, tenant: str, account: str, emulator: Any
) -> None:
    emulator.inject(Fault.latency(BOUND, times=1))
    retry = teams_phone.RetryPolicy(attempt_timeout=0.5, base_delay=0.001)
    assert face.client.assignments.revoke(tenant, account, retry=retry) is None
    begun = time.monotonic()
    emulator.inject(Fault.latency(BOUND))
    with pytest.raises(teams_phone.RequestTimeoutError) as caught:
        retry = teams_phone.RetryPolicy(max_attempts=2, attempt_timeout=0.1, base_delay=0.001)
        face.client.assignments.revoke(tenant, account, retry=retry)
    assert caught.value.attempts == 2
    assert time.monotonic() - begun < BOUND


def test_a_wait_that_does_not_fit_into_the_time_is_not_begun(
    face: Face, tenant: str, account: str, emulator: Any
) -> None:
    emulator.inject(Fault.throttle(60))
    begun = time.monotonic()
    with pytest.raises(teams_phone.ThrottledError) as caught:
        face.client.assignments.revoke(tenant, account, timeout=2 * BOUND)
    assert caught.value.retry_after == timedelta(seconds=60)
    assert time.monotonic() - begun < BOUND


def test_no_server_is_a_connection_error(face: Face, tenant: str, account: str, stub: Stub) -> None:
    stub.close()
    client = face.open(face.module.Client.from_connection_string(stub.connection_string))
    with pytest.raises(teams_phone.ConnectError) as caught:
        client.assignments.revoke(tenant, account, retry=teams_phone.RetryPolicy(max_attempts=1))
    assert isinstance(caught.value, ConnectionError)
    assert (caught.value.kind, caught.value.attempts) == ("connect", 1)


def test_the_loop_is_free_while_calls_wait(aclient: Any, tenant: str, account: str, emulator: Any) -> None:
    emulator.inject(Fault.latency(1.0))

    async def main() -> int:
        call = asyncio.ensure_future(aclient.assignments.revoke(tenant, account))
        turns = 0
        while not call.done():
            turns += 1
            await asyncio.sleep(0)
        return turns

    assert asyncio.run(main()) > 20
