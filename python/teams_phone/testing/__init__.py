"""An emulator of the service in this process, for tests and for trying things without Azure.

Owns what users import; knows nothing of how the emulator answers, which is Rust.

>>> from teams_phone.testing import Emulator, Fault
>>> with Emulator(page_size=2) as emulator:
...     emulator.inject(Fault.throttle(1, times=2))
...     emulator.requests()
[1]
[]
"""

from __future__ import annotations

from ._emulator import Emulator
from ._entra import EmulatorCredential, EmulatorToken, Entra
from ._faults import Fault
from ._graph import Graph
from ._plans import OperationPlan
from ._requests import RecordedRequest

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
