"""The clients for asyncio: the same calls as `teams_phone.Client` and `teams_phone.GraphClient`, awaited."""

from __future__ import annotations

from .client import Client as Client
from .graph import GraphClient as GraphClient

__all__ = ["Client", "GraphClient"]
