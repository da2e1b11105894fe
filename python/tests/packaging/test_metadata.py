"""What installers and package indexes read about the installed package."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from importlib import metadata
from pathlib import Path

import teams_phone

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = metadata.distribution("teams-phone")


def installed(end: str) -> list[Path]:
    """The installed files whose path ends so."""
    found = [file for file in PACKAGE.files or () if str(file).replace(os.sep, "/").endswith(end)]
    return [Path(str(PACKAGE.locate_file(file))) for file in found]


def test_the_version_is_that_of_the_crates() -> None:
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    stated = re.search(r'^\[workspace\.package\]\nversion = "([^"]+)"', manifest, re.MULTILINE)
    assert stated
    versions = {PACKAGE.version, teams_phone.__version__, stated[1]}
    assert versions == {os.environ.get("TEAMS_PHONE_VERSION", stated[1])}


def test_the_package_is_the_installed_one() -> None:
    assert ROOT not in Path(teams_phone.__file__).resolve().parents or "site-packages" in teams_phone.__file__
    assert Path(teams_phone.__file__) in installed("teams_phone/__init__.py")


def test_both_licences_come_along() -> None:
    for name in ("LICENSE-MIT", "LICENSE-APACHE"):
        [file] = installed(f"licenses/{name}")
        assert file.read_text(encoding="utf-8") == (ROOT / name).read_text(encoding="utf-8")
    assert PACKAGE.metadata["License-Expression"] == "MIT OR Apache-2.0"


def test_types_come_along() -> None:
    assert installed("teams_phone/py.typed")
    assert installed("teams_phone/_native.pyi")
    assert "Typing :: Typed" in PACKAGE.metadata.get_all("Classifier", [])


def test_nothing_else_is_installed_with_it() -> None:
    required = [line for line in PACKAGE.requires or () if "extra ==" not in line]
    assert required == []
    assert PACKAGE.metadata.get_all("Provides-Extra") == ["pandas"]


def test_no_tests_and_no_sources_of_rust_are_installed() -> None:
    folders = {str(file).replace(os.sep, "/").split("/")[0] for file in PACKAGE.files or ()}
    ours = {folder for folder in folders if folder != ".."}
    assert ours == {"teams_phone", f"teams_phone-{PACKAGE.version}.dist-info"}
    assert not installed(".rs")


def test_links_lead_to_the_repository_of_the_crates() -> None:
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    stated = re.search(r'^repository = "([^"]+)"', manifest, re.MULTILINE)
    assert stated
    links = [line.split(", ", 1)[1] for line in PACKAGE.metadata.get_all("Project-URL", [])]
    assert links and all(link.startswith(stated[1]) for link in links)


def test_every_python_that_is_tested_for_is_named() -> None:
    named = PACKAGE.metadata.get_all("Classifier", [])
    for minor in range(10, 15):
        assert f"Programming Language :: Python :: 3.{minor}" in named
    assert PACKAGE.metadata["Requires-Python"] == ">=3.10"


def test_entry_points_can_be_loaded() -> None:
    points = {(point.group, point.name): point for point in PACKAGE.entry_points}
    assert set(points) == {("console_scripts", "teams-phone"), ("pytest11", "teams_phone")}
    assert callable(points["console_scripts", "teams-phone"].load())
    assert hasattr(points["pytest11", "teams_phone"].load(), "teams_phone_emulator")


def test_the_command_tells_the_version() -> None:
    command = Path(sysconfig.get_path("scripts"), "teams-phone")
    told = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["teams-phone", PACKAGE.version]
