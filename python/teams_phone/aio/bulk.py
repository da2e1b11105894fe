"""Owns bulk runs: items in, calls to the native half, outcomes out."""

from __future__ import annotations

# <async-only>
import asyncio

# </async-only>
from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

from .. import _native
from ..errors import Error
from ..models.bulk import BulkResult, Progress

if TYPE_CHECKING:
    # <async-only>
    from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable

    # </async-only>
    # <blocking-only>
    # from collections.abc import Callable, Generator
    # </blocking-only>
    from typing import Any, Literal

    from ..options import RateLimits
    from .client import Client

T = TypeVar("T")
R = TypeVar("R")

# Seconds for which taking items, or waiting for outcomes, may keep the other back.
_MOMENT = 0.05
# <async-only>
_FIRST = asyncio.FIRST_COMPLETED
# </async-only>


def bulk(
    client: Client,
    # <async-only>
    items: Iterable[T] | AsyncIterable[T],
    # </async-only>
    # <blocking-only>
    # items: Iterable[T],
    # </blocking-only>
    call: Callable[[Client, T], Awaitable[R]],
    *,
    concurrency: int,
    rate_limits: RateLimits | None | Literal["published"],
    on_progress: Callable[[Progress], object] | None,
) -> AsyncGenerator[BulkResult[T, R], None]:
    """Makes a call for each item; see `Client.bulk`."""
    limits = None if rate_limits == "published" else rate_limits
    run = client._native.bulk(concurrency, limits=limits, unlimited=rate_limits is None)
    return _results(client, run, _source(items), call, 2 * concurrency, on_progress)


async def _results(
    client: Client,
    run: _native.Bulk,
    # <async-only>
    source: _Items[T] | _AsyncItems[T],
    # </async-only>
    # <blocking-only>
    # source: _Items[T],
    # </blocking-only>
    call: Callable[[Client, T], Awaitable[R]],
    most: int,
    on_progress: Callable[[Progress], object] | None,
) -> AsyncGenerator[BulkResult[T, R], None]:
    """Yields how the calls ended. At most `most` are prepared ahead: twice as many as are in flight, so that the
    connections have work while results are looked at."""
    preparing = client._preparing(_prepare)
    waiting: dict[int, T] = {}
    key = done = failed = 0
    failure: BaseException | None = None
    try:
        while True:
            more = failure is None and source.more
            room = most - len(waiting)
            for item in await source.take(room, idle=not waiting) if more else ():
                try:
                    run.put(key, run.prepare(_prepared, call, preparing, item))
                except Error as refused:
                    run.fail(key, refused)
                except Exception as error:
                    # What is in flight is still handed out; then it is raised.
                    failure = error
                    break
                waiting[key] = item
                key += 1
            more = failure is None and source.more
            if not waiting and not more:
                break
            full = not more or len(waiting) >= most
            for ended, value, why in await client._run(run.next(None if full else _MOMENT)):
                done += 1
                failed += why is not None
                if on_progress is not None:
                    on_progress(Progress(done, failed))
                yield BulkResult(waiting.pop(ended), value, why)
    finally:
        run.close()
        # <blocking-only>
        # client._runtime.settle()
        # </blocking-only>
        await source.close()
    failure = failure or source.failure
    if failure is not None:
        raise failure


async def _prepare(call: _native.Call[T], /) -> Any:
    """Stands in for the runner of the client that `call` gets: the call is kept instead of made."""
    return call


def _prepared(
    call: Callable[[Client, T], Awaitable[object]], client: Client, item: T
) -> _native.Call[Any]:
    """The call that the caller's function makes, and nothing but."""
    made: Any = call(client, item)
    # <async-only>
    if not hasattr(made, "send"):
        raise TypeError("the function given to bulk has to return one call of the client it is given")
    try:
        made.send(None)
    except StopIteration as end:
        made = end.value
    else:
        made.close()
    # </async-only>
    if not isinstance(made, _native.Call):
        raise TypeError("the function given to bulk has to return one call of the client it is given")
    return made


class _Items(Generic[T]):
    """Items of an iterable."""

    def __init__(self, items: Iterable[T]) -> None:
        self._items = iter(items)
        self.more = True
        self.failure: BaseException | None = None

    async def take(self, room: int, *, idle: bool) -> list[T]:
        """Takes what there is room for, for a moment at most; one at least, if there is one."""
        taken: list[T] = []
        until = monotonic() + _MOMENT
        while len(taken) < room:
            try:
                taken.append(next(self._items))
            except StopIteration:
                self.more = False
                break
            except Exception as error:
                # What is in flight is still handed out; then it is raised.
                self.more, self.failure = False, error
                break
            if monotonic() > until:
                break
        return taken

    async def close(self) -> None:
        """Takes no more."""


# <async-only>
class _AsyncItems(Generic[T]):
    """Items of an async iterable. One task goes through it, since it may hold a timeout or a task group open."""

    def __init__(self, items: AsyncIterable[T]) -> None:
        self._items = items
        self._taken: list[T] = []
        self._room = 0
        self._wanted = asyncio.Event()
        self._came = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.more = True
        self.failure: BaseException | None = None

    async def take(self, room: int, *, idle: bool) -> list[T]:
        """Takes what there is room for, for a moment at most; as long as it takes if nothing is in flight."""
        self._room = room - len(self._taken)
        self._wanted.set()
        if self._task is None:
            self._task = asyncio.ensure_future(self._go_through())
        until = monotonic() + _MOMENT
        while self._room > 0 and not self._task.done():
            patience = None if idle and not self._taken else until - monotonic()
            if patience is not None and patience <= 0:
                break
            self._came.clear()
            came = asyncio.ensure_future(self._came.wait())
            try:
                await asyncio.wait((came, self._task), timeout=patience, return_when=_FIRST)
            finally:
                came.cancel()
        taken, self._taken = self._taken, []
        self.more = not self._task.done()
        return taken

    async def _go_through(self) -> None:
        try:
            items = aiter(self._items)
            try:
                await self._take_from(items)
            finally:
                # Cancelling does not reach a generator that waits at a `yield`.
                if hasattr(items, "aclose"):
                    await items.aclose()
        except (Exception, asyncio.CancelledError) as error:
            # What is in flight is still handed out; then it is raised.
            self.failure = error

    async def _take_from(self, items: AsyncIterator[T]) -> None:
        async for item in items:
            self._taken.append(item)
            self._room -= 1
            if self._room <= 0 or len(self._taken) == 1:
                self._came.set()
            while self._room <= 0:
                self._wanted.clear()
                await self._wanted.wait()

    async def close(self) -> None:
        """Takes no more, closes the source if it can be closed, and waits until that is done."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait((self._task,))


def _source(items: Iterable[T] | AsyncIterable[T]) -> _Items[T] | _AsyncItems[T]:
    return _Items(items) if isinstance(items, Iterable) else _AsyncItems(items)


# </async-only>
# <blocking-only>
# def _source(items: Iterable[T]) -> _Items[T]:
#     return _Items(items)
# </blocking-only>
