"""Bulk runs: where items come from, how outcomes go out, and what is held meanwhile."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

import teams_phone
from teams_phone import RateLimits, RetryPolicy, _native, aio
from teams_phone.models import BulkResult, Progress
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from typing import Any

    from support.face import Face
    from support.stub import Stub

TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
KIND = "teamsResourceAccount"
ONCE = RetryPolicy(max_attempts=1)


def account(number: int) -> str:
    return f"e5b7f628-ea94-4fdc-b3d9-{number:012}"


def revoke(client: Any, number: int) -> Any:
    return client.assignments.revoke(TENANT, account(number), retry=ONCE)


def ensure(client: Any, number: int) -> Any:
    return client.assignments.ensure(TENANT, account(number), KIND, retry=ONCE)


class Slow:
    """An iterable that is no sequence, and takes its time now and then."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[int]:
        for number in range(self.count):
            if number % 5 == 4:
                threading.Event().wait(0.06)  # Longer than a run waits for items while calls are in flight.
            yield number


@pytest.mark.parametrize("kind", [list, tuple, set, iter, range, dict.fromkeys, Slow])
def test_items_come_from_any_iterable(face: Face, kind: Callable[[Any], Iterable[int]]) -> None:
    items = kind(20) if kind in (range, Slow) else kind(range(20))
    results = list(face.client.bulk(items, ensure, concurrency=3))
    assert sorted(result.item for result in results) == list(range(20))
    for result in results:
        assert (result.ok, result.error) == (True, None)
        assert result.result().assignment.object_id == account(result.item)


def test_nothing_in_nothing_out(face: Face, emulator: Any) -> None:
    assert list(face.client.bulk([], ensure)) == []
    assert emulator.requests() == []


def test_errors_are_values_and_do_not_stop_the_others(face: Face, emulator: Any) -> None:
    emulator.inject(Fault.respond(400, "Bad", path=f"/access/**/{account(2)}/**"))
    emulator.inject(Fault.respond(400, "Bad", path=f"/access/**/{account(2)}"))
    results = {result.item: result for result in face.client.bulk(range(5), revoke)}
    assert [results[number].ok for number in range(5)] == [True, True, False, True, True]
    failed = results[2]
    assert (failed.value, failed.error.code, failed.error.status) == (None, "Bad", 400)
    with pytest.raises(teams_phone.ServiceError) as caught:
        failed.result()
    assert caught.value is failed.error


def test_an_item_that_makes_no_valid_call_is_an_error_of_its_own(face: Face, emulator: Any) -> None:
    def call(client: Any, object: str) -> Any:
        return client.assignments.revoke(TENANT, object)

    results = list(face.client.bulk(["nobody", account(1), "else"], call))
    assert sorted((result.item, result.ok) for result in results) == [
        (account(1), True),
        ("else", False),
        ("nobody", False),
    ]
    assert {type(result.error) for result in results if not result.ok} == {teams_phone.ConfigError}
    assert len(emulator.requests()) == 1


def test_only_invalid_items(face: Face) -> None:
    def call(client: Any, number: int) -> Any:
        return client.assignments.revoke(TENANT, str(number))

    results = list(face.client.bulk(range(100), call, concurrency=2))
    assert [result.ok for result in results] == [False] * 100


@pytest.mark.parametrize(
    "wrong",
    [lambda client, item: None, lambda client, item: client, lambda client, item: item],
    ids=["nothing", "a client", "the item"],
)
def test_a_function_that_makes_no_call_is_refused(face: Face, wrong: Any) -> None:
    with pytest.raises(TypeError, match="return one call of the client it is given"):
        list(face.client.bulk([1], wrong))


def returned(face: Face, first: Callable[[Any], Any], then: Callable[[Any, Any], Any]) -> Any:
    """A function for bulk runs that takes two steps, as either face would have it written."""
    if not face.is_async:
        return lambda client, item: then(client, first(client))

    async def call(client: Any, item: Any) -> Any:
        made = then(client, await first(client))
        return await made if hasattr(made, "__await__") else made

    return call


def test_a_function_that_uses_an_answer_is_told_that_there_is_none(face: Face, emulator: Any) -> None:
    def then(client: Any, created: Any) -> Any:
        return client.identities.delete(created.identity.id)

    call = returned(face, lambda client: client.identities.create(), then)
    with pytest.raises(AttributeError, match=r'"identity": the function given to bulk cannot use the answer'):
        list(face.client.bulk([1], call))
    assert emulator.requests() == []


