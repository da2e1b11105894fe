"""What calls return: frozen dataclasses with `to_dict()`. Values of the service's lists are plain text."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .assignments import Assignment as Assignment
    from .assignments import Change as Change
    from .assignments import Ensured as Ensured
    from .assignments import Granted as Granted
    from .assignments import Revoked as Revoked
    from .base import Model as Model
    from .bulk import BulkResult as BulkResult
    from .bulk import Progress as Progress
    from .entra import BulkReport as BulkReport
    from .entra import EntraAccess as EntraAccess
    from .entra import EntraAssignment as EntraAssignment
    from .entra import EntraGranted as EntraGranted
    from .exchanges import Exchanged as Exchanged
    from .identities import AccessToken as AccessToken
    from .identities import CreatedIdentity as CreatedIdentity
    from .identities import Identity as Identity
    from .numbers import EnsuredNumber as EnsuredNumber
    from .numbers import Finding as Finding
    from .numbers import MovedNumber as MovedNumber
    from .numbers import NumberAssignment as NumberAssignment
    from .numbers import NumberResult as NumberResult
    from .numbers import OperationReport as OperationReport
    from .numbers import Preflight as Preflight
    from .resource_accounts import ResourceAccount as ResourceAccount
    from .users import AssignedLicense as AssignedLicense
    from .users import EffectivePolicy as EffectivePolicy
    from .users import LicenseDetails as LicenseDetails
    from .users import ServicePlan as ServicePlan
    from .users import SubscribedSku as SubscribedSku
    from .users import User as User
    from .users import UserConfiguration as UserConfiguration
    from .users import UserNumber as UserNumber

_HOMES = {
    "Assignment": "assignments",
    "Change": "assignments",
    "Ensured": "assignments",
    "Granted": "assignments",
    "Revoked": "assignments",
    "Model": "base",
    "BulkResult": "bulk",
    "Progress": "bulk",
    "BulkReport": "entra",
    "EntraAccess": "entra",
    "EntraAssignment": "entra",
    "EntraGranted": "entra",
    "Exchanged": "exchanges",
    "AccessToken": "identities",
    "CreatedIdentity": "identities",
    "Identity": "identities",
    "EnsuredNumber": "numbers",
    "Finding": "numbers",
    "MovedNumber": "numbers",
    "NumberAssignment": "numbers",
    "NumberResult": "numbers",
    "OperationReport": "numbers",
    "Preflight": "numbers",
    "ResourceAccount": "resource_accounts",
    "AssignedLicense": "users",
    "EffectivePolicy": "users",
    "LicenseDetails": "users",
    "ServicePlan": "users",
    "SubscribedSku": "users",
    "User": "users",
    "UserConfiguration": "users",
    "UserNumber": "users",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> object:
    from importlib import import_module

    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
