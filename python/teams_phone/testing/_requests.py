"""Owns one request as the emulator received it; secrets were replaced before it gets here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class RecordedRequest:
    """One request as it was received, and how it was answered."""

    number: int
    """Counts requests from 1 since the start or the last reset."""
    method: str
    """The method as sent."""
    target: str
    """Path and query exactly as sent, still percent-encoded."""
    headers: tuple[tuple[str, str], ...]
    """Headers in the order received, names in lower case, secrets replaced."""
    body: str | None
    """The body, if it is text; tokens in it are replaced."""
    body_length: int
    """How many bytes the body had."""
    operation: str | None
    """The operation id, if the request matched an operation."""
    status: int | None
    """The status answered; ``None`` if the connection was dropped instead."""
    fault: int | None
    """The number of the fault that met the request."""

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)

    def json(self) -> Any:
        """The body read as JSON; ``ValueError`` if it is not JSON."""
        return json.loads(self.body or "")

    def to_dict(self) -> dict[str, Any]:
        """The request as plain values."""
        return asdict(self)


def read(text: str) -> list[RecordedRequest]:
    """The log as the emulator writes it."""
    return [
        RecordedRequest(
            number=entry["number"],
            method=entry["method"],
            target=entry["target"],
            headers=tuple((name, value) for name, value in entry["headers"]),
            body=entry["body"],
            body_length=entry["bodyLength"],
            operation=entry["operation"],
            status=entry["status"],
            fault=entry["fault"],
        )
        for entry in json.loads(text)
    ]
