"""Every credential of `teams_phone.credentials`, signing in at the emulator's authority or at hosts played here."""

from __future__ import annotations

import _thread
import asyncio
import copy
import json
import logging
import os
import pickle
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import teams_phone
import teams_phone.aio
from teams_phone import credentials
from teams_phone.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.face import Face

    Make = Callable[[Emulator], Any]

SCOPE = "https://communication.azure.com//.default"
CERTIFIED = "a0000000-0000-4000-8000-0000000000c1"
PEM = Path(__file__).parents[2] / "crates/teams-phone-entra/tests/it/application.pem"
NEVER = 4_102_444_800


@pytest.fixture(scope="module")
def authority() -> Iterator[Emulator]:
    """An emulator whose device codes are polled fast, and which knows an application by its certificate."""
    text = PEM.read_text()
    application = {
        "client_id": CERTIFIED,
        "certificates": [text[text.index("-----BEGIN CERTIFICATE") :]],
        "manages_resource": True,
    }
    with Emulator(
        graph_tenant="demo", device_code_interval=0, applications=[application]
    ) as running:
        yield running


@pytest.fixture
def emulator(authority: Emulator) -> Emulator:
    """Takes the place of the session's emulator in this file."""
    authority.reset()
    return authority


def secret(emulator: Emulator, **changes: Any) -> credentials.ClientSecretCredential:
    entra = emulator.entra
    given = {"tenant_id": entra.tenant_id, "client_id": entra.client_id, **changes}
    given.setdefault("client_secret", entra.client_secret)
    return credentials.ClientSecretCredential(**given, authority=entra.authority_host)


def by_file(emulator: Emulator) -> credentials.CertificateCredential:
    entra = emulator.entra
    return credentials.CertificateCredential(
        entra.tenant_id, CERTIFIED, PEM, authority=entra.authority_host
    )


def by_data(emulator: Emulator) -> credentials.CertificateCredential:
    entra = emulator.entra
    return credentials.CertificateCredential(
        entra.tenant_id,
        CERTIFIED,
        certificate_data=PEM.read_bytes(),
        send_certificate_chain=True,
        authority=entra.authority_host,
    )


def device_code(emulator: Emulator, prompt: Any = None) -> credentials.DeviceCodeCredential:
    entra = emulator.entra

    def approve(uri: str, code: str, expires_on: datetime) -> None:
        assert uri.startswith(emulator.url)
        assert expires_on - datetime.now(timezone.utc) > timedelta(minutes=1)
        assert entra.approve_device_code(code)

    return credentials.DeviceCodeCredential(
        tenant_id=entra.tenant_id,
        client_id=entra.client_id,
        prompt_callback=prompt or approve,
        authority=entra.authority_host,
    )


def visit(url: str) -> None:
    """What a browser does: asks the authority, and follows it back to the program that waits."""
    threading.Thread(target=lambda: urllib.request.urlopen(url).close()).start()


def browser(
    emulator: Emulator, open_page: Any = visit, **more: Any
) -> credentials.InteractiveBrowserCredential:
    entra = emulator.entra
    return credentials.InteractiveBrowserCredential(
        tenant_id=entra.tenant_id,
        client_id=entra.client_id,
        login_hint=entra.user_name,
        open_page=open_page,
        authority=entra.authority_host,
        **more,
    )


def static(emulator: Emulator) -> credentials.StaticTokenCredential:
    return credentials.StaticTokenCredential(emulator.entra.app_token(SCOPE))


def sign_ins(emulator: Emulator) -> int:
    return sum(request.path.endswith("/token") for request in emulator.requests())


