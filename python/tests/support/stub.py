"""Owns a server that is told when to answer: it holds requests, sees connections go, and closes them itself.

The emulator answers as the service does; this one is for what happens to connections. Every request that is not
held is answered with 204, which is what deleting an assignment wants.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

# Any key will do: nothing is verified.
KEY = "c2VjcmV0LXNlY3JldC1zZWNyZXQ="
ANSWER = b"HTTP/1.1 204 No Content\r\nMS-CV: stub\r\n\r\n"
# Far more than anything here takes.
PATIENCE = 20.0


class Stub:
    """A server on a port of its own, with a thread for each connection."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        self._changed = threading.Condition()
        self._open: set[socket.socket] = set()
        self._held: set[socket.socket] = set()
        self.holding = False
        self.hold_after: int | None = None
        """How many requests are answered before all others are held."""
        self.received = 0
        """Requests that came."""
        self.dropped = 0
        """Held requests whose client went away."""
        self.connections = 0
        """Connections that were made."""
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def connection_string(self) -> str:
        """What a client is made from."""
        return f"endpoint={self.endpoint}/;accesskey={KEY}"

    def hold(self) -> None:
        """Does not answer what comes from now on."""
        self.holding = True

    def release(self) -> None:
        """Answers what is held, and what comes."""
        with self._changed:
            self.holding, self.hold_after = False, None
            self._changed.notify_all()
            for connection in self._held:
                # Not if the other side has gone meanwhile.
                with suppress(OSError):
                    connection.sendall(ANSWER)
            self._held.clear()

    def wait(self, until: Callable[[Stub], bool]) -> None:
        """Waits for something to be true of this server."""
        with self._changed:
            if not self._changed.wait_for(lambda: until(self), PATIENCE):
                raise AssertionError(
                    f"received {self.received}, dropped {self.dropped}, connections {self.connections}"
                )

    @property
    def held(self) -> int:
        """Requests that are held."""
        return len(self._held)

    def hang_up(self) -> None:
        """Closes the connections."""
        with self._changed:
            for connection in self._open:
                # Not if the other side was first.
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stops; again does nothing."""
        if self._listener.fileno() < 0:
            return
        # A thread that waits in `accept` would take one more.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                self._open.add(connection)
                self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        text = b""
        try:
            while data := connection.recv(65536):
                text += data
                while b"\r\n\r\n" in text:
                    _, _, text = text.partition(b"\r\n\r\n")
                    self._answer(connection)
        except OSError:
            pass
        with self._changed:
            self._open.discard(connection)
            self.dropped += connection in self._held
            self._held.discard(connection)
            self._changed.notify_all()
        connection.close()

    def _answer(self, connection: socket.socket) -> None:
        with self._changed:
            self.received += 1
            if self.holding or self.received > (self.hold_after or self.received):
                self._held.add(connection)
            else:
                connection.sendall(ANSWER)
            self._changed.notify_all()

    def __enter__(self) -> Stub:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
