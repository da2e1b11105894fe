"""Owns what a group of calls knows of its client: something that runs a prepared call."""

from __future__ import annotations

from typing import Protocol, TypeVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .. import _native

T = TypeVar("T")


class Runner(Protocol):
    """Runs a prepared call and returns its answer."""

    async def __call__(self, call: _native.Call[T], /) -> T: ...
