"""The clients for asyncio: the same calls as `teams_phone.Client` and `teams_phone.GraphClient`, awaited."""

from __future__ import annotations

from .client import Client as Client
from .graph import GraphClient as GraphClient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .calling import CallingCredential as CallingCredential

__all__ = ["CallingCredential", "Client", "GraphClient"]


def __getattr__(name: str) -> object:
    if name != "CallingCredential":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .calling import CallingCredential

    return CallingCredential
