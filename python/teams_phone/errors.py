"""Owns the exceptions: one base, a subclass for each kind of failure, and what they all carry."""

from __future__ import annotations

# Not half: dataclasses look into whatever another thread has imported of it so far.
import typing as _typing  # noqa: F401
from dataclasses import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta
    from typing import Any

    from .types import ErrorKind

__all__ = [
    "ConfigError",
    "ConflictError",
    "ConnectError",
    "CredentialError",
    "DecodeError",
    "Error",
    "ErrorDetail",
    "NotFoundError",
    "OperationError",
    "PermissionDeniedError",
    "RequestTimeoutError",
    "ServiceError",
    "ThrottledError",
]


@dataclass(frozen=True)
class ErrorDetail:
    """One entry of the details that the service gives with an error."""

    code: str
    """The service's code."""
    message: str
    """The service's words."""
    target: str | None = None
    """The field it is about."""
    more: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Everything else, by name; what is not text stands as JSON."""


class Error(Exception):
    """Why a call failed. No secret is ever part of it.

    `str()` says what failed in one line. Where a remedy is known it is in `hint`, and in the traceback from
    Python 3.11 on.
    """

    kind: ErrorKind
    """What kind of thing went wrong; each has a subclass."""
    message: str
    """What went wrong, without the operation and its numbers."""
    operation: str | None
    """The operation that failed."""
    status: int | None
    """The HTTP status, if the service answered."""
    code: str | None
    """The service's code."""
    target: str | None
    """The field or thing that it is about."""
    details: tuple[ErrorDetail, ...]
    """What the service says in detail."""
    accepted_permissions: tuple[str, ...]
    """The permissions of Microsoft Graph of which one would have sufficed."""
    request_id: str | None
    """The service's id of the request (`MS-CV`), for its support."""
    client_request_id: str | None
    """Our own id of the request, which the service logs as well."""
    retry_after: timedelta | None
    """How long the service asks to wait."""
    attempts: int
    """How often the request was sent."""
    hint: str | None
    """What to do about it, where that is known."""
    is_retryable: bool
    """Whether the same call may succeed later."""
    is_outcome_unknown: bool
    """Whether the service may have done what was asked all the same."""
    is_not_found: bool
    """Whether the thing is not there."""
    is_conflict: bool
    """Whether the state of things is in the way."""
    is_permission: bool
    """Whether a role, a consent or an assignment is missing."""

    def __init__(self, text: str, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(text)
        self._fields = {**_NOTHING, "message": text, **(fields or {})}
        self.__dict__.update(self._fields)
        if self.hint and hasattr(self, "add_note"):
            self.add_note(f"hint: {self.hint}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return str(other) == str(self) and other._fields == self._fields

    def __hash__(self) -> int:
        return hash((type(self), str(self)))

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (str(self), self._fields))


class ConfigError(Error, ValueError):
    """An argument or a setting is wrong; nothing was sent."""


class CredentialError(Error):
    """No usable credential could be had; nothing was sent. The cause, if any, is in `__cause__`."""


class ConnectError(Error, ConnectionError):
    """There was no connection, or it broke before an answer came."""


class RequestTimeoutError(Error, TimeoutError):
    """The time allowed ran out."""


class ServiceError(Error):
    """The service refused or failed the request."""


class NotFoundError(ServiceError, LookupError):
    """The thing is not there."""


class ConflictError(ServiceError):
    """The state of things is in the way."""


class PermissionDeniedError(ServiceError, PermissionError):
    """A role, a consent or an assignment is missing."""


class ThrottledError(ServiceError):
    """The service asks to slow down; `retry_after` says for how long."""


class DecodeError(Error):
    """The answer could not be understood."""


class OperationError(Error):
    """The call ended, but not in the state that was asked for."""


_NOTHING: dict[str, Any] = {
    "kind": "service",
    "operation": None,
    "status": None,
    "code": None,
    "target": None,
    "details": (),
    "accepted_permissions": (),
    "request_id": None,
    "client_request_id": None,
    "retry_after": None,
    "attempts": 0,
    "hint": None,
    "is_retryable": False,
    "is_outcome_unknown": False,
    "is_not_found": False,
    "is_conflict": False,
    "is_permission": False,
}

_CLASSES: dict[str, type[Error]] = {
    "config": ConfigError,
    "credential": CredentialError,
    "connect": ConnectError,
    "timeout": RequestTimeoutError,
    "throttled": ThrottledError,
    "decode": DecodeError,
    "operation": OperationError,
}


def _make(text: str, fields: dict[str, Any]) -> Error:
    """Makes the exception for a failure; called by the native half."""
    made = _CLASSES.get(fields["kind"], ServiceError)
    if made is ServiceError or made is OperationError:
        if fields["is_not_found"]:
            made = NotFoundError
        elif fields["is_conflict"]:
            made = ConflictError
        elif fields["is_permission"]:
            made = PermissionDeniedError
    return made(text, fields)
