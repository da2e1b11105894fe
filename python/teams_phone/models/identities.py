"""Results of identity calls."""

from __future__ import annotations

from dataclasses import dataclass, field

from .base import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Identity(Model):
    """An identity of the resource."""

    id: str
    """The service's id, such as `8:acs:<resource>_<id>`."""
    custom_id: str | None
    """The caller's own id, if the identity was created with one and the API version tells."""
    last_token_issued_at: datetime | None
    """When a token was last issued, to the second; `None` if never, or if the API version does not tell."""


@dataclass(frozen=True, slots=True)
class AccessToken(Model):
    """A token with which a client acts as an identity. It is not part of the `repr`."""

    token: str = field(repr=False)
    """The token itself; do not assume that it can be decoded."""
    expires_on: datetime
    """When it stops to work."""


@dataclass(frozen=True, slots=True)
class CreatedIdentity(Model):
    """A new identity, or the one that the custom id already had."""

    identity: Identity
    """The identity."""
    access_token: AccessToken | None
    """Its token, if one was asked for."""