def test_a_function_that_prepares_two_calls_is_refused(face: Face, emulator: Any) -> None:
    call = returned(face, lambda client: revoke(client, 1), lambda client, _: revoke(client, 2))
    with pytest.raises(TypeError, match="prepared 2 calls, of which only the one"):
        list(face.client.bulk([1], call))
    assert emulator.requests() == []


def test_a_function_that_makes_calls_of_the_client_of_the_run_is_refused(face: Face, emulator: Any) -> None:
    client = face.client.raw if face.is_async else face.client
    for call in (
        lambda _, number: ensure(client, number),
        lambda _, number: client.entra_assignments.update({account(number): None}),
        returned(face, lambda _: ensure(client, 1), lambda given, _: revoke(given, 1)),
    ):
        with pytest.raises(TypeError, match="a call of the client that the run was started with"):
            list(face.client.bulk([1], call))
    assert emulator.requests() == []
    assert face.run(lambda client: ensure(client, 1)).outcome == "created"


def test_a_function_may_ask_another_client_first(client: Any, emulator: Any) -> None:
    with teams_phone.Client.from_connection_string(emulator.connection_string) as other:

        def call(given: Any, number: int) -> Any:
            return ensure(given, number if ensure(other, number).outcome == "created" else 0)

        assert [result.ok for result in client.bulk([3], call)] == [True]


def test_a_function_that_raises_ends_the_run(face: Face) -> None:
    def call(client: Any, number: int) -> Any:
        if number == 3:
            raise LookupError("no such row")
        return revoke(client, number)

    with pytest.raises(LookupError, match="no such row"):
        list(face.client.bulk(range(10), call))
    assert list(face.client.bulk(range(3), call))


def test_a_run_needs_a_place(face: Face) -> None:
    with pytest.raises(ValueError, match="concurrency is 0; give a whole number"):
        list(face.client.bulk([1], revoke, concurrency=0))


def test_a_source_that_fails_is_raised_after_what_it_gave(face: Face) -> None:
    def source() -> Iterator[int]:
        yield from range(7)
        raise LookupError("the file ends here")

    seen = []
    with pytest.raises(LookupError, match="the file ends here"):
        for result in face.client.bulk(source(), revoke, concurrency=2):
            seen.append(result.item)
    assert sorted(seen) == list(range(7))


def test_no_more_is_taken_ahead_than_twice_the_concurrency(face: Face) -> None:
    taken = handed_out = most = 0

    def source() -> Iterator[int]:
        nonlocal taken, most
        for number in range(300):
            taken += 1
            most = max(most, taken - handed_out)
            yield number

    for _ in face.client.bulk(source(), revoke, concurrency=4):
        handed_out += 1
        most = max(most, taken - handed_out)
    assert (taken, handed_out) == (300, 300)
    assert most <= 8 + 1  # The one that is being handed out is not counted yet.


def test_as_many_calls_are_in_flight_as_allowed(face: Face, stub: Stub) -> None:
    client = face.open(face.module.Client.from_connection_string(stub.connection_string))
    stub.hold()
    released = []

    def release() -> None:
        stub.wait(lambda stub: stub.received == 5)
        released.append(stub.received)
        stub.release()

    threading.Thread(target=release).start()
    assert len(list(client.bulk(range(20), revoke, concurrency=5))) == 20
    assert released == [5]
    assert stub.connections == 5


def test_leaving_early_ends_what_is_in_flight(face: Face, stub: Stub) -> None:
    client = face.open(face.module.Client.from_connection_string(stub.connection_string))
    stub.hold_after = 5
    results = client.bulk(range(1000), revoke, concurrency=4)
    for _ in range(5):
        assert next(results).ok
    if face.is_async:
        # Requests go out while results are looked at; a blocking run sends when it is asked for more.
        stub.wait(lambda stub: stub.received > 5)
    results.close()
    stub.wait(lambda stub: stub.held == 0)
    assert stub.received <= 5 + 4
    stub.release()
    assert client.assignments.revoke(TENANT, account(1)) is None


