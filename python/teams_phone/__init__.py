"""Bind Microsoft Teams Phone to an Azure Communication Services resource, and prove that it is bound.

`Client` is for the resource, `GraphClient` for the Teams tenant: numbers, resource accounts and users.
`teams_phone.aio` has both for asyncio, `teams_phone.testing` an emulator of the services.

Whatever fails raises a subclass of `Error` that says what failed, under which request id, whether a retry
helps, and what to do about it.

Examples in docstrings start from names that are the same everywhere: `client` and `graph` are clients of an
emulator (`emulator`), `tenant` and `account` the ids of a Teams tenant and of a resource account in it.
"""

from __future__ import annotations

from ._native import VERSION as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import aio as aio
    from . import credentials as credentials
    from . import identifier as identifier
    from . import models as models
    from . import testing as testing
    from . import types as types
    from .blocking import Client as Client
    from .blocking import GraphClient as GraphClient
    from .blocking.calling import CallingCredential as CallingCredential
    from .errors import ConfigError as ConfigError
    from .errors import ConflictError as ConflictError
    from .errors import ConnectError as ConnectError
    from .errors import CredentialError as CredentialError
    from .errors import DecodeError as DecodeError
    from .errors import Error as Error
    from .errors import ErrorDetail as ErrorDetail
    from .errors import NotFoundError as NotFoundError
    from .errors import OperationError as OperationError
    from .errors import PermissionDeniedError as PermissionDeniedError
    from .errors import RequestTimeoutError as RequestTimeoutError
    from .errors import ServiceError as ServiceError
    from .errors import ThrottledError as ThrottledError
    from .options import PollPolicy as PollPolicy
    from .options import RateLimits as RateLimits
    from .options import RetryPolicy as RetryPolicy
    from .phone_number import PhoneNumber as PhoneNumber

# Where each name comes from; modules are imported when a name of theirs is first used.
_HOMES = {
    "Client": "blocking",
    "GraphClient": "blocking",
    "CallingCredential": "blocking.calling",
    "ConfigError": "errors",
    "ConflictError": "errors",
    "ConnectError": "errors",
    "CredentialError": "errors",
    "DecodeError": "errors",
    "Error": "errors",
    "ErrorDetail": "errors",
    "NotFoundError": "errors",
    "OperationError": "errors",
    "PermissionDeniedError": "errors",
    "RequestTimeoutError": "errors",
    "ServiceError": "errors",
    "ThrottledError": "errors",
    "PollPolicy": "options",
    "RateLimits": "options",
    "RetryPolicy": "options",
    "PhoneNumber": "phone_number",
}
_MODULES = ("aio", "credentials", "identifier", "models", "testing", "types")

__all__ = ["__version__", *_HOMES, *_MODULES]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _MODULES:
        return import_module(f".{name}", __name__)
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
