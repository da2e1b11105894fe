"""Owns how a scripted fault is written in Python; the emulator's own parser decides whether it can be used."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from ._documents import members, milliseconds

if TYPE_CHECKING:
    from datetime import timedelta

    from typing_extensions import Unpack

_AUTHORIZE = "https://login.microsoftonline.com/common/oauth2/authorize"


class When(TypedDict, total=False):
    """Which requests a fault meets, and how often; whatever is given must fit."""

    method: str
    """The method."""
    path: str
    """A glob over the raw path: ``*`` stands for anything but ``/``, ``**`` for anything."""
    operation: str
    """An operation id of any api-version, or a name of Graph's such as ``assignNumber``."""
    skip: int
    """Matching requests let through before the first is met."""
    times: int
    """Requests met before the fault is spent; for ever unless given."""
    delay: timedelta | float
    """How long to wait before anything is done; numbers are seconds."""


@dataclass(frozen=True)
class Fault:
    """One scripted fault: what it does, which requests it meets, how often.

    Every constructor takes what it does, and :class:`When` as keywords.

    >>> Fault.throttle(1, times=2, operation="TeamsExtensionAssignment_Upsert").to_dict()["action"]
    {'type': 'throttle', 'retryAfter': {'seconds': 1}}
    >>> Fault.drop_after(method="PUT", path="/access/**").to_dict()["match"]
    {'method': 'PUT', 'path': '/access/**'}
    """

    action: Mapping[str, Any]
    when: When = field(default_factory=When)

    def to_dict(self) -> dict[str, Any]:
        """The fault as ``POST /_emulator/faults`` takes it."""
        when = dict(self.when)
        unknown = when.keys() - When.__annotations__.keys()
        if unknown:
            raise TypeError(f"a fault has no {', '.join(sorted(unknown))}")
        matching = {name: when[name] for name in ("method", "path", "operation") if name in when}
        document = members(match=matching, skip=when.get("skip"), times=when.get("times"))
        if "delay" in self.when:
            document["latencyMs"] = milliseconds("delay", self.when["delay"])
        return {**document, "action": dict(self.action)}

    @classmethod
    def latency(cls, wait: timedelta | float, **when: Unpack[When]) -> Fault:
        """Delays the real answer; numbers are seconds."""
        return cls._of({"type": "pass"}, {**when, "delay": wait})

    @classmethod
    def respond(
        cls,
        status: int,
        code: str | None = None,
        *,
        message: str | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        process: bool = False,
        **when: Unpack[When],
    ) -> Fault:
        """Answers with a status and an error code, or a body of one's own.

        A body that is a text is sent as it is, anything else as JSON. With ``process`` the request takes effect
        although the answer is scripted.
        """
        action = members(
            type="respond", status=status, code=code, message=message, body=body, headers=headers
        )
        return cls._of({**action, "process": process}, when)

    @classmethod
    def throttle(cls, retry_after: int, **when: Unpack[When]) -> Fault:
        """Answers 429 with ``Retry-After`` in whole seconds."""
        return cls._of({"type": "throttle", "retryAfter": {"seconds": retry_after}}, when)

    @classmethod
    def throttle_until(cls, seconds_ahead: int, **when: Unpack[When]) -> Fault:
        """Answers 429 with ``Retry-After`` as a date so many seconds ahead."""
        return cls._of({"type": "throttle", "retryAfter": {"dateInSeconds": seconds_ahead}}, when)

    @classmethod
    def throttle_ms(cls, milliseconds: int, **when: Unpack[When]) -> Fault:
        """Answers 429 with the wait in milliseconds, in ``retry-after-ms`` and ``x-ms-retry-after-ms``."""
        return cls._of({"type": "throttle", "retryAfter": {"milliseconds": milliseconds}}, when)

    @classmethod
    def throttle_silently(cls, **when: Unpack[When]) -> Fault:
        """Answers 429 without saying how long to wait."""
        return cls._of({"type": "throttle", "retryAfter": "absent"}, when)

    @classmethod
    def claims_challenge(cls, claims: str, **when: Unpack[When]) -> Fault:
        """Answers 401 with a claims challenge; ``claims`` is a JSON text that the next token must have."""
        encoded = b64encode(claims.encode()).decode()
        challenge = (
            f'Bearer realm="", authorization_uri="{_AUTHORIZE}", '
            f'error="insufficient_claims", claims="{encoded}"'
        )
        return cls.respond(401, "Denied", headers={"WWW-Authenticate": challenge}, **when)

    @classmethod
    def expired_token(cls, **when: Unpack[When]) -> Fault:
        """Answers 401 as if the bearer token had expired."""
        challenge = 'Bearer error="invalid_token", error_description="The access token expired"'
        return cls.respond(401, "Denied", headers={"WWW-Authenticate": challenge}, **when)

    @classmethod
    def html(cls, status: int, **when: Unpack[When]) -> Fault:
        """Answers with a gateway's HTML page."""
        return cls._of({"type": "html", "status": status}, when)

    @classmethod
    def empty(cls, status: int, **when: Unpack[When]) -> Fault:
        """Answers with a status and no body."""
        return cls._of({"type": "empty", "status": status}, when)

    @classmethod
    def drop_before(cls, **when: Unpack[When]) -> Fault:
        """Ends the connection before the request has any effect."""
        return cls._of({"type": "drop", "after": False}, when)

    @classmethod
    def drop_after(cls, **when: Unpack[When]) -> Fault:
        """Lets the request take effect, then ends the connection without an answer."""
        return cls._of({"type": "drop", "after": True}, when)

    @classmethod
    def truncate(cls, keep: int, **when: Unpack[When]) -> Fault:
        """Cuts the real answer short after so many bytes of its body."""
        return cls._of({"type": "truncate", "keep": keep}, when)

    @classmethod
    def edit(cls, values: Mapping[str, object], **when: Unpack[When]) -> Fault:
        """Replaces values of the real answer's JSON, by JSON pointer (RFC 6901)."""
        return cls._of({"type": "edit", "set": dict(values)}, when)

    @classmethod
    def headers(cls, values: Mapping[str, str | None], **when: Unpack[When]) -> Fault:
        """Replaces headers of the real answer, or removes those whose value is ``None``."""
        return cls._of({"type": "headers", "set": dict(values)}, when)

    @classmethod
    def _of(cls, action: Mapping[str, Any], when: When) -> Fault:
        fault = cls(action, when)
        fault.to_dict()
        return fault
