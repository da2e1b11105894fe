"""An emulator of the service in this process, for tests and for trying things without Azure.

Owns what users import; knows nothing of how the emulator answers, which is Rust.

>>> from teams_phone.testing import Emulator, Fault
>>> with Emulator(page_size=2) as emulator:
...     emulator.inject(Fault.throttle(1, times=2))
...     emulator.requests()
[1]
[]

Installing the package also gives pytest the fixtures ``teams_phone_emulator``, ``teams_phone_client`` and
``teams_phone_graph_client``; see `teams_phone.testing.plugin`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._emulator import Emulator as Emulator
    from ._entra import EmulatorCredential as EmulatorCredential
    from ._entra import EmulatorToken as EmulatorToken
    from ._entra import Entra as Entra
    from ._faults import Fault as Fault
    from ._graph import Graph as Graph
    from ._plans import OperationPlan as OperationPlan
    from ._requests import RecordedRequest as RecordedRequest

# Where each name comes from. pytest imports this package at every start, for its plugin.
_HOMES = {
    "Emulator": "_emulator",
    "EmulatorCredential": "_entra",
    "EmulatorToken": "_entra",
    "Entra": "_entra",
    "Fault": "_faults",
    "Graph": "_graph",
    "OperationPlan": "_plans",
    "RecordedRequest": "_requests",
}

__all__ = [
    "Emulator",
    "EmulatorCredential",
    "EmulatorToken",
    "Entra",
    "Fault",
    "Graph",
    "OperationPlan",
    "RecordedRequest",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value
