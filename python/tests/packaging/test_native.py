"""What the extension module asks of the machine it is loaded on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile

from teams_phone import _native

# Parts of glibc and of the compiler's runtime, which every wheel for Linux may count on.
ALLOWED = {
    "ld-linux-aarch64.so.1",
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
}

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads ELF files")


def test_one_file_serves_every_later_python() -> None:
    name = Path(_native.__file__).name
    assert name in {"_native.abi3.so", "_native.pyd"}


@on_linux
def test_no_library_is_needed_that_is_not_everywhere() -> None:
    with open(_native.__file__, "rb") as file:
        dynamic = ELFFile(file).get_section_by_name(".dynamic")
        assert isinstance(dynamic, DynamicSection)
        needed = {tag.needed for tag in dynamic.iter_tags("DT_NEEDED")}
    assert needed <= ALLOWED
