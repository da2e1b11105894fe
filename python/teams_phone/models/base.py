"""Owns what all results have in common."""

from __future__ import annotations

# Not half: dataclasses look into whatever another thread has imported of it so far.
import typing as _typing  # noqa: F401
from dataclasses import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Model:
    """A result: a frozen dataclass that can be compared, hashed, pickled and turned into a dictionary."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the fields by name, results within results as dictionaries and tuples as lists.

        Moments stay `datetime`; `json.dumps(result.to_dict(), default=str)` writes all of it. Secrets that the
        `repr` hides, such as a token, are part of it.
        """
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]


def _plain(value: object) -> object:
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
