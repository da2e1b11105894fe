"""Owns the ways to sign in to Microsoft Entra ID, and the types of everything that clients take as a credential.

Clients take an access key, a credential of this module, of `azure.identity` or of `azure.core`, or a function that
returns a token. The credentials here bring no further package and no further TLS library: Rust does the work. They
keep tokens in memory until shortly before they expire, ask once for all calls that wait, and write nothing to disk.
Clients that are given the same object share its tokens; threads, event loops and forked processes may use it too.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from ._native import EntraCredential as _Native
from ._native import Runtime as _Runtime
from ._pem import pem as _pem
from ._sources import (
    AccessTokenLike,
    AnyAsyncCredential,
    AnyCredential,
    AsyncTokenCredential,
    AsyncTokenSource,
    KeyCredential,
    TokenCredential,
    TokenSource,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime, timedelta
    from os import PathLike
    from types import TracebackType

    from typing_extensions import Self

__all__ = [
    "AccessToken",
    "AccessTokenLike",
    "AnyAsyncCredential",
    "AnyCredential",
    "AsyncTokenCredential",
    "AsyncTokenSource",
    "AuthorityHosts",
    "AzureCliCredential",
    "CertificateCredential",
    "ClientSecretCredential",
    "DeveloperToolsCredential",
    "DeviceCodeCredential",
    "EntraCredential",
    "InteractiveBrowserCredential",
    "KeyCredential",
    "ManagedIdentityCredential",
    "StaticTokenCredential",
    "TokenCredential",
    "TokenSource",
    "WorkloadIdentityCredential",
]


class AuthorityHosts:
    """The sign-in services of Microsoft's clouds."""

    PUBLIC = "https://login.microsoftonline.com"
    US_GOVERNMENT = "https://login.microsoftonline.us"


class AccessToken(NamedTuple):
    """A token and when it expires."""

    token: str
    """The token: a secret."""
    expires_on: int
    """Seconds since 1970."""

    def __repr__(self) -> str:
        return f"AccessToken(token='...', expires_on={self.expires_on})"


class EntraCredential:
    """What the credentials of this module have in common; not to be made itself."""

    __slots__ = ("__weakref__", "_native", "_shown")

    _native: _Native
    _shown: dict[str, object]

    def __init__(self) -> None:
        raise TypeError("make one of the subclasses, such as ClientSecretCredential")

    def _hold(self, credential: _Native, **shown: object) -> None:
        self._native = credential
        self._shown = {name: value for name, value in shown.items() if value is not None}

    def get_token(self, *scopes: str, claims: str | None = None, **_options: Any) -> AccessToken:
        """Gets a token, as the credentials of `azure.identity` do, so that other clients can use this one.

        Blocks until there is one; clients of `teams_phone.aio` do not call it. Other keyword arguments that
        clients of Azure pass have no effect.

        - `scopes`: what the token is for, such as `https://graph.microsoft.com/.default`.
        - `claims`: what a service asked for when it refused a token (JSON); brings a new one.

        Raises `CredentialError` if there is none, and `ConnectError` or `ThrottledError` if that may pass.

        >>> credential = StaticTokenCredential("eyJ0...", expires_on=4_102_444_800)
        >>> credential.get_token("https://graph.microsoft.com/.default").expires_on
        4102444800
        """
        return AccessToken(*_runtime.run(self._native.get_token(list(scopes), claims)))

    def close(self) -> None:
        """Forgets the tokens and closes the connections; clients that were given it keep theirs."""
        self._native.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._shown.items())
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> str:
        raise TypeError("a credential holds secrets; make one where it is needed")


class ClientSecretCredential(EntraCredential):
    """Signs in an application with a secret.

    - `tenant_id`: the directory (tenant) of the app registration, by GUID or domain.
    - `client_id`: the application (client) id, a GUID.
    - `client_secret`: the secret's value, not its id.
    - `authority`: the sign-in service, see `AuthorityHosts`; https, or http on this machine.
    - `ca_bundle`: certificates trusted besides the platform's: the path of a PEM file, or PEM text as bytes.

    Raises `ConfigError` if something of it is wrong. Sends nothing.

    >>> entra = emulator.entra
    >>> credential = ClientSecretCredential(
    ...     entra.tenant_id, entra.client_id, entra.client_secret, authority=entra.authority_host
    ... )
    >>> credential.get_token("https://communication.azure.com//.default").token.count(".")
    2
    """

    __slots__ = ()

    def __init__(
        self,
        tenant_id: str | uuid.UUID,
        client_id: str | uuid.UUID,
        client_secret: str,
        *,
        authority: str | None = None,
        ca_bundle: str | PathLike[str] | bytes | None = None,
    ) -> None:
        tenant, client = str(tenant_id), str(client_id)
        native = _Native.client_secret(
            tenant, client, client_secret, authority, _pem(ca_bundle)
        )
        self._hold(native, tenant_id=tenant, client_id=client, authority=authority)


