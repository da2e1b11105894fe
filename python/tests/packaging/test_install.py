"""What newcomers do: install the package where nothing is, and paste from its page.

The source distribution is tested where `TEAMS_PHONE_SDIST` names one, since that compiles everything.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Fresh:
    """A virtual environment with nothing in it."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder)
        scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = scripts / "python"
        self.command = scripts / "teams-phone"

    def install(self, *arguments: str | Path, **variables: str) -> None:
        """Installs with the pip that runs the tests."""
        pip = [sys.executable, "-m", "pip", "--python", self.python, "install", "--quiet"]
        command = [*pip, "--disable-pip-version-check", *arguments]
        subprocess.run(command, env=os.environ | variables, check=True)

    def run(self, *arguments: str | Path) -> str:
        """What a program prints that gets nothing of this process."""
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        ended = subprocess.run(arguments, capture_output=True, text=True, env=kept, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout


def named(variable: str, unless: str) -> Path:
    """The file that an environment variable names."""
    value = os.environ.get(variable)
    if value is None:
        pytest.skip(f"{variable} names no file; {unless}")
    return Path(value)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """An environment with nothing but the wheel."""
    wheel = named("TEAMS_PHONE_WHEEL", "`cargo xtask test` sets it")
    made = Fresh(tmp_path_factory.mktemp("wheel") / "environment")
    made.install("--no-index", wheel)
    return made


def examples() -> list[tuple[str, str]]:
    """Each program of the package's page that is followed by what it prints, and that."""
    page = (PROJECT / "README.md").read_text(encoding="utf-8")
    return EXAMPLE.findall(page)


def test_every_program_of_the_page_tells_what_it_prints() -> None:
    page = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert len(examples()) == page.count("```python\n") > 0


@pytest.mark.parametrize("number", range(len(examples())))
def test_programs_of_the_page_print_what_it_says(
    fresh: Fresh, tmp_path: Path, number: int
) -> None:
    program, printed = examples()[number]
    script = tmp_path / "pasted.py"
    script.write_text(program, encoding="utf-8")
    assert fresh.run(fresh.python, "-W", "error", script) == printed


def test_the_command_shows_the_main_job_on_the_emulator(fresh: Fresh) -> None:
    assert fresh.run(fresh.command, "demo")


def test_importing_the_package_imports_nothing_heavy(fresh: Fresh) -> None:
    program = "import sys; before = set(sys.modules); import teams_phone; print(*set(sys.modules) - before)"
    imported = set(fresh.run(fresh.python, "-I", "-c", program).split())
    assert "teams_phone" in imported
    assert not imported & {"asyncio", "dataclasses", "logging", "typing", "uuid", "json"}


def test_the_sources_are_packed_without_what_only_maintainers_need() -> None:
    sdist = named("TEAMS_PHONE_SDIST", "`cargo xtask wheel --sdist` makes one")
    with tarfile.open(sdist) as packed:
        names = [name.split("/", 1)[1] for name in packed.getnames()]
    tops = {name.split("/")[0] for name in names}
    assert tops == {
        *("Cargo.lock", "Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "PKG-INFO", "README.md"),
        *("crates", "pyproject.toml", "python", "teams_phone"),
    }
    assert {"teams_phone/py.typed", "teams_phone/_native.pyi"} <= set(names)
    assert not [name for name in names if name.endswith((".so", ".pyd", ".pyc", ".pem"))]
    assert {Path(name).name for name in names if "/tests/" in name} == {"main.rs"}


@pytest.mark.timeout(900)
def test_the_sources_install_with_cargo_and_python_alone(tmp_path: Path) -> None:
    sdist = named("TEAMS_PHONE_SDIST", "`cargo xtask wheel --sdist` makes one")
    made = Fresh(tmp_path / "environment")
    # In a folder of its own: times of packed files say nothing, so cargo would take what is old for new.
    with tempfile.TemporaryDirectory() as target:
        quickly = "--config-settings=build-args=--profile=dev"
        made.install("--no-cache-dir", quickly, sdist, CARGO_TARGET_DIR=target)
    assert "teams-phone" in made.run(made.command, "--version")
