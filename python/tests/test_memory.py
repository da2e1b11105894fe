"""Memory that does not grow with the number of calls."""

from __future__ import annotations

import asyncio
import gc
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest

import teams_phone
from teams_phone import _native, aio

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
ACCOUNT = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111"

# A module that was built without optimisation takes too long for all of them.
CALLS = 100_000 if _native.OPTIMISED else 10_000
BATCH = 500

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the resident size is read from /proc"
)


def resident() -> int:
    """The resident size of this process in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def grown(batch: Callable[[], None]) -> tuple[int, int]:
    """How much more memory Python and the process hold after many calls than after some."""
    for _ in range(5):
        batch()
    gc.collect()
    size = resident()
    for _ in range(CALLS // BATCH):
        batch()
    gc.collect()
    size = resident() - size
    # What Python has allocated is counted on a part of them, for counting takes its time.
    tracemalloc.start()
    try:
        batch()
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(10):
            batch()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    print(f"{CALLS} calls: resident {size:+} bytes; traced {after - before:+} bytes")
    return size, after - before


def batch_of(kind: str, opened: list[Any], text: str) -> Callable[[], None]:
    """A function that makes `BATCH` calls."""
    if kind == "blocking":
        client = teams_phone.Client.from_connection_string(text)
        opened.append(client.close)

        def batch() -> None:
            for _ in range(BATCH):
                client.assignments.revoke(TENANT, ACCOUNT)

        return batch
    loop = asyncio.new_event_loop()
    other = aio.Client.from_connection_string(text)
    opened += [loop.close, lambda: loop.run_until_complete(other.aclose())]
    if kind == "asyncio":

        async def many() -> None:
            for _ in range(BATCH // 50):
                await asyncio.gather(*(other.assignments.revoke(TENANT, ACCOUNT) for _ in range(50)))

        return lambda: loop.run_until_complete(many())

    async def bulk() -> None:
        results = other.bulk(
            range(BATCH), lambda client, _: client.assignments.revoke(TENANT, ACCOUNT), rate_limits=None
        )
        async for result in results:
            assert result.ok

    return lambda: loop.run_until_complete(bulk())


@pytest.mark.parametrize("kind", ["blocking", "asyncio", "bulk"])
def test_memory_is_flat(kind: str, stub_server: Any) -> None:
    opened: list[Any] = []
    batch = batch_of(kind, opened, stub_server.connection_string)
    size, traced = grown(batch)
    for close in reversed(opened):
        close()
    # A leak of 16 bytes a call would show in the first, of one object in a hundred calls in the second.
    assert size < 2 * 1024 * 1024
    assert traced < 50_000
