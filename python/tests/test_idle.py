"""Connections that the server closes between calls."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import teams_phone

if TYPE_CHECKING:
    from support.face import Face
    from support.stub import Stub

# No second attempt: a failure would be seen.
ONCE = teams_phone.RetryPolicy(max_attempts=1)


def test_a_connection_that_was_closed_meanwhile_is_not_used(
    face: Face, stub: Stub, tenant: str, account: str
) -> None:
    client = face.open(face.module.Client.from_connection_string(stub.connection_string, retry=ONCE))
    for turn in range(7):
        client.assignments.revoke(tenant, account)
        stub.wait(lambda stub: stub.received == turn + 1)
        stub.hang_up()
        # The pause between calls after which the client looks again is the matter here.
        threading.Event().wait(0.3)
    assert stub.connections == 7


def test_connections_are_used_again(face: Face, stub: Stub, tenant: str, account: str) -> None:
    client = face.open(face.module.Client.from_connection_string(stub.connection_string))
    for _ in range(20):
        client.assignments.revoke(tenant, account)
    assert stub.connections == 1
