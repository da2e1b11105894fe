"""Owns the pytest fixtures ``teams_phone_emulator``, ``teams_phone_client`` and ``teams_phone_graph_client``.

Pytest loads this module at every start, whether a test needs it or not, so nothing is imported here but pytest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from teams_phone import Client, GraphClient

    from . import Emulator

_MARKER = (
    "teams_phone_emulator(**options): options of the emulator that the fixture of this name starts, "
    "as teams_phone.testing.Emulator takes them"
)


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def teams_phone_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A fresh emulator of Communication Services, Microsoft Graph and the Entra authority, with Graph's demo tenant.

    ``@pytest.mark.teams_phone_emulator(page_size=2, graph_tenant=None)`` gives it options. It listens on a port of
    its own, so tests may run side by side.
    """
    from . import Emulator

    markers = reversed(list(request.node.iter_markers("teams_phone_emulator")))
    options: dict[str, Any] = {"graph_tenant": "demo"}
    for marker in markers:
        if marker.args:
            pytest.fail("the marker teams_phone_emulator takes options by name only", pytrace=False)
        options.update(marker.kwargs)
    with Emulator(**options) as emulator:
        yield emulator


@pytest.fixture
def teams_phone_client(teams_phone_emulator: Emulator) -> Iterator[Client]:
    """A blocking client of the emulator's Communication Services resource."""
    with teams_phone_emulator.client() as client:
        yield client


@pytest.fixture
def teams_phone_graph_client(teams_phone_emulator: Emulator) -> Iterator[GraphClient]:
    """A blocking client of the emulator's Microsoft Graph."""
    with teams_phone_emulator.graph_client() as client:
        yield client
