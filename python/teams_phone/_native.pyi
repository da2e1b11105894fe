from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from os import PathLike
from types import GenericAlias
from typing import Any, Generic, TypeVar, final

from .credentials import AnyAsyncCredential, AsyncTokenSource
from .identifier import AnyIdentifier
from .models.assignments import Assignment, Ensured, Granted, Revoked
from .models.entra import BulkReport, EntraAssignment, EntraGranted
from .models.exchanges import Exchanged
from .models.identities import AccessToken, CreatedIdentity, Identity
from .models.numbers import (
    EnsuredNumber,
    MovedNumber,
    NumberAssignment,
    OperationReport,
    Preflight,
)
from .models.resource_accounts import ResourceAccount
from .models.users import (
    AssignedLicense,
    LicenseDetails,
    SubscribedSku,
    User,
    UserConfiguration,
)
from .options import PollPolicy, RateLimits, RetryPolicy
from .phone_number import PhoneNumber
from .types import CallOptions, Duration

__all__ = [
    "Ask",
    "Bridge",
    "Bulk",
    "Call",
    "Client",
    "GraphClient",
    "run_command",
    "EntraCredential",
    "Emulator",
    "generation",
    "model_fields",
    "Operation",
    "CallingCredential",
    "identifier",
    "identifier_json",
    "phone_number",
    "Pages",
    "Runtime",
    "VERSION",
    "OPTIMISED",
]

_T = TypeVar("_T")

VERSION: str
OPTIMISED: bool

def generation() -> int: ...
def model_fields() -> list[tuple[str, str, list[str]]]: ...
def identifier(raw_id: str) -> AnyIdentifier: ...
def identifier_json(raw_id: str) -> str: ...
def phone_number(text: str) -> PhoneNumber: ...
def run_command(argv: Sequence[str]) -> int: ...