def test_progress_is_told_after_every_call(face: Face) -> None:
    told: list[Progress] = []

    def call(client: Any, number: int) -> Any:
        return client.assignments.get(TENANT, account(number), retry=ONCE)

    list(face.client.bulk(range(5), call, on_progress=told.append))
    assert told == [Progress(done=number, failed=number) for number in range(1, 6)]


def test_a_progress_function_that_raises_ends_the_run(face: Face) -> None:
    def tell(_: Progress) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        list(face.client.bulk(range(5), revoke, on_progress=tell))


def test_rate_limits_hold(face: Face, emulator: Any) -> None:
    limits = RateLimits(window=0.3, otherwise=5)
    begun = time.monotonic()
    assert len(list(face.client.bulk(range(15), revoke, rate_limits=limits))) == 15
    assert time.monotonic() - begun >= 0.6
    begun = time.monotonic()
    assert len(list(face.client.bulk(range(15), revoke, rate_limits=None))) == 15
    assert time.monotonic() - begun < 10


def test_rate_limits_are_per_operation(face: Face) -> None:
    limits = RateLimits(window=60, otherwise=1, operations={"teams_extension_assignment_delete": 100})
    results = face.client.bulk(range(30), revoke, rate_limits=limits)
    assert len(list(results)) == 30
    with pytest.raises(teams_phone.ConfigError, match="window"):
        list(face.client.bulk([1], revoke, rate_limits=RateLimits(window=-1)))


def test_a_consumer_may_take_its_time(face: Face, stub: Stub) -> None:
    client = face.open(face.module.Client.from_connection_string(stub.connection_string))
    stub.hold_after = 1
    retry = RetryPolicy(max_attempts=1, attempt_timeout=3.0)

    def call(client: Any, number: int) -> Any:
        return client.assignments.revoke(TENANT, account(number), retry=retry)

    seen = 0
    for result in client.bulk(range(6), call, concurrency=2):
        result.result()
        seen += 1
        if seen == 1:
            stub.release()  # What is in flight has its answer, and nobody takes it.
            threading.Event().wait(3.2)  # Longer than an attempt may take.
    assert seen == 6


def test_twenty_thousand_items(face: Face, stub_server: Any) -> None:
    count = 20_000 if _native.OPTIMISED else 5_000
    client = face.open(face.module.Client.from_connection_string(stub_server.connection_string))
    seen = set()
    for result in client.bulk(range(count), revoke, concurrency=64, rate_limits=None):
        assert result.ok
        seen.add(result.item)
    assert len(seen) == count


def test_runs_of_one_client_do_not_mix(face: Face) -> None:
    first, second = (face.client.bulk(range(10 * turn, 10 * turn + 10), revoke) for turn in (0, 1))
    seen = [(next(first).item, next(second).item) for _ in range(10)]
    assert sorted(one for one, _ in seen) == list(range(10))
    assert sorted(other for _, other in seen) == list(range(10, 20))


def test_results_can_be_compared_and_shown() -> None:
    result = BulkResult(item=1, value=None, error=None)
    assert result == BulkResult(1, None, None)
    assert repr(result) == "BulkResult(item=1, value=None, error=None)"
    assert result.to_dict() == {"item": 1, "value": None, "error": None}


async def numbers(count: int, ended: list[str]) -> AsyncIterator[int]:
    """A source that waits now and then."""
    try:
        for number in range(count):
            if number % 5 == 4:
                await asyncio.sleep(0.06)
            yield number
    finally:
        ended.append("ended")


def test_items_come_from_an_async_iterable(aclient: aio.Client) -> None:
    ended: list[str] = []

    async def main() -> list[int]:
        return [result.item async for result in aclient.bulk(numbers(20, ended), revoke, concurrency=3)]

    assert sorted(asyncio.run(main())) == list(range(20))
    assert ended == ["ended"]


def test_an_async_source_that_fails_is_raised_after_what_it_gave(aclient: aio.Client) -> None:
    async def source() -> AsyncIterator[int]:
        for number in range(7):
            yield number
        raise LookupError("the stream ends here")

    async def main() -> list[int]:
        seen = []
        with pytest.raises(LookupError, match="the stream ends here"):
            async for result in aclient.bulk(source(), revoke, concurrency=2):
                seen.append(result.item)
        return seen

    assert sorted(asyncio.run(main())) == list(range(7))


