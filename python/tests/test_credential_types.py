"""What a type checker says of credentials, with `azure-identity` at hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import teams_phone

pytest.importorskip("azure.identity", reason="azure-identity is not installed")
pytest.importorskip("mypy", reason="mypy is not installed")

CASES = Path(__file__).parent / "types" / "credentials.py"


def test_asynchronous_credentials_and_keys_are_refused_where_they_cannot_be_used(
    tmp_path: Path,
) -> None:
    package = Path(teams_phone.__file__).parents[1]
    installed = package.name == "site-packages"
    path = {} if installed else {"MYPYPATH": str(package)}
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(CASES)]
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, **path}
    )
    assert ran.returncode == 0, ran.stdout
