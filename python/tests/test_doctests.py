"""The examples of the documentation, run as they stand, on both faces.

An example starts with the names `client` and `graph` (clients of the face that the module belongs to), `emulator`,
`tenant` and `account`, and with fresh state. Examples of `teams_phone.aio` await as `python -m asyncio` does.
"""

from __future__ import annotations

import ast
import asyncio
import doctest
import importlib
import inspect
import pkgutil
import types
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

import teams_phone
import teams_phone.aio
from support.face import Face

if TYPE_CHECKING:
    from collections.abc import Iterator

# Modules whose import does something, and the plugin, which pytest has its own names for.
APART = {"teams_phone.__main__", "teams_phone.testing.plugin"}
# What is optional to install, by the module that wants it.
OPTIONAL = {"teams_phone.pandas": "pandas"}
# Where the classes are whose public methods are calls; each has an example, or is part of the one of its class.
CALLS = ("aio", "blocking")
# What needs none: what makes a client from other texts, and what ends it.
WITHOUT = {"close", "aclose", "from_connection_string", "from_env", "pages"}


def modules() -> list[str]:
    """All modules of the installed package."""
    found = pkgutil.walk_packages(teams_phone.__path__, "teams_phone.")
    names = sorted(module.name for module in found)
    apart = {*APART, *(name for name, wants in OPTIONAL.items() if not find_spec(wants))}
    return ["teams_phone", *(name for name in names if name not in apart and "_native" not in name)]


def examples(name: str) -> list[doctest.DocTest]:
    """The docstrings of a module that have examples."""
    module = importlib.import_module(name)
    # What it imports from elsewhere is told by `__module__` and found there.
    return [test for test in doctest.DocTestFinder().find(module) if test.examples]


def all_examples() -> Iterator[Any]:
    """Every docstring with examples, by its name."""
    for name in modules():
        for test in examples(name):
            yield pytest.param(test, id=test.name)


def run(test: doctest.DocTest, loop: asyncio.AbstractEventLoop) -> list[str]:
    """Runs the examples of a docstring and returns what was not as it says."""
    said: list[str] = []

    def run_code(code: types.CodeType, names: dict[str, Any]) -> None:
        made = eval(code, names)
        if inspect.iscoroutine(made):
            loop.run_until_complete(made)

    def compiled(source: str, file: str, mode: str, flags: int = 0, *rest: Any) -> Any:
        return compile(source, file, mode, flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, *rest)

    # The runner finds these two in its module; there is no other way to tell it what code means.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doctest, "exec", run_code, raising=False)
        patch.setattr(doctest, "compile", compiled, raising=False)
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)
    return said


@pytest.mark.parametrize("test", list(all_examples()))
def test_an_example_is_true(test: doctest.DocTest, emulator: Any, tenant: str, account: str) -> None:
    face = Face("asyncio" if ".aio" in test.name else "blocking", emulator)
    raw = [getattr(opened, "raw", opened) for opened in (face.client, face.graph)]
    names = dict(zip(("client", "graph"), raw, strict=True))
    test.globs = {**test.globs, **names, "emulator": emulator, "tenant": tenant, "account": account}
    try:
        said = run(test, face.loop)
    finally:
        face.close()
    assert not said, "".join(said)


def calls() -> Iterator[str]:
    """Every public method of the classes that group calls."""
    for name in modules():
        if name.split(".")[1:2] not in [[face] for face in CALLS]:
            continue
        module = importlib.import_module(name)
        for owner in vars(module).values():
            if inspect.isclass(owner) and owner.__module__ == name and not owner.__name__.startswith("_"):
                for method, value in vars(owner).items():
                    if inspect.isfunction(value) and not method.startswith("_"):
                        yield f"{name}:{owner.__name__}.{method}"


@pytest.mark.parametrize("call", list(calls()))
def test_a_call_has_an_example(call: str) -> None:
    name, _, path = call.partition(":")
    owner, _, method = path.partition(".")
    group = getattr(importlib.import_module(name), owner)
    text = inspect.getdoc(getattr(group, method))
    assert text, f"{call} has no docstring"
    of_class = doctest.DocTestParser().get_examples(inspect.getdoc(group) or "")
    shown = method in WITHOUT or any(f".{method}(" in example.source for example in of_class)
    assert shown or doctest.DocTestParser().get_examples(text), f"{call} has no example"


def test_examples_are_found() -> None:
    assert len(list(all_examples())) > 10
