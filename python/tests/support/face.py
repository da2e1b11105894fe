"""Owns the two faces of the package as tests see them: one body, written as for the blocking client, runs on both."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import teams_phone
import teams_phone.aio

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

NAMES = ("blocking", "asyncio")


class Face:
    """The blocking clients, or those for asyncio with an event loop under them.

    - `face.client`, `face.graph`: clients of the emulator. Both faces are used as the blocking one:
      `face.client.assignments.get(tenant, account)` returns the answer, `for item in face.client.x.list()` goes
      through a list, `operation.wait()` waits, `with`, `close()` and `pages()` work as well.
    - `face.open(face.module.Client(endpoint, credential, retry=...))`: the same for a client of one's own, which
      is closed at the end of the test.
    - `face.run(lambda client: client.assignments.get(tenant, account))`: the same with the client itself, for what
      has to happen on the loop.
    - `face.module`: `teams_phone` or `teams_phone.aio`; `face.is_async` tells which.
    """

    def __init__(self, name: str, emulator: Any) -> None:
        self.name = name
        self.is_async = name == "asyncio"
        self.module: ModuleType = teams_phone.aio if self.is_async else teams_phone
        self._emulator = emulator
        self._loop: asyncio.AbstractEventLoop | None = None
        self._opened: list[Any] = []
        self._client: Any = None
        self._graph: Any = None

    @property
    def client(self) -> Any:
        """A client of the emulator's resource."""
        if self._client is None:
            text = self._emulator.connection_string
            self._client = self.open(self.module.Client.from_connection_string(text))
        return self._client

    @property
    def graph(self) -> Any:
        """A client of the emulator's Microsoft Graph."""
        if self._graph is None:
            credential, endpoint = self._emulator.credential(), self._emulator.url
            self._graph = self.open(self.module.GraphClient(credential, endpoint=endpoint))
        return self._graph

    def open(self, client: Any) -> Any:
        """Takes a client of this face, to be used as a blocking one and closed at the end of the test."""
        opened = Blocking(self, client) if self.is_async else client
        self._opened.append(opened)
        return opened

    def run(self, body: Callable[[Any], Any]) -> Any:
        """The outcome of a call that `body` makes with the client of this face."""
        client = self.client
        return self.settle(body(client.raw if self.is_async else client))

    def settle(self, value: Any) -> Any:
        """Waits for what can be awaited; what is part of `teams_phone.aio` becomes blocking."""
        if hasattr(value, "__await__"):
            return self.settle(self.loop.run_until_complete(value))
        if hasattr(value, "__anext__") or type(value).__module__.startswith("teams_phone.aio"):
            return Blocking(self, value)
        return value

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of this test."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop

    def close(self) -> None:
        """Closes what the test has opened."""
        for opened in reversed(self._opened):
            opened.close()
        if self._loop is not None:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()


class Blocking:
    """An object of the asyncio face that is used as its blocking sibling would be."""

    def __init__(self, face: Face, raw: Any) -> None:
        self._face = face
        self.raw = raw

    def __getattr__(self, name: str) -> Any:
        known = "aclose" if name == "close" and not hasattr(self.raw, "close") else name
        value = getattr(self.raw, known)
        if not callable(value):
            return self._face.settle(value)

        def method(*given: Any, **named: Any) -> Any:
            return self._face.settle(value(*given, **named))

        return method

    def __enter__(self) -> Blocking:
        return self._face.settle(self.raw.__aenter__())  # type: ignore[no-any-return]

    def __exit__(self, *raised: Any) -> Any:
        return self._face.settle(self.raw.__aexit__(*raised))

    def __iter__(self) -> Blocking:
        return Blocking(self._face, self.raw.__aiter__())

    def __next__(self) -> Any:
        try:
            return self._face.settle(self.raw.__anext__())
        except StopAsyncIteration:
            raise StopIteration from None

    def __repr__(self) -> str:
        return repr(self.raw)
