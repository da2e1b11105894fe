"""The official `azure-identity`, as published: its credentials sign in at the emulator over TLS and open our clients."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("azure.identity", reason="azure-identity is not installed")
pytest.importorskip("aiohttp", reason="aiohttp is not installed")

import azure.identity  # noqa: E402
import azure.identity.aio  # noqa: E402
from azure.core.credentials import AzureKeyCredential  # noqa: E402

import teams_phone  # noqa: E402
import teams_phone.aio  # noqa: E402
from teams_phone import credentials  # noqa: E402
from teams_phone.testing import Emulator  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from azure.core.credentials import TokenCredential
    from azure.core.credentials_async import AsyncTokenCredential
    from support.face import Face

SCOPE = "https://communication.azure.com//.default"
CERTIFIED = "a0000000-0000-4000-8000-0000000000c1"
PEM = Path(__file__).parents[2] / "crates/teams-phone-entra/tests/it/application.pem"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator with TLS, which `azure-identity` insists on, whose certificate `requests` trusts."""
    text = PEM.read_text()
    application = {
        "client_id": CERTIFIED,
        "certificates": [text[text.index("-----BEGIN CERTIFICATE") :]],
        "manages_resource": True,
    }
    ca_file = tmp_path_factory.mktemp("tls") / "ca.pem"
    with (
        Emulator(
            tls=True, ca_file=ca_file, graph_tenant="demo", applications=[application]
        ) as running,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("REQUESTS_CA_BUNDLE", str(ca_file))
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        yield running


@pytest.fixture
def emulator(authority: Emulator) -> Emulator:
    """Takes the place of the session's emulator in this file."""
    authority.reset()
    return authority


def by_secret(emulator: Emulator, secret: str | None = None) -> azure.identity.ClientSecretCredential:
    entra = emulator.entra
    return azure.identity.ClientSecretCredential(
        entra.tenant_id,
        entra.client_id,
        secret or entra.client_secret,
        authority=entra.authority_host,
        disable_instance_discovery=True,
    )


def by_secret_aio(
    emulator: Emulator, secret: str | None = None
) -> azure.identity.aio.ClientSecretCredential:
    entra = emulator.entra
    return azure.identity.aio.ClientSecretCredential(
        entra.tenant_id,
        entra.client_id,
        secret or entra.client_secret,
        authority=entra.authority_host,
        disable_instance_discovery=True,
        connection_verify=os.environ["REQUESTS_CA_BUNDLE"],
    )


def by_certificate(emulator: Emulator) -> azure.identity.CertificateCredential:
    entra = emulator.entra
    return azure.identity.CertificateCredential(
        entra.tenant_id,
        CERTIFIED,
        str(PEM),
        authority=entra.authority_host,
        disable_instance_discovery=True,
    )


def chained(emulator: Emulator) -> azure.identity.ChainedTokenCredential:
    return azure.identity.ChainedTokenCredential(
        azure.identity.EnvironmentCredential(), by_secret(emulator)
    )


def provider(emulator: Emulator) -> Callable[[], str]:
    return azure.identity.get_bearer_token_provider(by_secret(emulator), SCOPE)


def settings(emulator: Emulator) -> dict[str, Any]:
    return {"ca_bundle": (emulator.ca_pem or "").encode()}


def sign_ins(emulator: Emulator) -> int:
    return sum(request.path.endswith("/token") for request in emulator.requests())


def manages(client: Any, tenant: str, account: str) -> None:
    """Grants, verifies and revokes."""
    granted = client.assignments.grant(tenant, account, "teamsResourceAccount")
    assert granted.created
    assert client.assignments.get(tenant, account) == granted.assignment
    client.assignments.revoke_and_verify(tenant, account)


@pytest.mark.parametrize("make", [by_secret, by_certificate, chained, provider])
def test_its_credentials_open_both_faces(
    face: Face,
    emulator: Emulator,
    make: Callable[[Emulator], Any],
    tenant: str,
    account: str,
    caplog: Any,
) -> None:
    caplog.set_level(logging.DEBUG, logger="teams_phone")
    client = face.open(face.module.Client(emulator.url, make(emulator), **settings(emulator)))
    manages(client, tenant, account)
    assert sign_ins(emulator) == 1
    for hidden in ("eyJhbGciOi", emulator.entra.client_secret):
        assert hidden not in caplog.text


def test_its_asynchronous_credentials_open_the_asyncio_clients(
    emulator: Emulator, tenant: str, account: str
) -> None:
    async def main() -> None:
        credential = by_secret_aio(emulator)
        async with (
            credential,
            teams_phone.aio.Client(emulator.url, credential, **settings(emulator)) as client,
            teams_phone.aio.GraphClient(
                credential, endpoint=emulator.url, **settings(emulator)
            ) as graph,
        ):
            calls = (
                client.assignments.ensure(tenant, account, "teamsResourceAccount")
                for _ in range(20)
            )
            await asyncio.gather(*calls)
            await client.assignments.revoke_and_verify(tenant, account)
            assert [found async for found in graph.resource_accounts.list()]

    asyncio.run(main())
    assert sign_ins(emulator) == 2


def test_its_asynchronous_token_provider_opens_the_asyncio_client(
    emulator: Emulator, tenant: str, account: str
) -> None:
    async def main() -> None:
        credential = by_secret_aio(emulator)
        token = azure.identity.aio.get_bearer_token_provider(credential, SCOPE)
        async with (
            credential,
            teams_phone.aio.Client(emulator.url, token, **settings(emulator)) as client,
        ):
            await client.assignments.ensure(tenant, account, "teamsResourceAccount")

    asyncio.run(main())
    assert sign_ins(emulator) == 1


def test_the_blocking_clients_refuse_asynchronous_credentials(emulator: Emulator) -> None:
    credential = by_secret_aio(emulator)
    token = azure.identity.aio.get_bearer_token_provider(credential, SCOPE)
    with pytest.raises(TypeError, match=r"teams_phone\.aio"):
        teams_phone.Client(emulator.url, credential)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"teams_phone\.aio"):
        teams_phone.GraphClient(credential)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"teams_phone\.aio"):
        teams_phone.Client(emulator.url, token)  # type: ignore[arg-type]
    asyncio.run(credential.close())


