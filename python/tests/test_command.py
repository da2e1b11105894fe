"""The ``teams-phone`` command as the wheel installs it: what surrounds the Rust code, not what it does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest

from teams_phone import __version__

SCRIPT = "import sys; from teams_phone._command import main; sys.exit(main())"
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and byte arguments are of POSIX")


def command(*arguments: str | bytes, called: str = "teams-phone") -> list[str | bytes]:
    """The command as the console script runs it."""
    script = f"import sys; sys.argv[0] = {called!r}; {SCRIPT}"
    return [sys.executable, "-c", script, *arguments]


def run(*arguments: str | bytes, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=30, **options
    )


def test_output_and_exit_code_are_passed_on() -> None:
    parsed = run("id", "parse", "4:+14255550123")
    assert (parsed.returncode, parsed.stderr) == (0, "")
    assert "+14255550123" in parsed.stdout
    refused = run("id", "parse")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Usage: teams-phone id parse" in refused.stderr


def test_the_version_is_the_packages() -> None:
    assert run("--version").stdout == f"teams-phone {__version__}\n"


def test_it_runs_as_a_module_too() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "teams_phone", "id"], capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 2
    assert "Usage: teams-phone id [OPTIONS] <COMMAND>" in ended.stderr


@pytest.mark.parametrize(
    ("called", "path", "named"),
    [
        ("{bin}/teams-phone", "{bin}", "teams-phone"),
        ("{bin}/teams-phone", "/elsewhere", "{bin}/teams-phone"),
        ("teams-phone", "{bin}", "teams-phone"),
        ("{bin}/__main__.py", "/elsewhere", "teams-phone"),
    ],
)
def test_it_names_itself_so_that_a_shell_finds_it(
    called: str, path: str, named: str, tmp_path: Any
) -> None:
    called, path, named = (text.format(bin=tmp_path) for text in (called, path, named))
    script = "import sys; from teams_phone._command import _program; print(_program(sys.argv[1]))"
    ended = subprocess.run(
        [sys.executable, "-c", script, called],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
    )
    assert ended.stdout == f"{named}\n"


@POSIX
def test_arguments_that_are_no_unicode_reach_it_unchanged(tmp_path: Any) -> None:
    folder = os.path.join(os.fsencode(tmp_path), b"r\xe4ume")
    ended = run("man", folder)
    assert (ended.returncode, ended.stdout) == (0, "")
    assert b"teams-phone.1" in os.listdir(folder)


def test_importing_it_imports_no_client() -> None:
    script = (
        "import sys; before = set(sys.modules); import teams_phone._command; "
        "print(*sorted(set(sys.modules) - before))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    ours = {name for name in ended.stdout.split() if name.startswith("teams_phone")}
    assert ours == {"teams_phone", "teams_phone._command", "teams_phone._native"}
    for heavy in ("asyncio", "logging", "dataclasses", "typing"):
        assert heavy not in ended.stdout.split()


@POSIX
def test_a_reader_that_goes_away_is_no_failure() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer) as stdout:
        ended = subprocess.run(
            command("--help"), stdout=stdout, stderr=subprocess.PIPE, timeout=30
        )
    assert (ended.returncode, ended.stderr) == (0, b"")


@POSIX
def test_ctrl_c_ends_a_call_by_the_signal() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with subprocess.Popen(
            command("identity", "create"),
            env={
                **os.environ,
                "AZURE_COMMUNICATION_CONNECTION_STRING": f"endpoint={endpoint};accesskey=c2V0",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as started:
            silent.settimeout(20)
            connection, _ = silent.accept()
            with connection:
                assert connection.recv(4) == b"POST"
                started.send_signal(signal.SIGINT)
                output = started.communicate(timeout=30)
    assert (started.returncode, *output) == (-signal.SIGINT, b"", b"")


@POSIX
def test_ctrl_c_stops_the_emulator_in_order() -> None:
    with subprocess.Popen(
        command("--output", "json", "emulator", "--port", "0"), stdout=subprocess.PIPE
    ) as started:
        assert started.stdout is not None
        assert b'"url"' in started.stdout.readline()
        started.send_signal(signal.SIGINT)
        assert started.wait(timeout=20) == 0


@POSIX
def test_ctrl_c_stays_ignored_where_it_was() -> None:
    script = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
        "sys.argv[1:] = ['id', 'parse', '4:+14255550123']; "
        "from teams_phone._command import main; main(); "
        "print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.stdout.endswith("True\n"), ended.stderr
