"""Owns the emulator as Python programs hold it; starting, stopping and answering are Rust's."""

from __future__ import annotations

import json
import os
import uuid
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import _native
from ._documents import camel, documents, one_or_more, period, text
from ._entra import EmulatorCredential, Entra
from ._faults import Fault
from ._graph import Graph
from ._requests import RecordedRequest, read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta
    from types import TracebackType
    from typing import TypeAlias

    from typing_extensions import Unpack

    from .. import aio
    from ..blocking import Client, GraphClient
    from ..credentials import AsyncTokenSource, TokenSource
    from ..types import ClientSettings, ResourceSettings

    _Tenant: TypeAlias = str | os.PathLike[str] | Mapping[str, object]


class Emulator:
    """A running emulator of the service, of Microsoft Graph's part and of the Entra authority before them.

    It listens on a free port of this machine and runs on a thread of its own, without the interpreter. It stops at
    the end of a ``with`` block, with :meth:`stop`, when nobody holds it any more, and at interpreter exit. After a
    ``fork`` it stays with the parent: the child can send it requests, and everything else there is refused.

    - ``access_key``: base64, random unless given; ``client_secret`` likewise
    - ``port``: 0 takes a free one; ``tls``: with a certificate from an authority made at start, see :attr:`ca_pem`
    - ``snapshot``: a file to load the state from, and to save it to
    - ``clock_offset``: how far ahead the emulator's clock is; negative for behind. Periods may be numbers of seconds
    - ``applications``, ``users``: more of the directory, as documents: ``{"client_id": .., "secret": ..}``
    - ``graph_tenant``: ``"demo"``, a JSON file, a document, or a list of these
    - ``graph_settings``: as :meth:`Graph.configure` takes them

    Raises ``ValueError`` for an option that cannot be used, and ``OSError`` if the system refuses.

    >>> with Emulator(graph_tenant="demo", clock_offset=-60) as emulator:
    ...     emulator.connection_string.partition(";")[0] == f"endpoint={emulator.url}/"
    True
    >>> emulator.running
    False
    """

    __slots__ = ("__weakref__", "_native", "_stop_at_exit")

    def __init__(
        self,
        *,
        access_key: str | None = None,
        client_secret: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        ca_file: str | os.PathLike[str] | None = None,
        snapshot: str | os.PathLike[str] | None = None,
        resource_id: str | uuid.UUID | None = None,
        page_size: int | None = None,
        request_log: int | None = None,
        clock_offset: timedelta | float | None = None,
        max_body: int | None = None,
        max_connections: int | None = None,
        verify_credentials: bool = True,
        accept_unsigned_tokens: bool = False,
        subscription_allowed: bool = True,
        exchange_requires_assignment: bool = True,
        tenants: Iterable[str | uuid.UUID] = (),
        applications: Iterable[Mapping[str, object]] = (),
        users: Iterable[Mapping[str, object]] = (),
        signed_in_user: str | None = None,
        access_token_lifetime: timedelta | float | None = None,
        device_code_interval: timedelta | float | None = None,
        device_code_lifetime: timedelta | float | None = None,
        graph_tenant: _Tenant | Iterable[_Tenant] | None = None,
        graph_settings: Mapping[str, object] | None = None,
    ) -> None:
        if ca_file is not None and not tls:
            raise ValueError("ca_file has no effect without tls=True")
        self._native = _native.Emulator(
            access_key=access_key,
            client_secret=client_secret,
            host=host,
            port=port,
            tls=tls,
            ca_file=ca_file,
            snapshot=snapshot,
            resource_id=None if resource_id is None else list(_uuid(resource_id).bytes),
            page_size=page_size,
            request_log=request_log,
            clock_offset=period("clock_offset", clock_offset, signed=True),
            max_body=max_body,
            max_connections=max_connections,
            verify_credentials=verify_credentials,
            accept_unsigned_tokens=accept_unsigned_tokens,
            subscription_allowed=subscription_allowed,
            exchange_requires_assignment=exchange_requires_assignment,
            tenants=[str(tenant) for tenant in one_or_more("tenants", tenants)],
            applications=documents("applications", applications),
            users=documents("users", users),
            signed_in_user=signed_in_user,
            access_token_lifetime=period("access_token_lifetime", access_token_lifetime),
            device_code_interval=period("device_code_interval", device_code_interval),
            device_code_lifetime=period("device_code_lifetime", device_code_lifetime),
            graph_tenant=_tenant_parts(graph_tenant),
            graph_settings=None if graph_settings is None else text(camel(dict(graph_settings))),
        )
        self._stop_at_exit = weakref.finalize(self, self._native.stop)

    @property
    def url(self) -> str:
        """The base URL, without a trailing slash."""
        return self._native.url

    @property
    def access_key(self) -> str:
        """The access key, as base64; a secret of the emulator only."""
        return self._native.access_key

    @property
    def connection_string(self) -> str:
        """The connection string as the portal shows it."""
        return self._native.connection_string

    @property
    def ca_pem(self) -> str | None:
        """The certificate (PEM) of the authority that clients must trust; ``None`` without TLS."""
        return self._native.ca_pem

    @property
    def running(self) -> bool:
        """Whether the emulator runs in this process and has not been stopped."""
        return self._native.running

    @property
    def entra(self) -> Entra:
        """The emulated Entra authority."""
        return Entra(self._native)

    @property
    def graph(self) -> Graph:
        """The emulated Microsoft Graph."""
        return Graph(self._native)

    def credential(self, *, as_user: bool = False) -> EmulatorCredential:
        """A credential of the standard application, or of the standard user, without asking over HTTP."""
        return EmulatorCredential(self.entra, as_user=as_user)

    def client(self, **settings: Unpack[ResourceSettings]) -> Client:
        """A blocking client of the resource that signs with the access key.

        >>> with Emulator() as emulator, emulator.client() as client:
        ...     client.endpoint == emulator.url
        True
        """
        from ..blocking import Client

        self._trust(settings)
        return Client.from_connection_string(self.connection_string, **settings)

    def aio_client(self, **settings: Unpack[ResourceSettings]) -> aio.Client:
        """An asyncio client of the resource that signs with the access key."""
        from ..aio import Client

        self._trust(settings)
        return Client.from_connection_string(self.connection_string, **settings)

    def graph_client(
        self, credential: TokenSource | None = None, **settings: Unpack[ClientSettings]
    ) -> GraphClient:
        """A blocking client of Microsoft Graph; unless given another credential, with every permission."""
        from ..blocking import GraphClient

        self._trust(settings)
        return GraphClient(credential or self.credential(), endpoint=self.url, **settings)

    def aio_graph_client(
        self, credential: AsyncTokenSource | None = None, **settings: Unpack[ClientSettings]
    ) -> aio.GraphClient:
        """An asyncio client of Microsoft Graph; unless given another credential, with every permission."""
        from ..aio import GraphClient

        self._trust(settings)
        return GraphClient(credential or self.credential(), endpoint=self.url, **settings)

    def _trust(self, settings: ClientSettings) -> None:
        """Adds trust in the emulator's authority, if it has one and nothing else is trusted."""
        if self.ca_pem is not None:
            settings.setdefault("ca_bundle", self.ca_pem.encode())

    def requests(self) -> list[RecordedRequest]:
        """The latest requests received, oldest first, without secrets."""
        return read(self._native.requests())

    def inject(self, *faults: Fault | Mapping[str, object]) -> list[int]:
        """Adds faults after the ones there are, all or none, and returns their numbers.

        A mapping has the form of ``POST /_emulator/faults``. Raises ``ValueError`` for a fault that cannot be used.
        """
        listed = [
            fault.to_dict() if isinstance(fault, Fault) else dict(fault) for fault in faults
        ]
        return self._native.inject(text(listed))

    def clear_faults(self) -> None:
        """Removes all faults."""
        self._native.clear_faults()

    def state(self) -> dict[str, Any]:
        """The state as a snapshot document."""
        state: dict[str, Any] = json.loads(self._native.state())
        return state

    def set_state(self, document: Mapping[str, object]) -> None:
        """Replaces the state by that of a snapshot document; ``ValueError`` if it cannot be used."""
        self._native.set_state(text(dict(document)))

    def reset(self) -> None:
        """Forgets state, faults and requests, and puts the settings back to those of the start; not the clock."""
        self._native.reset()

    def advance_clock(self, by: timedelta | float) -> None:
        """Moves the emulator's clock ahead, for good; numbers are seconds."""
        ahead = period("by", by)
        if ahead is not None:
            self._native.advance_clock(ahead)

    def set_subscription_allowed(self, allowed: bool) -> None:
        """Says whether the subscription may use the operations under ``/access/`` from now on."""
        self._native.set_subscription_allowed(allowed)

    def stop(self) -> None:
        """Answers the requests in flight, saves the state and stops; again, or in a forked child, does nothing.

        Raises ``OSError`` if the state could not be saved; the emulator has stopped all the same.
        """
        self._stop_at_exit.detach()
        self._native.stop()

    def __enter__(self) -> Emulator:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = "" if self.running else ", stopped"
        return f"Emulator(url={self.url!r}{state})"

    def __reduce__(self) -> str:
        raise TypeError("an emulator cannot be pickled; pass its connection_string")


def _uuid(given: str | uuid.UUID) -> uuid.UUID:
    try:
        return given if isinstance(given, uuid.UUID) else uuid.UUID(given)
    except ValueError:
        raise ValueError(f"resource_id is not a GUID: {given!r}") from None


def _tenant_parts(
    given: _Tenant | Iterable[_Tenant] | None,
) -> list[tuple[str, str | os.PathLike[str]]]:
    """What the tenant is made of, in the order given."""
    if given is None:
        return []
    if isinstance(given, (str, os.PathLike, Mapping)):
        return [_tenant_part(given)]
    return [_tenant_part(part) for part in given]


def _tenant_part(part: _Tenant) -> tuple[str, str | os.PathLike[str]]:
    if part == "demo":
        return ("demo", "")
    if isinstance(part, Mapping):
        return ("json", text(camel(dict(part))))
    if isinstance(part, (str, os.PathLike)):
        return ("file", part)
    raise TypeError(f"graph_tenant holds a {type(part).__name__}, no file and no document")