def test_a_wrong_secret_is_its_error_with_ours_around(
    face: Face, emulator: Emulator, tenant: str, account: str
) -> None:
    makes: list[Callable[..., Any]] = [by_secret]
    if face.is_async:
        makes.append(by_secret_aio)
    for make in makes:
        credential = make(emulator, "hunter2-is-wrong")
        client = face.open(face.module.Client(emulator.url, credential, **settings(emulator)))
        with pytest.raises(teams_phone.CredentialError) as caught:
            client.assignments.get(tenant, account)
        assert "ClientAuthenticationError" in str(caught.value)
        assert "AADSTS7000215" in str(caught.value.__cause__)
        assert "hunter2" not in f"{caught.value!r} {caught.value.__dict__}"
        face.settle(credential.close())


def test_one_credential_opens_the_resource_and_graph(
    face: Face, emulator: Emulator, tenant: str, account: str
) -> None:
    credential = by_secret(emulator)
    graph = face.open(
        face.module.GraphClient(credential, endpoint=emulator.url, **settings(emulator))
    )
    assert list(graph.resource_accounts.list())
    client = face.open(face.module.Client(emulator.url, credential, **settings(emulator)))
    manages(client, tenant, account)
    assert sign_ins(emulator) == 2


def test_a_key_credential_of_azure_core_signs(
    face: Face, emulator: Emulator, tenant: str, account: str
) -> None:
    credential = AzureKeyCredential(emulator.access_key)
    client = face.open(face.module.Client(emulator.url, credential, **settings(emulator)))
    manages(client, tenant, account)
    assert sign_ins(emulator) == 0
    with pytest.raises(TypeError):
        face.module.GraphClient(credential)


def test_those_that_wait_for_a_person_can_be_told_from_others() -> None:
    """By a method that only they have; `test_token_sources` has what follows from it."""
    for kind in (azure.identity.InteractiveBrowserCredential, azure.identity.DeviceCodeCredential):
        assert hasattr(kind, "authenticate")
    assert not hasattr(azure.identity.ClientSecretCredential, "authenticate")
    assert not hasattr(azure.identity.aio.ClientSecretCredential, "authenticate")
    assert chained_members(azure.identity.ChainedTokenCredential)


def chained_members(kind: Any) -> bool:
    """Whether the members of a chain can be seen."""
    return hasattr(kind(azure.identity.EnvironmentCredential()), "credentials")


def test_our_credentials_sign_in_over_tls(
    face: Face, emulator: Emulator, tenant: str, account: str, tmp_path: Path
) -> None:
    entra = emulator.entra
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text(emulator.ca_pem or "")
    for bundle in (ca_file, str(ca_file), ca_file.read_bytes()):
        credential = credentials.ClientSecretCredential(
            entra.tenant_id,
            entra.client_id,
            entra.client_secret,
            authority=entra.authority_host,
            ca_bundle=bundle,
        )
        client = face.open(face.module.Client(emulator.url, credential, ca_bundle=bundle))
        manages(client, tenant, account)


def test_types_agree(emulator: Emulator) -> None:
    """What a type checker accepts; each line is also true at run time."""
    blocking: TokenCredential = by_secret(emulator)
    unused = by_secret_aio(emulator)
    asynchronous: AsyncTokenCredential = unused
    sources: list[credentials.TokenSource] = [blocking, provider(emulator), lambda: "token"]
    keys: list[credentials.AnyCredential] = ["a2V5", AzureKeyCredential("a2V5"), *sources]
    awaited: list[credentials.AsyncTokenSource] = [
        *sources,
        asynchronous,
        azure.identity.aio.get_bearer_token_provider(asynchronous, SCOPE),
        credentials.StaticTokenCredential("token"),
    ]
    for source in keys:
        teams_phone.Client(emulator.url, source).close()
    for awaitable in awaited:
        teams_phone.aio.Client(emulator.url, awaitable)
        teams_phone.aio.GraphClient(awaitable)
    asyncio.run(unused.close())
