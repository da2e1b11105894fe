"""Calls that are given up: the request ends, the server sees it, and the client is as good as before."""

from __future__ import annotations

import asyncio
import gc
import random
import sys
from typing import TYPE_CHECKING, Any

import pytest

from teams_phone import aio
from teams_phone.aio import _loop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from support.stub import Stub

MANY = 8


def pending() -> int:
    """Calls of this loop that the native half has not ended."""
    return _loop._bridges[asyncio.get_running_loop()].native.pending()


async def received(stub: Stub, count: int) -> None:
    """Waits for requests without holding up the loop."""
    await asyncio.to_thread(stub.wait, lambda stub: stub.received >= count)


async def dropped(stub: Stub, count: int) -> None:
    """Waits until the server has seen clients go."""
    await asyncio.to_thread(stub.wait, lambda stub: stub.dropped >= count)


def with_client(stub: Stub, body: Callable[[aio.Client], Coroutine[Any, Any, None]]) -> None:
    """Runs a body with held requests, and sees afterwards that nothing is left and the client works."""

    async def main() -> None:
        async with aio.Client.from_connection_string(stub.connection_string) as client:
            stub.hold()
            await body(client)
            assert pending() == 0
            stub.holding = False
            await client.assignments.revoke(TENANT, ACCOUNT)

    asyncio.run(main())


TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
ACCOUNT = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111"


def revoke(client: aio.Client) -> Awaitable[None]:
    return client.assignments.revoke(TENANT, ACCOUNT)


def test_cancelling_a_task_ends_its_request(stub: Stub) -> None:
    async def body(client: aio.Client) -> None:
        tasks = [asyncio.ensure_future(revoke(client)) for _ in range(MANY)]
        await received(stub, MANY)
        assert pending() == MANY
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(end) for end in ended] == [asyncio.CancelledError] * MANY
        await dropped(stub, MANY)

    with_client(stub, body)


def test_cancelling_before_the_first_turn_sends_nothing(stub: Stub) -> None:
    async def body(client: aio.Client) -> None:
        task = asyncio.ensure_future(revoke(client))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # The bridge exists once a call has been made.
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(revoke(client), 0.05)
        assert stub.received <= 1

    with_client(stub, body)


def test_a_timeout_of_asyncio_ends_the_request(stub: Stub) -> None:
    async def body(client: aio.Client) -> None:
        task = asyncio.ensure_future(revoke(client))
        await received(stub, 1)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(task, 0.1)
        await dropped(stub, 1)
        if sys.version_info >= (3, 11):

            async def run_out() -> None:
                await received(stub, 2)
                limit.reschedule(asyncio.get_running_loop().time())

            with pytest.raises(TimeoutError):
                async with asyncio.timeout(None) as limit:
                    running_out = asyncio.ensure_future(run_out())
                    await revoke(client)
            await running_out
            await dropped(stub, 2)

    with_client(stub, body)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="task groups came with Python 3.11")
def test_a_failure_in_a_task_group_ends_the_requests_of_the_others(stub: Stub) -> None:
    async def fail() -> None:
        await received(stub, MANY)
        raise LookupError

    async def body(client: aio.Client) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(MANY):
                    group.create_task(client.assignments.revoke(TENANT, ACCOUNT))
                group.create_task(fail())
        except BaseExceptionGroup as raised:
            assert [type(error) for error in raised.exceptions] == [LookupError]
        await dropped(stub, MANY)

    with_client(stub, body)


def test_closing_the_coroutine_of_a_call_ends_its_request(stub: Stub) -> None:
    async def body(client: aio.Client) -> None:
        coroutine: Any = client.assignments.revoke(TENANT, ACCOUNT)
        coroutine.send(None)
        await received(stub, 1)
        coroutine.close()
        await dropped(stub, 1)

    with_client(stub, body)


def test_leaving_a_bulk_run_ends_what_is_in_flight(stub: Stub) -> None:
    async def body(client: aio.Client) -> None:
        stub.holding = False
        results = client.bulk(
            range(1000), lambda client, _: client.assignments.revoke(TENANT, ACCOUNT), concurrency=MANY
        )
        async for result in results:
            assert result.ok
            stub.hold()
            break
        await results.aclose()
        assert stub.received <= 4 * MANY

    with_client(stub, body)


def test_cancelling_a_bulk_run_ends_what_is_in_flight(stub: Stub) -> None:
    async def source() -> AsyncIterator[int]:
        try:
            for number in range(2 * MANY - 1):
                yield number
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    ended: list[bool] = []

    async def body(client: aio.Client) -> None:
        async def run() -> None:
            results = client.bulk(
                source(), lambda client, _: client.assignments.revoke(TENANT, ACCOUNT), concurrency=MANY
            )
            async for _ in results:
                pass

        task = asyncio.ensure_future(run())
        await received(stub, MANY)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended == [True]
        await dropped(stub, MANY)

    with_client(stub, body)


def test_cancelling_at_any_moment_leaves_nothing(stub: Stub) -> None:
    """Cancels race with answers; whoever wins, the calls end and none is left."""
    choice = random.Random(20261122)

    async def main() -> None:
        async with aio.Client.from_connection_string(stub.connection_string) as client:
            for _ in range(20):
                tasks = [asyncio.ensure_future(revoke(client)) for _ in range(50)]
                while tasks:
                    await asyncio.sleep(0)
                    if choice.random() < 0.5:
                        choice.choice(tasks).cancel()
                    for task in [task for task in tasks if task.done()]:
                        assert task.cancelled() or task.result() is None
                        tasks.remove(task)
            assert pending() == 0
            await asyncio.gather(*(revoke(client) for _ in range(50)))

    asyncio.run(main())
    gc.collect()


def test_other_calls_go_on_when_one_is_cancelled(stub: Stub) -> None:
    async def main() -> None:
        async with aio.Client.from_connection_string(stub.connection_string) as client:
            stub.hold()
            kept, given_up = (asyncio.ensure_future(revoke(client)) for _ in range(2))
            await received(stub, 2)
            given_up.cancel()
            await dropped(stub, 1)
            stub.release()
            assert await kept is None
            assert pending() == 0

    asyncio.run(main())
