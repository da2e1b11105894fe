"""Results of calls about users: the directory's entry, licences, settings in Teams."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from ..types import AccountType, AssignmentCategory, AssignmentType


@dataclass(frozen=True, slots=True)
class User(Model):
    """A user or resource account in the directory."""

    id: str
    """The object id."""
    user_principal_name: str | None
    """The name to sign in with."""
    display_name: str | None
    """The name that people see."""
    account_enabled: bool | None
    """Whether the account can sign in; resource accounts cannot."""
    usage_location: str | None
    """The country in which services are used, as two letters of ISO 3166-1; licences depend on it."""
    department: str | None
    """The department; by convention resource accounts have one of their own."""
    assigned_licenses: tuple[str, ...]
    """The products that the account has licences of, by id."""


@dataclass(frozen=True, slots=True)
class ServicePlan(Model):
    """One service of a product."""

    service_plan_id: str
    """Its id, a GUID."""
    service_plan_name: str
    """Its name in the API, such as `MCOEV`."""
    provisioning_status: str | None
    """How far it is set up, such as `Success` or `PendingActivation`."""


@dataclass(frozen=True, slots=True)
class SubscribedSku(Model):
    """A product that the tenant has bought, with the number of licences."""

    sku_id: str
    """The product's id, a GUID."""
    sku_part_number: str
    """The product's name in the API, such as `PHONESYSTEM_VIRTUALUSER`."""
    capability_status: str | None
    """Whether it can be used, such as `Enabled` or `Suspended`."""
    consumed_units: int
    """Licences that are assigned."""
    enabled_units: int
    """Licences that were bought and can be assigned."""
    service_plans: tuple[ServicePlan, ...]
    """The services in it."""
    available_units: int
    """Licences that are free."""


@dataclass(frozen=True, slots=True)
class LicenseDetails(Model):
    """A licence that an account has."""

    sku_id: str
    """The product's id, a GUID."""
    sku_part_number: str
    """The product's name in the API, such as `PHONESYSTEM_VIRTUALUSER`."""
    service_plans: tuple[ServicePlan, ...]
    """The services in it."""


@dataclass(frozen=True, slots=True)
class AssignedLicense(Model):
    """What a request for a licence did."""

    user: User
    """The account."""
    sku: SubscribedSku
    """The product."""
    changed: bool
    """Whether the licence is new; `False` if the account had it already."""


@dataclass(frozen=True, slots=True)
class UserNumber(Model):
    """A number of a user."""

    telephone_number: str
    """The number."""
    assignment_category: AssignmentCategory | str | None
    """The part it plays."""


@dataclass(frozen=True, slots=True)
class EffectivePolicy(Model):
    """A policy in force for a user."""

    policy_type: str
    """What it is about, such as `TeamsCallingPolicy`."""
    display_name: str | None
    """Its name."""
    policy_id: str | None
    """Its id."""
    assignment_type: AssignmentType | str | None
    """Whether it was given to the user or to a group."""
    group_id: str | None
    """That group."""


@dataclass(frozen=True, slots=True)
class UserConfiguration(Model):
    """The Teams settings of a user."""

    id: str
    """The object id in the directory."""
    user_principal_name: str | None
    """The name to sign in with."""
    tenant_id: str | None
    """The tenant."""
    account_type: AccountType | str | None
    """What kind of account it is."""
    telephone_numbers: tuple[UserNumber, ...]
    """The numbers that are assigned."""
    feature_types: tuple[str, ...]
    """What the licences entitle to, such as `Teams` and `CallingPlan`."""
    is_enterprise_voice_enabled: bool | None
    """Whether calls to and from the telephone network are on."""
    effective_policy_assignments: tuple[EffectivePolicy, ...]
    """The policies in force."""
    created_date_time: datetime | None
    """When the settings came to be."""
    modified_date_time: datetime | None
    """When they last changed."""
