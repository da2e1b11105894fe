"""Owns interpreters that tests start: a script, what it is told, and what it says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFACE = """
import asyncio, os, signal, sys, threading, time
import teams_phone
from teams_phone import aio
TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
ACCOUNT = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111"
TEXT = os.environ["CONNECTION_STRING"]
def say(*what):
    print(*what, flush=True)
"""

# How often the thread that carries connections has woken, at once and when it rests.
WAKES = """
def wakes():
    for task in os.listdir("/proc/self/task"):
        if open(f"/proc/self/task/{task}/comm").read() == "teams-phone-io\\n":
            told = open(f"/proc/self/task/{task}/status").read()
            return int(told.partition("voluntary_ctxt_switches:")[2].split()[0])
def quiet():
    before, now = None, wakes()
    while before != now:
        threading.Event().wait(0.05)
        before, now = now, wakes()
    return now
"""


@contextmanager
def start(script: str, connection_string: str) -> Iterator[subprocess.Popen[str]]:
    """Starts a script, which has the names of `PREFACE`; it does not outlive the test, and nor do its children."""
    with subprocess.Popen(
        [sys.executable, "-c", PREFACE + textwrap.dedent(script)],
        env={**os.environ, "CONNECTION_STRING": connection_string},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as child:
        try:
            yield child
        finally:
            if sys.platform == "win32":
                child.kill()
            else:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)


def run(script: str, connection_string: str) -> str:
    """Runs a script that ends well and silently, and returns what it said."""
    with start(script, connection_string) as child:
        out, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, ""), (child.returncode, out, err)
    return out


def lines(child: subprocess.Popen[str]) -> Iterator[Any]:
    """What a script says, line by line."""
    assert child.stdout is not None
    for line in child.stdout:
        yield line.rstrip("\n")