@pytest.mark.parametrize("make", [secret, by_file, by_data, device_code, browser, static])
def test_opens_the_resource_and_shows_no_secret(
    face: Face, make: Make, emulator: Emulator, tenant: str, account: str, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    credential = make(emulator)
    client = face.open(face.module.Client(emulator.url, credential))
    for _ in range(2):
        with pytest.raises(teams_phone.NotFoundError):
            client.assignments.get(tenant, account)
    sent = [request for request in emulator.requests() if request.path.startswith("/access/")]
    assert len(sent) == 2
    shown = f"{credential!r} {credential} {client!r} {caplog.text}"
    certificate = PEM.read_text("utf-8").splitlines()[1]
    # Long enough to stand in no random id.
    for hidden in ("eyJhbGciOi", emulator.entra.client_secret, certificate, "PRIVATE KEY"):
        assert hidden not in shown


@pytest.mark.parametrize("make", [secret, device_code, browser])
def test_opens_graph_with_a_token_of_its_own(face: Face, make: Make, emulator: Emulator) -> None:
    graph = face.open(face.module.GraphClient(make(emulator), endpoint=emulator.url))
    assert next(iter(graph.resource_accounts.list()))


def test_clients_of_both_faces_share_the_tokens_of_one_credential(
    emulator: Emulator, tenant: str, account: str
) -> None:
    credential = secret(emulator)
    assert credential.get_token(SCOPE).token.count(".") == 2

    async def others() -> None:
        async with teams_phone.aio.Client(emulator.url, credential) as client:
            with pytest.raises(teams_phone.NotFoundError):
                await client.assignments.get(tenant, account)

    for _ in range(2):
        with (
            teams_phone.Client(emulator.url, credential) as client,
            pytest.raises(teams_phone.NotFoundError),
        ):
            client.assignments.get(tenant, account)
        asyncio.run(others())
    assert sign_ins(emulator) == 1
    credential.close()
    credential.get_token(SCOPE)
    assert sign_ins(emulator) == 2


def test_threads_ask_once(emulator: Emulator) -> None:
    credential = secret(emulator)
    got: list[str] = []
    threads = [
        threading.Thread(target=lambda: got.append(credential.get_token(SCOPE).token))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1
    assert sign_ins(emulator) == 1


def test_can_be_given_to_other_clients(emulator: Emulator) -> None:
    with secret(emulator) as credential:
        token = credential.get_token(SCOPE, tenant_id=None, enable_cae=True)
        assert token.expires_on > datetime.now().timestamp()
        assert token.token not in repr(token)
        assert credential.get_token(SCOPE) == token
        claims = '{"access_token":{"nbf":{"essential":true}}}'
        assert credential.get_token(SCOPE, claims=claims).token != token.token
        with pytest.raises(teams_phone.ConfigError, match="at least one scope"):
            credential.get_token()


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_cannot_be_copied_out(emulator: Emulator, copied: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="holds secrets"):
        copied(secret(emulator))


def test_a_wrong_secret_is_explained_and_not_shown(
    face: Face, emulator: Emulator, tenant: str, account: str, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    credential = secret(emulator, client_secret="hunter2-is-wrong")
    client = face.open(face.module.Client(emulator.url, credential))
    with pytest.raises(teams_phone.CredentialError, match="AADSTS7000215") as caught:
        client.assignments.get(tenant, account)
    assert "secret's value" in (caught.value.hint or "")
    assert sign_ins(emulator) == 1
    shown = f"{caught.value!r} {caught.value.__dict__} {credential!r} {caplog.text}"
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda e: secret(e, tenant_id="a/b"), "neither a GUID nor a domain"),
        (lambda e: secret(e, client_id="hunter2"), "client id is not a GUID"),
        (lambda e: secret(e, client_secret=""), "secret is empty"),
        (lambda e: credentials.CertificateCredential("t", CERTIFIED, __file__), "no private key"),
        (
            lambda e: credentials.CertificateCredential(
                "t", CERTIFIED, certificate_data=b"\x30\x82\xff"
            ),
            "openssl pkcs12",
        ),
        (lambda e: credentials.StaticTokenCredential(""), "empty"),
        (lambda e: credentials.StaticTokenCredential("hunter2 x"), "spaces"),
        (lambda e: credentials.StaticTokenCredential("x", expires_on=-1), "expires_on is -1; give"),
        (lambda e: credentials.StaticTokenCredential("x", expires_on=True), "expires_on is True"),
        (lambda e: credentials.StaticTokenCredential("x", expires_on="2100"), "of type str"),
        (
            lambda e: credentials.ClientSecretCredential(
                "t", CERTIFIED, "hunter2", authority="http://login.example"
            ),
            "authority uses http",
        ),
        (
            lambda e: credentials.ClientSecretCredential(
                "t", CERTIFIED, "hunter2", ca_bundle=b"nonsense"
            ),
            "certificate",
        ),
    ],
)
def test_settings_that_cannot_be_right_are_refused(
    emulator: Emulator, make: Make, said: str
) -> None:
    with pytest.raises(teams_phone.ConfigError, match=said) as caught:
        make(emulator)
    assert "hunter2" not in str(caught.value)
    assert emulator.requests() == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: credentials.EntraCredential(),
        lambda: credentials.CertificateCredential("t", CERTIFIED),
        lambda: credentials.CertificateCredential("t", CERTIFIED, PEM, certificate_data=b""),
        lambda: credentials.ManagedIdentityCredential(client_id=CERTIFIED, object_id=CERTIFIED),
        lambda: credentials.StaticTokenCredential("x", expires_on=datetime(2100, 1, 1)),
    ],
)
def test_arguments_that_do_not_go_together_are_type_errors(make: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        make()


def test_an_authority_may_be_a_host_only() -> None:
    host = "login.microsoftonline.us"
    assert credentials.AuthorityHosts.US_GOVERNMENT == f"https://{host}"
    credential = credentials.ClientSecretCredential("t", CERTIFIED, "hunter2", authority=host)
    assert repr(credential) == (
        f"ClientSecretCredential(tenant_id='t', client_id='{CERTIFIED}', authority='{host}')"
    )


def test_a_static_token_tells_when_it_expires() -> None:
    never = datetime.fromtimestamp(NEVER, timezone.utc)
    for given in (NEVER, float(NEVER), never, never.astimezone(timezone(timedelta(hours=5)))):
        token = credentials.StaticTokenCredential("opaque", expires_on=given).get_token("any")
        assert token == ("opaque", NEVER)


def test_an_unreadable_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        credentials.CertificateCredential("t", CERTIFIED, tmp_path / "app.pem")
    with pytest.raises(FileNotFoundError):
        credentials.ClientSecretCredential("t", CERTIFIED, "x", ca_bundle=tmp_path / "ca.pem")


def assert_given_up(emulator: Emulator) -> None:
    """Nobody polls for the code any more, which takes no longer than another sign-in; one poll may be on its way."""
    seen, ours, since = sign_ins(emulator), 0, time.monotonic()
    while time.monotonic() - since < 0.3:
        secret(emulator).get_token(SCOPE)
        ours += 1
    assert sign_ins(emulator) - seen - ours <= 1


class TestPeople:
    """What people are told, and what becomes of it."""

    def test_the_code_is_printed_unless_told_otherwise(self, emulator: Emulator) -> None:
        entra = emulator.entra
        credential = credentials.DeviceCodeCredential(
            tenant_id=entra.tenant_id,
            client_id=entra.client_id,
            authority=entra.authority_host,
        )

        class Screen:
            """Stands in for standard error, and types the code that it shows."""

            def write(self, text: str) -> None:
                if "enter the code " in text:
                    code = text.split("enter the code ")[1].split()[0]
                    assert entra.approve_device_code(code)

            def flush(self) -> None:
                pass

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stderr", Screen())
            assert credential.get_token(SCOPE)

    def test_the_page_is_opened_and_printed_unless_told_otherwise(
        self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: Any
    ) -> None:
        monkeypatch.setattr("webbrowser.open", visit)
        assert browser(emulator, None).get_token(SCOPE)
        assert f"To sign in, open {emulator.url}/" in capsys.readouterr().err

    def test_later_tokens_come_without_the_person(
        self, face: Face, emulator: Emulator, tenant: str, account: str
    ) -> None:
        pages: list[str] = []

        def page(url: str) -> None:
            pages.append(url)
            visit(url)

        credential = browser(emulator, page, timeout=timedelta(seconds=30))
        client = face.open(face.module.Client(emulator.url, credential))
        graph = face.open(face.module.GraphClient(credential, endpoint=emulator.url))
        with pytest.raises(teams_phone.NotFoundError):
            client.assignments.get(tenant, account)
        assert next(iter(graph.resource_accounts.list()))
        assert len(pages) == 1
        assert "login_hint=" in pages[0]

    def test_nobody_comes(self, emulator: Emulator) -> None:
        credential = browser(emulator, lambda url: None, timeout=0.05)
        with pytest.raises(teams_phone.CredentialError, match="nobody signed in") as caught:
            credential.get_token(SCOPE)
        assert caught.value.hint

    def test_the_person_declines(self, emulator: Emulator) -> None:
        credential = device_code(
            emulator, lambda uri, code, until: emulator.entra.decline_device_code(code)
        )
        with pytest.raises(teams_phone.CredentialError, match="device code: ") as caught:
            credential.get_token(SCOPE)
        assert "declined" in (caught.value.hint or "")

    def test_an_error_of_the_callback_ends_the_call(
        self, face: Face, emulator: Emulator, tenant: str, account: str
    ) -> None:
        def fails(*_: object) -> None:
            raise LookupError("no screen")

        for make in (device_code, browser):
            client = face.open(face.module.Client(emulator.url, make(emulator, fails)))
            with pytest.raises(teams_phone.CredentialError, match="LookupError") as caught:
                client.assignments.get(tenant, account)
            assert isinstance(caught.value.__cause__, LookupError)

    def test_a_keyboard_interrupt_in_the_callback_is_not_swallowed(
        self, emulator: Emulator
    ) -> None:
        def interrupts(*_: object) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            device_code(emulator, interrupts).get_token(SCOPE)

    def test_ctrl_c_ends_the_wait_and_the_sign_in(self, emulator: Emulator) -> None:
        interrupted: list[float] = []

        def interrupt() -> None:
            interrupted.append(time.monotonic())
            _thread.interrupt_main()

        credential = device_code(emulator, lambda *_: threading.Timer(0.1, interrupt).start())
        with pytest.raises(KeyboardInterrupt):
            credential.get_token(SCOPE)
        assert time.monotonic() - interrupted[0] < 10
        assert_given_up(emulator)

    def test_coroutine_functions_are_for_asyncio(
        self, emulator: Emulator, tenant: str, account: str
    ) -> None:
        loops: list[object] = []

        async def approve(uri: str, code: str, until: datetime) -> None:
            await asyncio.sleep(0)
            loops.append(asyncio.get_running_loop())
            assert emulator.entra.approve_device_code(code)

        credential = device_code(emulator, approve)
        with pytest.raises(teams_phone.CredentialError, match=r"teams_phone\.aio"):
            credential.get_token(SCOPE)

        async def calls() -> None:
            async with teams_phone.aio.Client(emulator.url, credential) as client:
                answers = await asyncio.gather(
                    *(client.assignments.get(tenant, account) for _ in range(20)),
                    return_exceptions=True,
                )
            assert {type(answer) for answer in answers} == {teams_phone.NotFoundError}
            assert loops == [asyncio.get_running_loop()]

        asyncio.run(calls())

    def test_whoever_still_waits_is_told_when_the_first_gives_up(
        self, emulator: Emulator, tenant: str, account: str
    ) -> None:
        told = 0

        async def approve(uri: str, code: str, until: datetime) -> None:
            nonlocal told
            told += 1
            if told == 1:
                first.cancel()
                await asyncio.sleep(0)
            assert emulator.entra.approve_device_code(code)

        async def calls() -> None:
            nonlocal first
            async with teams_phone.aio.Client(
                emulator.url, device_code(emulator, approve)
            ) as client:
                first = asyncio.create_task(client.assignments.get(tenant, account))
                others = [
                    asyncio.create_task(client.assignments.get(tenant, account))
                    for _ in range(3)
                ]
                answers = await asyncio.gather(first, *others, return_exceptions=True)
            assert [type(answer) for answer in answers] == [
                asyncio.CancelledError,
                *[teams_phone.NotFoundError] * 3,
            ]

        first: asyncio.Task[Any]
        asyncio.run(calls())


class Host(BaseHTTPRequestHandler):
    """The endpoint of managed identities in an App Service."""

    status, answer = 200, ""
    asked: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        type(self).asked.append((self.path, self.headers["x-identity-header"]))
        body = self.answer.encode()
        self.send_response(self.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Host]]:
    handler = type("OneHost", (Host,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{server.server_port}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "hunter2-header")
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


class TestHosts:
    """Credentials that ask the machine they run on."""

    def test_a_managed_identity_is_asked_of_its_host(
        self, face: Face, emulator: Emulator, host: type[Host], tenant: str, account: str
    ) -> None:
        token = emulator.entra.app_token(SCOPE)
        host.answer = json.dumps(
            {
                "access_token": token,
                "expires_on": str(NEVER),
                "resource": "r",
                "token_type": "Bearer",
            }
        )
        for credential, named in [
            (credentials.ManagedIdentityCredential(), ""),
            (
                credentials.ManagedIdentityCredential(client_id=CERTIFIED),
                f"client_id={CERTIFIED}",
            ),
        ]:
            client = face.open(face.module.Client(emulator.url, credential))
            with pytest.raises(teams_phone.NotFoundError):
                client.assignments.get(tenant, account)
            path, header = host.asked[-1]
            assert "resource=https%3A%2F%2Fcommunication.azure.com%2F" in path
            assert named in path
            assert header == "hunter2-header"
        assert len(host.asked) == 2

    def test_one_that_is_not_assigned_is_said_to_be_so(self, host: type[Host]) -> None:
        host.status = 400
        host.answer = '{"error":"invalid_request","error_description":"Identity not found"}'
        with pytest.raises(teams_phone.CredentialError, match="managed identity: ") as caught:
            credentials.ManagedIdentityCredential().get_token(SCOPE)
        assert "assign the managed identity" in (caught.value.hint or "")
        assert "hunter2" not in f"{caught.value!r} {caught.value.__dict__}"

    def test_a_workload_identity_reads_its_file_when_it_is_needed(
        self, emulator: Emulator, tmp_path: Path
    ) -> None:
        entra, file = emulator.entra, tmp_path / "federated"
        credential = credentials.WorkloadIdentityCredential(
            tenant_id=entra.tenant_id,
            client_id=entra.client_id,
            token_file_path=file,
            authority=entra.authority_host,
        )
        with pytest.raises(teams_phone.CredentialError, match="workload identity: "):
            credential.get_token(SCOPE)
        assert emulator.requests() == []
        file.write_text("hunter2-assertion")
        with pytest.raises(teams_phone.CredentialError, match="AADSTS") as caught:
            credential.get_token(SCOPE)
        assert "hunter2" not in f"{caught.value!r} {caught.value.__dict__}"
        assert sign_ins(emulator) == 1

    @pytest.mark.skipif(sys.platform == "win32", reason="the tools played here are shell scripts")
    def test_tools_are_asked_for_who_is_signed_in(
        self,
        face: Face,
        emulator: Emulator,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        tenant: str,
        account: str,
    ) -> None:
        token = {
            "accessToken": emulator.entra.user_token(SCOPE),
            "expiresOn": "2100-01-01 00:00:00.000000",
            "expires_on": NEVER,
            "subscription": "s",
            "tenant": "t",
            "tokenType": "Bearer",
        }
        az = tmp_path / "az"
        az.write_text(
            f"#!/bin/sh\necho \"$*\" >> {tmp_path}/asked\necho '{json.dumps(token)}'\n"
        )
        az.chmod(stat.S_IRWXU)
        monkeypatch.setenv("PATH", str(tmp_path))
        for credential in (
            credentials.AzureCliCredential(tenant_id="contoso.example"),
            credentials.DeveloperToolsCredential(),
        ):
            client = face.open(face.module.Client(emulator.url, credential))
            with pytest.raises(teams_phone.NotFoundError):
                client.assignments.get(tenant, account)
        first, second = (tmp_path / "asked").read_text().splitlines()
        assert first == (
            f"account get-access-token -o json --scope {SCOPE} --tenant contoso.example"
        )
        assert second == f"account get-access-token -o json --scope {SCOPE}"

    def test_a_missing_tool_is_told_with_what_to_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(teams_phone.CredentialError, match="az not found on PATH") as caught:
            credentials.AzureCliCredential().get_token(SCOPE)
        assert "install the Azure CLI" in (caught.value.hint or "")


FORKED = """
import os, sys
import teams_phone
from teams_phone.credentials import ClientSecretCredential

url, tenant, client, secret = sys.argv[1:]
credential = ClientSecretCredential(tenant, client, secret, authority=url)
scope = "https://communication.azure.com//.default"
ours = credential.get_token(scope).token
resource = teams_phone.Client(url, credential)
child = os.fork()
if child == 0:
    theirs = credential.get_token(scope).token
    assert theirs != ours
    try:
        resource.assignments.get(tenant, client)
    except teams_phone.NotFoundError:
        os._exit(0)
    os._exit(1)
assert os.waitpid(child, 0)[1] == 0
assert credential.get_token(scope).token == ours
"""


ENDING = """
import sys, threading
from teams_phone.credentials import DeviceCodeCredential

url, tenant, client = sys.argv[1:]
told = threading.Event()
credential = DeviceCodeCredential(
    tenant_id=tenant, client_id=client, authority=url, prompt_callback=lambda *_: told.set()
)
scope = "https://communication.azure.com//.default"
threading.Thread(target=credential.get_token, args=[scope], daemon=True).start()
assert told.wait(20)
"""


def test_a_program_may_end_while_a_person_is_waited_for(emulator: Emulator, tmp_path: Path) -> None:
    command = [sys.executable, "-c", ENDING, emulator.url]
    command += [emulator.entra.tenant_id, emulator.entra.client_id]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_signs_in_itself(emulator: Emulator, tmp_path: Path) -> None:
    entra = emulator.entra
    given = [emulator.url, entra.tenant_id, entra.client_id, entra.client_secret]
    command = [sys.executable, "-c", FORKED, *given]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    assert sign_ins(emulator) == 2
