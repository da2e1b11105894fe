"""What the logger `teams_phone` says of calls."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

import teams_phone
import teams_phone.aio
from support import children
from teams_phone.testing import Fault

if TYPE_CHECKING:
    from typing import Any

    from support.face import Face

LOGGER = "teams_phone"


def fields(record: logging.LogRecord) -> dict[str, str]:
    """What a record carries besides its text."""
    given: dict[str, str] = getattr(record, LOGGER)
    return given


def test_every_attempt_is_told_with_its_request_id(
    face: Face, tenant: str, account: str, emulator: Any, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.inject(Fault.respond(503, "ServiceUnavailable", times=1))
    with caplog.at_level(logging.DEBUG, LOGGER):
        face.client.assignments.revoke(
            tenant, account, retry=teams_phone.RetryPolicy(base_delay=0.001)
        )
    records = [record for record in caplog.records if record.name == LOGGER]
    told = [record for record in records if record.getMessage().startswith("answered")]
    assert [fields(record)["attempt"] for record in told] == ["1", "2"]
    for record, status in zip(told, ("503", "204"), strict=True):
        assert record.levelno == logging.DEBUG
        text = record.getMessage()
        assert "teams_extension_assignment_delete" in text
        assert status in fields(record)["status"] and status in text
        assert fields(record)["request_id"] in text
    assert {record.name.partition(".")[0] for record in records} == {LOGGER}


def test_a_record_has_the_moment_of_the_event(
    aclient: teams_phone.aio.Client,
    tenant: str,
    account: str,
    emulator: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    retry = teams_phone.RetryPolicy(base_delay=0.001, max_delay=0.001)

    async def main() -> float:
        request = asyncio.ensure_future(aclient.assignments.revoke(tenant, account, retry=retry))
        await asyncio.sleep(0)
        # While the loop is busy with something else nothing can be told.
        while len(emulator.requests()) < 2:
            threading.Event().wait(0.01)
        resumed = time.time()
        await request
        return resumed

    emulator.inject(Fault.respond(503, times=1))
    begun = time.time()
    with caplog.at_level(logging.DEBUG, LOGGER):
        resumed = asyncio.run(main())
    record = next(record for record in caplog.records if record.getMessage().startswith("answered"))
    assert begun <= record.created <= resumed
    assert record.created % 1 * 1000 - record.msecs == pytest.approx(0.5, abs=0.51)
    now = logging.LogRecord(LOGGER, logging.INFO, "", 0, "", None, None)
    since = now.created - record.created
    assert (now.relativeCreated - record.relativeCreated) / 1000 == pytest.approx(since, abs=0.001)
    assert (record.filename.endswith(".rs"), record.lineno > 0) == (True, True)


def test_a_missing_answer_is_told(
    face: Face, tenant: str, account: str, emulator: Any, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.inject(Fault.drop_before())
    with caplog.at_level(logging.DEBUG, LOGGER), pytest.raises(teams_phone.ConnectError):
        once = teams_phone.RetryPolicy(max_attempts=1)
        face.client.assignments.revoke(tenant, account, retry=once)
    assert any(record.getMessage().startswith("no answer") for record in caplog.records)


@pytest.mark.parametrize(
    ("level", "expected"), [(logging.INFO, 1), (logging.WARNING, 1), (logging.ERROR, 0)]
)
def test_only_what_the_level_lets_through_is_told(
    face: Face,
    tenant: str,
    account: str,
    caplog: pytest.LogCaptureFixture,
    level: int,
    expected: int,
) -> None:
    with caplog.at_level(level, LOGGER):
        face.client.assignments.grant(tenant, account, "user")
    told = [record for record in caplog.records if record.name == LOGGER]
    assert [record.levelno for record in told] == [logging.WARNING] * expected
    if told:
        assert "client ids" in told[0].getMessage()


def test_a_level_may_change_between_calls(
    face: Face, tenant: str, account: str, caplog: pytest.LogCaptureFixture
) -> None:
    def told() -> int:
        caplog.clear()
        face.client.assignments.revoke(tenant, account)
        return len([record for record in caplog.records if record.name == LOGGER])

    for level, count in [(logging.DEBUG, 1), (logging.ERROR, 0), (logging.DEBUG, 1)]:
        with caplog.at_level(level, LOGGER):
            assert told() == count
    with caplog.at_level(logging.DEBUG, LOGGER):
        logging.disable(logging.CRITICAL)
        try:
            assert told() == 0
        finally:
            logging.disable(logging.NOTSET)


def test_no_secret_is_told(
    face: Face, tenant: str, account: str, emulator: Any, caplog: pytest.LogCaptureFixture
) -> None:
    token = emulator.entra.app_token("https://communication.azure.com/.default")
    with caplog.at_level(logging.DEBUG):
        face.client.assignments.revoke(tenant, account)
        face.open(face.module.Client(emulator.url, lambda: token)).assignments.revoke(tenant, account)
    assert len(caplog.records) >= 2
    for record in caplog.records:
        said = f"{record.getMessage()} {record.__dict__}"
        for secret in (emulator.access_key, token, token.rpartition(".")[2], "HMAC", "Bearer"):
            assert secret not in said


def test_a_filter_that_raises_does_not_lose_outcomes(
    face: Face, tenant: str, account: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            raise LookupError("broken filter")

    logger, broken = logging.getLogger(LOGGER), Broken()
    logger.addFilter(broken)
    try:
        with caplog.at_level(logging.DEBUG, LOGGER):
            if face.is_async:
                # Told to the loop, as what its callbacks raise.
                told: list[Any] = []
                face.loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
                assert face.client.assignments.revoke(tenant, account) is None
                assert [type(error) for error in told] == [LookupError]
            else:
                with pytest.raises(LookupError, match="broken filter"):
                    face.client.assignments.revoke(tenant, account)
    finally:
        logger.removeFilter(broken)
    assert face.client.assignments.revoke(tenant, account) is None


def test_a_program_without_logging_does_not_import_it(stub: Any) -> None:
    script = """
    with teams_phone.Client.from_connection_string(TEXT) as client:
        client.assignments.revoke(TENANT, ACCOUNT)
    say("logging" in sys.modules)
    """
    preface = children.PREFACE.replace("import asyncio, ", "import ").replace(
        "from teams_phone import aio", ""
    )
    import os
    import textwrap

    environment = {**os.environ, "CONNECTION_STRING": stub.connection_string}
    command = [sys.executable, "-c", preface + textwrap.dedent(script)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "False\n", "")
