"""Owns how certificates are given: as a file, or as what is in it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike


def pem(given: str | PathLike[str] | bytes | None, what: str = "ca_bundle") -> bytes | None:
    """What is in a file, or the bytes given in its place."""
    if given is None or isinstance(given, bytes):
        return given
    if not isinstance(given, str) and not hasattr(given, "__fspath__"):
        # Numbers are files to Python as well.
        from .errors import ConfigError

        text = f"{what} is of type {type(given).__name__}; give the path of a PEM file, or PEM text as bytes"
        raise ConfigError(text, {"kind": "config"})
    with open(given, "rb") as file:
        return file.read()
