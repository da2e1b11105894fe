"""Owns the names for annotations: the service's lists, as they are spelled there, and keyword arguments.

Values of these lists are plain text. A result may hold one that this version does not know; a call is made with
known ones only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from os import PathLike
from typing import Literal, TypeAlias, TypedDict, Union

from .options import RetryPolicy

__all__ = [
    "AccountType",
    "ActivationState",
    "AssignmentCategory",
    "AssignmentStatus",
    "AssignmentType",
    "CallOptions",
    "Check",
    "ClientSettings",
    "Cloud",
    "CustomerAction",
    "Duration",
    "EntraPrincipalType",
    "ErrorKind",
    "NumberCapability",
    "NumberSource",
    "NumberType",
    "OperationStatus",
    "PortInStatus",
    "PrincipalType",
    "ResourceSettings",
    "ReverseNumberLookupOption",
    "Scope",
]

Duration: TypeAlias = Union[timedelta, float]  # noqa: UP007
"""A length of time: a `timedelta`, or a number of seconds."""

Cloud: TypeAlias = Literal["public", "dod", "gcch"]
"""The cloud of an identifier: public, the US Department of Defense, or the US government (GCC High)."""

AccountType: TypeAlias = Literal[
    "user", "resourceAccount", "guest", "sfbOnPremUser", "unknown", "ineligibleUser"
]
"""What kind of account it is, as the service spells it."""

AssignmentType: TypeAlias = Literal["direct", "group"]
"""Whether a policy was given to the user or to a group."""

EntraPrincipalType: TypeAlias = Literal["user", "group", "tenant"]
"""What an object of Entra is, as the service spells it (`EntraPrincipalType`)."""

PrincipalType: TypeAlias = Literal["user", "teamsResourceAccount"]
"""Whom an assignment is for, as the service spells it (`TeamsExtensionPrincipalType`)."""

Scope: TypeAlias = Literal["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]
"""What a token may be used for, as the service spells it (`CommunicationIdentityTokenScope`)."""

NumberType: TypeAlias = Literal[
    "directRouting", "callingPlan", "operatorConnect", "internalError"
]
"""Who provides a number, as the service spells it: the organisation's trunks, Microsoft, an operator."""

ActivationState: TypeAlias = Literal[
    "activated", "assignmentPending", "assignmentFailed", "updatePending", "updateFailed"
]
"""How far the last change of a number has come."""

AssignmentStatus: TypeAlias = Literal[
    "unassigned",
    "internalError",
    "userAssigned",
    "conferenceAssigned",
    "voiceApplicationAssigned",
    "thirdPartyAppAssigned",
    "policyAssigned",
]
"""Whether a number is in use, and by what."""

AssignmentCategory: TypeAlias = Literal["primary", "private", "alternate"]
"""The part that a number plays for its holder."""

NumberCapability: TypeAlias = Literal[
    "userAssignment", "voiceApplicationAssignment", "conferenceAssignment", "teamsPhoneMobile"
]
"""What a number may be used for; a resource account needs `voiceApplicationAssignment`."""

NumberSource: TypeAlias = Literal["online", "onPremises"]
"""The directory that a number was entered in."""

PortInStatus: TypeAlias = Literal["completed", "firmOrderCommitmentAccepted"]
"""The state of an order to bring a number over from another operator."""

CustomerAction: TypeAlias = Literal["locationUpdate", "release"]
"""What an administrator may do with a number."""

ReverseNumberLookupOption: TypeAlias = Literal["skipInternalVoip"]
"""How calls inside of the tenant use a number."""

OperationStatus: TypeAlias = Literal["notStarted", "running", "succeeded", "failed", "skipped"]
"""How far an order is, in the service's word."""

Check: TypeAlias = Literal[
    "number_exists",
    "unassigned",
    "target_exists",
    "capability",
    "license",
    "usage_location",
]
"""What is checked before a number is assigned."""

ErrorKind: TypeAlias = Literal[
    "config",
    "credential",
    "connect",
    "timeout",
    "throttled",
    "service",
    "decode",
    "operation",
]
"""What kind of thing went wrong; each has an exception of its own."""


class CallOptions(TypedDict, total=False):
    """What every call takes as keyword arguments."""

    timeout: Duration | None
    """How long each request may take with all its attempts; default: the `deadline` of `retry`."""
    retry: RetryPolicy | None
    """How requests are repeated; default: as the client does."""
    api_version: str | None
    """The API version, such as `2025-06-30`; default: as the client chooses."""
    client_request_id: str | None
    """Our id of the request, 1 to 128 visible ASCII characters; default: a new GUID."""


class ClientSettings(TypedDict, total=False):
    """What both clients take as keyword arguments."""

    retry: RetryPolicy | None
    """How calls are repeated; default: `RetryPolicy()`."""
    scopes: Sequence[str] | None
    """The scopes of bearer tokens; default: the service's own, in the cloud that the endpoint is in."""
    ca_bundle: str | PathLike[str] | bytes | None
    """Certificates trusted besides the platform's: the path of a PEM file, or PEM text as bytes."""


class ResourceSettings(ClientSettings, total=False):
    """What `Client` takes as keyword arguments."""

    api_version: str | None
    """The API version of all calls that do not choose their own; default: per call, the newest generally
    available one that has it."""
