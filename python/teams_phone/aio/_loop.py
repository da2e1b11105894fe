# <async-only>
"""Owns the way from an event loop to the native half and back; knows no operation."""

from __future__ import annotations

import asyncio
import contextvars

from .. import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine
    from typing import Any, TypeVar

    T = TypeVar("T")

_bridges: dict[asyncio.AbstractEventLoop, _Bridge] = {}


class _Bridge:
    """The calls of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.native = _native.Bridge()
        self.generation = _native.generation()
        self.create_future = loop.create_future
        self._tasks: set[asyncio.Task[None]] = set()
        try:
            # Not in the context of whoever makes the first call: what is started here is for all of them.
            contextvars.Context().run(loop.add_reader, self.native.fileno(), self.drain)
        except NotImplementedError:
            self._listen(loop)

    def drain(self) -> None:
        for ask in self.native.drain():
            if not ask.is_moot:
                self._ask(ask)

    def _ask(self, ask: _native.Ask) -> None:
        """Asks a credential or its callback: on the loop if it is asynchronous, else on a thread of the loop's executor."""
        if ask.is_async:
            self._start(_answer(ask))
            return

        def asked(future: asyncio.Future[Awaitable[Any] | None]) -> None:
            awaitable = None if future.cancelled() else future.result()
            if awaitable is not None:
                self._start(_answer(ask, awaitable))

        try:
            future = asyncio.get_running_loop().run_in_executor(None, ask.answer)
        except RuntimeError as error:
            ask.fail(error)
        else:
            future.add_done_callback(asked)

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # What ends the program has left the loop by now; that nobody awaits the task is no news.
            task.exception()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wakes the loop from a thread, for loops that cannot watch a descriptor (Windows' default)."""
        import threading

        def wake() -> None:
            while self.native.wait():
                try:
                    loop.call_soon_threadsafe(self.drain)
                except RuntimeError:
                    return

        threading.Thread(target=wake, name="teams-phone-wake", daemon=True).start()


def _bridge() -> _Bridge:
    loop = asyncio.get_running_loop()
    bridge = _bridges.get(loop)
    if bridge is None or bridge.generation != _native.generation():
        # Loops of other threads do the same at the same time.
        for other in [other for other in list(_bridges) if other.is_closed()]:
            closed = _bridges.pop(other, None)
            if closed is not None:
                closed.native.close()
        bridge = _bridges[loop] = _Bridge(loop)
    return bridge


async def run(call: _native.Call[T]) -> T:
    """Runs a call; cancelling the task that waits cancels the request."""
    bridge = _bridge()
    future: asyncio.Future[T] = bridge.create_future()
    slot = bridge.native.submit(future, call)
    try:
        return await future
    except BaseException:
        # Cancelled, or the coroutine is closed; a call that has ended itself is not there any more.
        bridge.native.cancel(slot)
        raise


async def _answer(ask: _native.Ask, awaitable: Awaitable[Any] | None = None) -> None:
    try:
        answer = await (ask.call() if awaitable is None else awaitable)
    except BaseException as error:
        ask.fail(error)
        if not isinstance(error, Exception):
            raise
    else:
        ask.reply(answer)
# </async-only>