def test_results_come_while_an_async_source_waits(aclient: aio.Client) -> None:
    async def main() -> None:
        seen = asyncio.Event()

        async def source() -> AsyncIterator[int]:
            yield 1
            # Would wait for ever if results were handed out at the end only.
            await seen.wait()
            yield 2

        async for result in aclient.bulk(source(), revoke):
            assert result.ok
            seen.set()

    asyncio.run(asyncio.wait_for(main(), 20))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="timeouts and task groups came with Python 3.11")
def test_an_async_source_may_hold_a_task_group_open(aclient: aio.Client) -> None:
    async def source() -> AsyncIterator[int]:
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            for number in range(10):
                yield await group.create_task(asyncio.sleep(0, number))

    async def main() -> list[int]:
        return [result.item async for result in aclient.bulk(source(), revoke, concurrency=2)]

    assert sorted(asyncio.run(main())) == list(range(10))


def test_no_more_is_taken_ahead_from_an_async_source(aclient: aio.Client) -> None:
    taken = handed_out = most = 0

    async def source() -> AsyncIterator[int]:
        nonlocal taken, most
        for number in range(100):
            taken += 1
            most = max(most, taken - handed_out)
            yield number

    async def main() -> None:
        nonlocal handed_out
        async for _ in aclient.bulk(source(), revoke, concurrency=4):
            handed_out += 1
            await asyncio.sleep(0)

    asyncio.run(main())
    assert (taken, handed_out) == (100, 100)
    assert most <= 8 + 1


def test_leaving_early_ends_an_async_source(aclient: aio.Client) -> None:
    ended: list[str] = []

    async def source() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            ended.append("ended")

    async def main() -> None:
        results = aclient.bulk(source(), revoke)
        async for _ in results:
            break
        await results.aclose()
        assert ended == ["ended"]

    asyncio.run(main())


@pytest.mark.parametrize("end", ["close", "raise"])
def test_a_source_that_waits_for_room_is_closed_too(aclient: aio.Client, end: str) -> None:
    ended: list[asyncio.Task[Any] | None] = []

    async def source() -> AsyncIterator[int]:
        ended.append(asyncio.current_task())
        try:
            for number in range(100):
                yield number
        finally:
            await asyncio.sleep(0)
            ended.append(asyncio.current_task())

    def call(client: Any, number: int) -> Any:
        if end == "raise" and number == 3:
            raise LookupError
        return revoke(client, number)

    async def main() -> None:
        items = source()  # Held, or Python would close it by itself.
        results = aclient.bulk(items, call, concurrency=1)
        if end == "close":
            async for _ in results:
                break
            await results.aclose()
        else:
            with pytest.raises(LookupError):
                async for _ in results:
                    pass
        # By the task that went through it, as what the source holds open may want.
        assert len(ended) == 2
        assert ended[0] is ended[1] is not asyncio.current_task()
        assert [number async for number in items] == []

    asyncio.run(main())


def test_a_call_of_another_client_is_no_call_of_the_run(aclient: aio.Client, stub: Stub) -> None:
    async def main() -> None:
        async with aio.Client.from_connection_string(stub.connection_string) as other:
            with pytest.raises(TypeError, match="return one call of the client it is given"):
                async for _ in aclient.bulk([1], lambda _, number: revoke(other, number)):
                    pass

    asyncio.run(main())


def test_a_call_that_raises_keeps_no_result_back(face: Face, tenant: str) -> None:
    accounts = [f"e5b7f628-ea94-4fdc-b3d9-{number:012}" for number in range(5)]

    def ensure(client: Any, account: str) -> Any:
        if account == accounts[3]:
            raise KeyError(account)
        return client.assignments.ensure(tenant, account, "teamsResourceAccount")

    ended = []
    with pytest.raises(KeyError):
        for result in face.client.bulk(accounts, ensure):
            ended.append(result.item)
    assert sorted(ended) == accounts[:3]
    for account in accounts[:3]:
        face.client.assignments.get(tenant, account)


def test_wrong_arguments_are_refused_before_the_first_result(client: Any) -> None:
    with pytest.raises(ValueError, match="concurrency is 0"):
        client.bulk([], lambda client, item: client.identities.get(item), concurrency=0)
