"""Fixtures of all tests: an emulator with fresh state, clients of it, and both faces of the package.

- `emulator`: one server for the whole session, reset before each test, with Graph's demo tenant. Whoever moves its
  clock takes `own_emulator`.
- `client`, `graph`: blocking clients of it; `aclient`, `agraph`: those of `teams_phone.aio`.
- `face`: runs a test twice, on the blocking clients and on those for asyncio; see `support.face.Face`.
- `stub`: a server that holds requests and sees them dropped, for what happens to connections; see `support.stub`.
- `stub_server`: a server in another process that answers everything with 204, where many calls are the matter.
- `tenant`, `account`: the ids that the examples of the documentation use.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import teams_phone
import teams_phone.aio
from teams_phone.testing import Emulator

# Tests are imported by path, so they would not find what they share.
sys.path.insert(0, str(Path(__file__).parent))

from support.face import NAMES, Face  # noqa: E402
from support.stub import KEY, Stub  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
ACCOUNT = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111"


@pytest.fixture
def tenant() -> str:
    """The id of a Teams tenant."""
    return TENANT


@pytest.fixture
def account() -> str:
    """The object id of a resource account in it."""
    return ACCOUNT


@pytest.fixture(scope="session")
def server() -> Iterator[Emulator]:
    """The emulator of the session, with whatever the test before left; tests take `emulator`."""
    with Emulator(graph_tenant="demo") as running:
        yield running


@pytest.fixture
def emulator(server: Emulator) -> Emulator:
    """The emulator with fresh state."""
    server.reset()
    return server


@pytest.fixture
def own_emulator() -> Iterator[Emulator]:
    """An emulator of this test's own, whose clock may be moved."""
    with Emulator(graph_tenant="demo") as running:
        yield running


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A server that is told when to answer."""
    with Stub() as running:
        yield running


@pytest.fixture(scope="session")
def stub_server() -> Iterator[Any]:
    """A cheap server in a process of its own."""
    program = Path(__file__).parent / "support" / "fast.py"
    command = [sys.executable, "-I", str(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        text = f"endpoint=http://127.0.0.1:{int(server.stdout.readline())}/;accesskey={KEY}"
        yield SimpleNamespace(connection_string=text)
        server.kill()


@pytest.fixture
def client(emulator: Emulator) -> Iterator[teams_phone.Client]:
    """A blocking client of the resource."""
    with teams_phone.Client.from_connection_string(emulator.connection_string) as opened:
        yield opened


@pytest.fixture
def aclient(emulator: Emulator) -> Iterator[teams_phone.aio.Client]:
    """A client of the resource for asyncio; `asyncio.run` may be called more than once with it."""
    opened = teams_phone.aio.Client.from_connection_string(emulator.connection_string)
    yield opened
    asyncio.run(opened.aclose())


@pytest.fixture
def graph(emulator: Emulator) -> Iterator[teams_phone.GraphClient]:
    """A blocking client of the tenant."""
    with teams_phone.GraphClient(emulator.credential(), endpoint=emulator.url) as opened:
        yield opened


@pytest.fixture
def agraph(emulator: Emulator) -> Iterator[teams_phone.aio.GraphClient]:
    """A client of the tenant for asyncio."""
    opened = teams_phone.aio.GraphClient(emulator.credential(), endpoint=emulator.url)
    yield opened
    asyncio.run(opened.aclose())


@pytest.fixture(params=NAMES)
def face(request: pytest.FixtureRequest, emulator: Emulator) -> Iterator[Face]:
    """Each face of the package in turn."""
    chosen: Any = Face(request.param, emulator)
    yield chosen
    chosen.close()