class CertificateCredential(EntraCredential):
    """Signs in an application with a certificate and its RSA private key, both in PEM.

    A PKCS#12 file (`.pfx`) becomes PEM with `openssl pkcs12 -in app.pfx -nodes -out app.pem`.

    - `certificate_path`: the file, read now; or `certificate_data`, what is in it.
    - `send_certificate_chain`: for applications that trust a subject name and its issuer.
    - Otherwise as `ClientSecretCredential`.

    Raises `ConfigError` if something of it is wrong, and `OSError` if the file cannot be read. Sends nothing.
    """

    __slots__ = ()

    def __init__(
        self,
        tenant_id: str | uuid.UUID,
        client_id: str | uuid.UUID,
        certificate_path: str | PathLike[str] | None = None,
        *,
        certificate_data: bytes | str | None = None,
        send_certificate_chain: bool = False,
        authority: str | None = None,
        ca_bundle: str | PathLike[str] | bytes | None = None,
    ) -> None:
        if (certificate_path is None) == (certificate_data is None):
            raise TypeError("give either certificate_path or certificate_data")
        pem = certificate_data.encode() if isinstance(certificate_data, str) else certificate_data
        if certificate_path is not None:
            pem = _pem(certificate_path, "certificate_path")
        assert pem is not None
        tenant, client = str(tenant_id), str(client_id)
        native = _Native.client_certificate(
            tenant, client, pem, send_certificate_chain, authority, _pem(ca_bundle)
        )
        self._hold(native, tenant_id=tenant, client_id=client, authority=authority)


class WorkloadIdentityCredential(EntraCredential):
    """Signs in as the workload identity of a Kubernetes pod.

    What is not given comes from the environment that the cluster makes, when a token is needed:
    `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_FEDERATED_TOKEN_FILE`.

    - `token_file_path`: the file with the federated token, read for every new token.
    - `authority`, `ca_bundle`: as for `ClientSecretCredential`.

    Raises `ConfigError` if something of it is wrong. Sends nothing.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        tenant_id: str | uuid.UUID | None = None,
        client_id: str | uuid.UUID | None = None,
        token_file_path: str | PathLike[str] | None = None,
        authority: str | None = None,
        ca_bundle: str | PathLike[str] | bytes | None = None,
    ) -> None:
        tenant, client = _text(tenant_id), _text(client_id)
        native = _Native.workload_identity(
            tenant, client, token_file_path, authority, _pem(ca_bundle)
        )
        self._hold(native, tenant_id=tenant, client_id=client, authority=authority)


class ManagedIdentityCredential(EntraCredential):
    """Signs in as the managed identity of a virtual machine, an App Service or a container app.

    The system-assigned one, unless a user-assigned one is named by one of `client_id`, `object_id` (of its service
    principal) and `resource_id` (`/subscriptions/...`). New roles may take effect a day late, because the host
    keeps tokens for that long.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        client_id: str | uuid.UUID | None = None,
        object_id: str | uuid.UUID | None = None,
        resource_id: str | None = None,
    ) -> None:
        names = {"client_id": client_id, "object_id": object_id, "resource_id": resource_id}
        given = [(by, str(name)) for by, name in names.items() if name is not None]
        if len(given) > 1:
            raise TypeError("give only one of client_id, object_id and resource_id")
        native = _Native.managed_identity(given[0] if given else None)
        self._hold(native, **dict(given))


class AzureCliCredential(EntraCredential):
    """Signs in as whoever is signed in to the Azure CLI (`az login`).

    - `tenant_id`: the tenant that the token is for; default: that of the CLI's current account.
    - `subscription`: chooses the account by a subscription it has, by name or id.
    """

    __slots__ = ()

    def __init__(
        self, *, tenant_id: str | uuid.UUID | None = None, subscription: str | None = None
    ) -> None:
        tenant = _text(tenant_id)
        native = _Native.azure_cli(tenant, subscription)
        self._hold(native, tenant_id=tenant, subscription=subscription)


