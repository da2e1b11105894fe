"""Owns the way from the console script into the ``teams-phone`` command, which is Rust; knows no argument of it."""

from __future__ import annotations

import os
import signal
import sys

from ._native import run_command

_NAME = "teams-phone"


def main() -> int:
    """Runs the command with the arguments of this process and returns its exit code.

    Ctrl-C ends the process as it ends the Rust binary: by the signal, unless the command waits for it itself.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Left alone where Ctrl-C was ignored before, as behind `nohup`.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run_command([_program(sys.argv[0]), *sys.argv[1:]])


def _program(called: str) -> str:
    """What to call the command in its own texts: the path if the bare name would not find it."""
    folder, file = os.path.split(called)
    on_path = folder in os.environ.get("PATH", "").split(os.pathsep)
    return _NAME if on_path or os.path.splitext(file)[0] != _NAME else called
