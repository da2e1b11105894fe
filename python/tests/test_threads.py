"""Clients that threads share."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

import teams_phone

if TYPE_CHECKING:
    from typing import Any

    from support.stub import Stub

THREADS = 16


def test_threads_share_a_client(client: teams_phone.Client, tenant: str, emulator: Any) -> None:
    accounts = [f"e5b7f628-ea94-4fdc-b3d9-{number:012}" for number in range(THREADS * 20)]

    def work(account: str) -> str:
        client.assignments.grant(tenant, account, "teamsResourceAccount")
        return client.assignments.get(tenant, account).object_id

    with ThreadPoolExecutor(THREADS) as threads:
        assert list(threads.map(work, accounts)) == accounts
    assert len(emulator.requests()) == 2 * len(accounts)


def test_a_slow_call_does_not_hold_up_other_threads(stub: Stub, tenant: str, account: str) -> None:
    with teams_phone.Client.from_connection_string(stub.connection_string) as client:
        stub.hold()
        slow = threading.Thread(target=client.assignments.revoke, args=(tenant, account))
        slow.start()
        stub.wait(lambda stub: stub.received == 1)
        stub.holding = False
        for _ in range(50):
            client.assignments.revoke(tenant, account)
        assert slow.is_alive()
        stub.release()
        slow.join()


def test_a_token_is_asked_for_once(stub: Stub, tenant: str, account: str) -> None:
    asked: list[tuple[str, ...]] = []
    together = threading.Barrier(THREADS)

    class Credential:
        def get_token(self, *scopes: str, **_options: Any) -> Any:
            asked.append(scopes)
            threading.Event().wait(0.05)  # Long enough for every thread to want one.
            return SimpleNamespace(token="token", expires_on=time.time() + 3600)

    with teams_phone.Client(stub.endpoint, Credential()) as client, ThreadPoolExecutor(THREADS) as threads:

        def work(_: int) -> None:
            together.wait()
            for _ in range(5):
                client.assignments.revoke(tenant, account)

        list(threads.map(work, range(THREADS)))
    assert len(asked) == 1
    assert stub.received == THREADS * 5


def test_a_credential_may_use_the_client_that_asks_it(stub: Stub, tenant: str, account: str) -> None:
    with teams_phone.Client.from_connection_string(stub.connection_string) as other:

        def credential() -> str:
            other.assignments.revoke(tenant, account)
            return "token"

        with teams_phone.Client(stub.endpoint, credential) as client:
            client.assignments.revoke(tenant, account)
    assert stub.received == 2


def test_closing_lets_calls_of_other_threads_end(stub: Stub, tenant: str, account: str) -> None:
    client = teams_phone.Client.from_connection_string(stub.connection_string)
    stub.hold()
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(client.assignments.revoke, tenant, account)
        stub.wait(lambda stub: stub.received == 1)
        client.close()
        with pytest.raises(RuntimeError, match="the client is closed"):
            client.assignments.revoke(tenant, account)
        stub.release()
        assert call.result() is None


def test_an_interpreter_runs_while_a_call_waits(stub: Stub, tenant: str, account: str) -> None:
    with teams_phone.Client.from_connection_string(stub.connection_string) as client:
        stub.hold()
        call = threading.Thread(target=client.assignments.revoke, args=(tenant, account))
        call.start()
        # Were the interpreter held, this thread could neither wait for the request nor answer it.
        stub.wait(lambda stub: stub.received == 1)
        stub.release()
        call.join(20)
        assert not call.is_alive()