class DeveloperToolsCredential(EntraCredential):
    """Signs in as whoever is signed in to the Azure CLI, or else to the Azure Developer CLI (`azd`)."""

    __slots__ = ()

    def __init__(self) -> None:
        self._hold(_Native.developer_tools())


class InteractiveBrowserCredential(EntraCredential):
    """Has a person sign in with the browser of this machine.

    The first token that is needed opens a page, and the browser comes back to `http://localhost` at a free port.
    Later tokens come from the refresh token, in memory; the page is opened again only when that has run out or was
    revoked. The wait for the person does not count as part of the call that needs the token.

    The app registration needs `http://localhost` as a redirect address of the platform
    `Mobile and desktop applications`.

    - `client_id`: the application (client) id, a GUID.
    - `tenant_id`: the tenant whose people sign in, by GUID or domain; default: any (`organizations`).
    - `login_hint`: the account's name, to be filled in.
    - `timeout`: how long to wait for the person; default 5 minutes.
    - `open_page`: is called with the page's address; default: opens it, and prints it to standard error. With
      clients of `teams_phone.aio` it may be a coroutine function. If it raises, so does the call.
    - `authority`, `ca_bundle`: as for `ClientSecretCredential`.

    Raises `ConfigError` if something of it is wrong. Sends and opens nothing.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        client_id: str | uuid.UUID,
        tenant_id: str | uuid.UUID = "organizations",
        login_hint: str | None = None,
        timeout: timedelta | float | None = None,
        open_page: Callable[[str], object] | None = None,
        authority: str | None = None,
        ca_bundle: str | PathLike[str] | bytes | None = None,
    ) -> None:
        tenant, client = str(tenant_id), str(client_id)
        native = _Native.browser(
            tenant,
            client,
            open_page or _open_page,
            login_hint,
            timeout,
            authority,
            _pem(ca_bundle),
        )
        self._hold(native, tenant_id=tenant, client_id=client, authority=authority)


class DeviceCodeCredential(EntraCredential):
    """Has a person sign in by typing a code on any device with a browser.

    The first token that is needed shows the code and waits until the person is done; later ones come from the
    refresh token, in memory. The wait for the person does not count as part of the call that needs the token.

    The app registration must allow public client flows. Many tenants block device codes by a conditional access
    policy; `InteractiveBrowserCredential` is the better choice where there is a browser.

    - `prompt_callback`: is called with the page's address, the code, and the moment until which it can be used, as
      in `azure.identity`; default: prints them to standard error. With clients of `teams_phone.aio` it may be a
      coroutine function. If it raises, so does the call.
    - Otherwise as `InteractiveBrowserCredential`.

    Raises `ConfigError` if something of it is wrong. Sends and shows nothing.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        client_id: str | uuid.UUID,
        tenant_id: str | uuid.UUID = "organizations",
        prompt_callback: Callable[[str, str, datetime], object] | None = None,
        authority: str | None = None,
        ca_bundle: str | PathLike[str] | bytes | None = None,
    ) -> None:
        tenant, client = str(tenant_id), str(client_id)
        native = _Native.device_code(
            tenant, client, prompt_callback or _print_code, authority, _pem(ca_bundle)
        )
        self._hold(native, tenant_id=tenant, client_id=client, authority=authority)


class StaticTokenCredential(EntraCredential):
    """A token that you have already; it is never renewed.

    - `token`: the token, without `Bearer`.
    - `expires_on`: when it expires: a `datetime` with its zone, or seconds since 1970; default: as it says itself.

    Raises `ConfigError` if it cannot be a token.

    >>> StaticTokenCredential("eyJ0...", expires_on=4_102_444_800).get_token("any")
    AccessToken(token='...', expires_on=4102444800)
    """

    __slots__ = ()

    def __init__(self, token: str, expires_on: datetime | float | None = None) -> None:
        given: Any = expires_on
        if hasattr(given, "tzinfo"):
            if given.tzinfo is None:
                raise TypeError("expires_on needs a time zone, such as datetime.timezone.utc")
            given = given.timestamp()
        self._hold(_Native.static_token(token, given))


_runtime = _Runtime()


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)


def _print_code(verification_uri: str, user_code: str, expires_on: datetime) -> None:
    until = f"{expires_on.astimezone():%H:%M}"
    text = f"To sign in, open {verification_uri} and enter the code {user_code} (until {until})."
    print(text, file=sys.stderr, flush=True)


def _open_page(url: str) -> None:
    import webbrowser

    print(f"To sign in, open {url}", file=sys.stderr, flush=True)
    webbrowser.open(url)
