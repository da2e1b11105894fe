"""Owns how Python values become the emulator's JSON documents; knows no document's members."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def text(document: object) -> str:
    """A document as JSON; UUIDs become texts, and what JSON cannot say is refused."""
    return json.dumps(document, default=_plain)


def camel(document: object) -> object:
    """The document with the names of its members as JSON spells them: ``client_id`` or ``clientId`` alike."""
    if isinstance(document, dict):
        return {_camel_name(name): camel(value) for name, value in document.items()}
    if isinstance(document, (list, tuple)):
        return [camel(value) for value in document]
    return document


def members(**given: object) -> dict[str, object]:
    """The members that are given, by their JSON names."""
    return {_camel_name(name): value for name, value in given.items() if value is not None}


def documents(what: str, given: Iterable[Mapping[str, object]]) -> str:
    """A list of documents as JSON."""
    listed = [dict(document) for document in one_or_more(what, given)]
    return text(camel(listed))


def one_or_more(what: str, given: Iterable[Any]) -> list[Any]:
    """The items of a list; a single document or text in its place is refused, not taken apart."""
    if isinstance(given, (str, bytes, dict)):
        raise TypeError(f"{what} must be a list, not a single {type(given).__name__}")
    return list(given)


def period(
    what: str, given: timedelta | float | None, *, signed: bool = False
) -> timedelta | None:
    """A period; numbers are seconds."""
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, (timedelta, int, float)):
        raise TypeError(f"{what} must be a timedelta or seconds, not {type(given).__name__}")
    try:
        wait = given if isinstance(given, timedelta) else timedelta(seconds=given)
    except (OverflowError, ValueError):
        raise ValueError(f"{what} is no period that can be waited for: {given}") from None
    if wait < timedelta() and not signed:
        raise ValueError(f"{what} is negative: {wait.total_seconds():g} s")
    return wait


def milliseconds(what: str, given: timedelta | float) -> int:
    """A period in whole milliseconds."""
    return round((period(what, given) or timedelta()) / timedelta(milliseconds=1))


def _camel_name(name: object) -> str:
    first, *rest = str(name).split("_")
    return first + "".join(word.capitalize() for word in rest)


def _plain(value: object) -> object:
    if isinstance(value, uuid.UUID):
        return str(value)
    to_dict = getattr(value, "to_dict", None)
    if callable(to_dict):
        return to_dict()
    raise TypeError(f"a document cannot hold a {type(value).__name__}")