@final
class Emulator:
    def __new__(cls, **options: Any) -> Emulator: ...
    @property
    def url(self) -> str: ...
    @property
    def access_key(self) -> str: ...
    @property
    def connection_string(self) -> str: ...
    @property
    def ca_pem(self) -> str | None: ...
    @property
    def tenant_id(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def client_secret(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def user_name(self) -> str: ...
    @property
    def running(self) -> bool: ...
    def stop(self) -> None: ...
    def requests(self) -> str: ...
    def state(self) -> str: ...
    def set_state(self, document: str) -> None: ...
    def reset(self) -> None: ...
    def inject(self, faults: str) -> list[int]: ...
    def clear_faults(self) -> None: ...
    def advance_clock(self, by: timedelta) -> None: ...
    def set_subscription_allowed(self, allowed: bool) -> None: ...
    def app_claims(self, scope: str) -> str: ...
    def user_claims(self, scopes: str) -> str: ...
    def sign(self, claims: str) -> str: ...
    def approve_device_code(self, user_code: str) -> bool: ...
    def decline_device_code(self, user_code: str) -> bool: ...
    def graph_tenant(self) -> str: ...
    def graph_add(self, what: str, document: str) -> str: ...
    def graph_plan(self, plans: str) -> None: ...
    def graph_configure(self, changes: str) -> None: ...
    def graph_operation_status(self, id: str) -> str | None: ...

@final
class Call(Generic[_T]):
    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...

@final
class Runtime:
    def __new__(cls) -> Runtime: ...
    def run(self, call: Call[_T]) -> _T: ...
    def settle(self) -> None: ...
    def close(self) -> None: ...

@final
class Ask:
    @property
    def is_moot(self) -> bool: ...
    @property
    def is_async(self) -> bool: ...
    def call(self) -> Any: ...
    def answer(self) -> Awaitable[Any] | None: ...
    def reply(self, answer: Any) -> None: ...
    def fail(self, error: BaseException) -> None: ...

@final
class Bridge:
    def __new__(cls) -> Bridge: ...
    def fileno(self) -> int: ...
    def submit(self, future: Any, call: Call[Any]) -> int: ...
    def cancel(self, slot: int) -> None: ...
    def drain(self) -> list[Ask]: ...
    def wait(self) -> bool: ...
    def pending(self) -> int: ...
    def close(self) -> None: ...

@final
class Pages(Generic[_T]):
    def next(self) -> Call[list[_T] | None]: ...

@final
class Operation:
    @property
    def id(self) -> str | None: ...

@final
class Bulk:
    def prepare(self, function: Callable[..., Call[_T]], *arguments: Any) -> Call[_T]: ...
    def put(self, key: int, call: Call[Any]) -> None: ...
    def fail(self, key: int, error: BaseException) -> None: ...
    def next(self, patience: float | None = None) -> Call[list[tuple[int, Any, Any]]]: ...
    def close(self) -> None: ...

@final
class EntraCredential:
    @staticmethod
    def client_secret(
        tenant: str,
        client_id: str,
        secret: str,
        authority: str | None = None,
        roots: bytes | None = None,
    ) -> EntraCredential: ...
    @staticmethod
    def client_certificate(
        tenant: str,
        client_id: str,
        pem: bytes,
        chain: bool,
        authority: str | None = None,
        roots: bytes | None = None,
    ) -> EntraCredential: ...
    @staticmethod
    def workload_identity(
        tenant: str | None = None,
        client_id: str | None = None,
        token_file: str | PathLike[str] | None = None,
        authority: str | None = None,
        roots: bytes | None = None,
    ) -> EntraCredential: ...
    @staticmethod
    def managed_identity(user_assigned: tuple[str, str] | None = None) -> EntraCredential: ...
    @staticmethod
    def azure_cli(
        tenant: str | None = None, subscription: str | None = None
    ) -> EntraCredential: ...
    @staticmethod
    def developer_tools() -> EntraCredential: ...
    @staticmethod
    def browser(
        tenant: str,
        client_id: str,
        tell: Callable[[str], object],
        login_hint: str | None = None,
        timeout: Duration | None = None,
        authority: str | None = None,
        roots: bytes | None = None,
    ) -> EntraCredential: ...
    @staticmethod
    def device_code(
        tenant: str,
        client_id: str,
        tell: Callable[[str, str, datetime], object],
        authority: str | None = None,
        roots: bytes | None = None,
    ) -> EntraCredential: ...
    @staticmethod
    def static_token(token: str, expires_on: float | None = None) -> EntraCredential: ...
    def get_token(self, scopes: list[str], claims: str | None = None) -> Call[tuple[str, int]]: ...
    def close(self) -> None: ...

@final
class Client:
    def __new__(
        cls,
        endpoint: str,
        credential: AnyAsyncCredential,
        settings: dict[str, Any] | None = None,
        *,
        blocking: bool = True,
    ) -> Client: ...
    @staticmethod
    def from_connection_string(text: str, settings: dict[str, Any] | None = None) -> Client: ...
    @staticmethod
    def from_env(settings: dict[str, Any] | None = None) -> Client: ...
    @property
    def endpoint(self) -> str: ...
    @property
    def clock_skew(self) -> int: ...
    def close(self) -> None: ...
    def bulk(
        self, concurrency: int, *, limits: RateLimits | None = None, unlimited: bool = False
    ) -> Bulk: ...

    # assignments
    def assignments_grant(
        self,
        tenant: str,
        object: str,
        principal_type: str,
        client_ids: list[str],
        options_: CallOptions | None = None,
    ) -> Call[Granted]: ...
    def assignments_get(
        self, tenant: str, object: str, options_: CallOptions | None = None
    ) -> Call[Assignment]: ...
    def assignments_revoke(
        self, tenant: str, object: str, options_: CallOptions | None = None
    ) -> Call[None]: ...
    def assignments_revoke_and_verify(
        self,
        tenant: str,
        object: str,
        within: Duration | None = None,
        options_: CallOptions | None = None,
    ) -> Call[Revoked]: ...
    def assignments_ensure(
        self,
        tenant: str,
        object: str,
        principal_type: str,
        client_ids: list[str],
        options_: CallOptions | None = None,
    ) -> Call[Ensured]: ...

    # identities
    def identities_create(
        self,
        custom_id: str | None = None,
        with_token: Iterable[str] | None = None,
        valid_for: Duration | None = None,
        options_: CallOptions | None = None,
    ) -> Call[CreatedIdentity]: ...
    def identities_get(
        self, identity: str, options_: CallOptions | None = None
    ) -> Call[Identity]: ...
    def identities_delete(
        self, identity: str, options_: CallOptions | None = None
    ) -> Call[None]: ...
    def identities_issue_token(
        self,
        identity: str,
        scopes_: Iterable[str],
        valid_for: Duration | None = None,
        options_: CallOptions | None = None,
    ) -> Call[AccessToken]: ...
    def identities_revoke_tokens(
        self, identity: str, options_: CallOptions | None = None
    ) -> Call[None]: ...

    # entra assignments
    def entra_assignments_grant(
        self,
        object: str,
        access_: tuple[str, str, list[str]],
        options_: CallOptions | None = None,
    ) -> Call[EntraGranted]: ...
    def entra_assignments_get(
        self, object: str, options_: CallOptions | None = None
    ) -> Call[EntraAssignment]: ...
    def entra_assignments_revoke(
        self, object: str, options_: CallOptions | None = None
    ) -> Call[None]: ...
    def entra_assignments_list(
        self, options_: CallOptions | None = None
    ) -> Pages[EntraAssignment]: ...
    def entra_assignments_update(
        self,
        changes_: list[tuple[str, tuple[str, str, list[str]] | None]],
        batch_size: int | None = None,
        limits: RateLimits | None = None,
        unlimited: bool = False,
        options_: CallOptions | None = None,
    ) -> Call[BulkReport]: ...

    # exchanges
    def exchanges_teams_user(
        self,
        token: str,
        client_id: str,
        user: str,
        tenant: str | None = None,
        checked: bool = True,
        options_: CallOptions | None = None,
    ) -> Call[AccessToken]: ...
    def exchanges_teams_phone(
        self,
        token: str | AsyncTokenSource,
        scopes_: Iterable[str] | None = None,
        options_: CallOptions | None = None,
    ) -> Call[Exchanged]: ...
    def exchanges_entra(
        self,
        token: str | AsyncTokenSource,
        scopes_: Iterable[str] | None = None,
        options_: CallOptions | None = None,
    ) -> Call[Exchanged]: ...

@final
class CallingCredential:
    def __new__(
        cls,
        endpoint: str,
        user: AsyncTokenSource,
        scopes_: Iterable[str] | None = None,
        retry_: RetryPolicy | None = None,
        roots: bytes | None = None,
    ) -> CallingCredential: ...
    @property
    def endpoint(self) -> str: ...
    def get_token(self) -> Call[AccessToken]: ...
    def forget(self, token: str) -> None: ...
    def close(self) -> None: ...

@final
class GraphClient:
    def __new__(
        cls,
        endpoint: str | None,
        credential: AsyncTokenSource,
        settings: dict[str, Any] | None = None,
        *,
        blocking: bool = True,
    ) -> GraphClient: ...
    @property
    def endpoint(self) -> str: ...
    def close(self) -> None: ...

    # numbers
    def numbers_list(
        self,
        conditions: dict[str, Any],
        page_size_: int | None = None,
        options_: CallOptions | None = None,
    ) -> Pages[NumberAssignment]: ...
    def numbers_get(
        self,
        number: str,
        options_: CallOptions | None = None,
    ) -> Call[NumberAssignment]: ...
    def numbers_get_by_id(
        self,
        id: str,
        options_: CallOptions | None = None,
    ) -> Call[NumberAssignment]: ...
    def numbers_update(
        self,
        number: str,
        location_id: str | None = None,
        network_site_id: str | None = None,
        reverse_number_lookup_options: Iterable[str] | None = None,
        options_: CallOptions | None = None,
    ) -> Call[None]: ...
    def numbers_preflight(
        self,
        number: str,
        target: str,
        skip: Iterable[str],
        options_: CallOptions | None = None,
    ) -> Call[Preflight]: ...
    def numbers_assign(
        self,
        number: str,
        target: str,
        number_type: str,
        terms: dict[str, Any],
        options_: CallOptions | None = None,
    ) -> Call[OperationReport]: ...
    def numbers_start_assign(
        self,
        number: str,
        target: str,
        number_type: str,
        terms: dict[str, Any],
        options_: CallOptions | None = None,
    ) -> Call[Operation]: ...
    def numbers_unassign(
        self,
        number: str,
        number_type: str,
        terms: dict[str, Any],
        options_: CallOptions | None = None,
    ) -> Call[OperationReport]: ...
    def numbers_start_unassign(
        self,
        number: str,
        number_type: str,
        terms: dict[str, Any],
        options_: CallOptions | None = None,
    ) -> Call[Operation]: ...
    def numbers_ensure_assigned(
        self,
        number: str,
        target: str,
        terms: dict[str, Any],
        options_: CallOptions | None = None,
    ) -> Call[EnsuredNumber]: ...
    def numbers_move_to(
        self,
        number: str,
        target: str,
        terms: dict[str, Any],
        options_: CallOptions | None = None,
    ) -> Call[MovedNumber]: ...
    def numbers_operation(
        self,
        id: str,
        policy: PollPolicy | None = None,
        options_: CallOptions | None = None,
    ) -> Operation: ...
    def operation_poll(
        self,
        operation: Operation,
        options_: CallOptions | None = None,
    ) -> Call[OperationReport]: ...
    def operation_wait(
        self,
        operation: Operation,
        policy: PollPolicy | None = None,
        options_: CallOptions | None = None,
    ) -> Call[OperationReport]: ...
    def operation_result(
        self,
        operation: Operation,
        policy: PollPolicy | None = None,
        options_: CallOptions | None = None,
    ) -> Call[OperationReport]: ...

    # resource accounts
    def resource_accounts_list(
        self,
        app_id: str | None = None,
        acs_resource_id: str | None = None,
        page_size_: int | None = None,
        options_: CallOptions | None = None,
    ) -> Pages[ResourceAccount]: ...
    def resource_accounts_get(
        self,
        id: str,
        options_: CallOptions | None = None,
    ) -> Call[ResourceAccount]: ...

    # users
    def users_get(
        self,
        user: str,
        options_: CallOptions | None = None,
    ) -> Call[User]: ...
    def users_resolve(
        self,
        user: str,
        options_: CallOptions | None = None,
    ) -> Call[str]: ...
    def users_set_usage_location(
        self,
        user: str,
        country: str,
        options_: CallOptions | None = None,
    ) -> Call[None]: ...
    def users_subscribed_skus(
        self,
        options_: CallOptions | None = None,
    ) -> Call[tuple[SubscribedSku, ...]]: ...
    def users_license_details(
        self,
        user: str,
        options_: CallOptions | None = None,
    ) -> Call[tuple[LicenseDetails, ...]]: ...
    def users_assign_license(
        self,
        user: str,
        sku: str,
        within: Duration | None = None,
        options_: CallOptions | None = None,
    ) -> Call[AssignedLicense]: ...
    def users_configuration(
        self,
        user: str,
        options_: CallOptions | None = None,
    ) -> Call[UserConfiguration]: ...
    def users_configurations(
        self,
        odata: str | None = None,
        page_size_: int | None = None,
        options_: CallOptions | None = None,
    ) -> Pages[UserConfiguration]: ...
