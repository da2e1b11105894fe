"""Results of exchanges."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .identities import AccessToken, Identity


@dataclass(frozen=True, slots=True)
class Exchanged(Model):
    """Who the user is for the resource, and the token to act with."""

    identity: Identity
    """The user's identity, such as `8:acs:<resource>_<tenant>_<user>`."""
    access_token: AccessToken
    """Its token."""
