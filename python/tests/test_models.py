"""Results: every one is a frozen dataclass whose fields are those that the native half fills in."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
from typing import Any

import pytest

import teams_phone
from teams_phone import _native, models
from teams_phone.models.base import Model

FIELDS = {(module, name): fields for module, name, fields in _native.model_fields()}
# `from` is a word of Python's.
SPELLING = {"from": "from_"}


def classes() -> list[type[Any]]:
    """Every dataclass of `teams_phone.models`."""
    found: set[type[Any]] = set()
    for module in pkgutil.iter_modules(models.__path__, "teams_phone.models."):
        for value in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(value) and dataclasses.is_dataclass(value) and not value.__name__.startswith("_"):
                found.add(value)
    return sorted(found, key=lambda found: (found.__module__, found.__name__))


def example(made: type[Any], text: str = "text") -> Any:
    """A value of the class; which types its fields have does not matter here."""
    values = {field.name: f"{text} of {field.name}" for field in dataclasses.fields(made) if field.init}
    return made(**values)


@pytest.mark.parametrize(("module", "name"), list(FIELDS))
def test_fields_are_those_that_are_filled_in(module: str, name: str) -> None:
    made = getattr(importlib.import_module(module), name)
    names = [field.name for field in dataclasses.fields(made)]
    assert names == [SPELLING.get(field, field) for field in FIELDS[module, name]]


@pytest.mark.parametrize("made", classes(), ids=lambda made: made.__name__)
class TestEveryModel:
    """What users may expect of any result."""

    def test_it_is_a_model_that_can_be_imported(self, made: type[Any]) -> None:
        assert issubclass(made, Model)
        assert getattr(models, made.__name__) is made
        assert made.__name__ in dir(models)
        assert made.__doc__ and not made.__doc__.startswith(f"{made.__name__}(")

    def test_it_cannot_be_changed(self, made: type[Any]) -> None:
        value = example(made)
        for field in dataclasses.fields(made):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(value, field.name, "other")
        # Generic classes cannot have slots before Python 3.11.
        assert made is models.BulkResult or not hasattr(value, "__dict__")

    def test_equal_fields_make_equal_values(self, made: type[Any]) -> None:
        value = example(made)
        assert value == example(made)
        assert hash(value) == hash(example(made))
        assert len({value, example(made)}) == 1
        if dataclasses.fields(made):
            assert value != example(made, "other")

    def test_copies_and_pickles_are_equal(self, made: type[Any]) -> None:
        value = example(made)
        for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
            assert type(other) is made
            assert other == value

    def test_it_becomes_a_dictionary(self, made: type[Any]) -> None:
        value = example(made)
        names = [field.name for field in dataclasses.fields(made)]
        assert list(value.to_dict()) == names
        assert all(value.to_dict()[name] == getattr(value, name) for name in names)

    def test_it_shows_its_fields_and_no_secret(self, made: type[Any]) -> None:
        shown = repr(example(made))
        assert shown.startswith(f"{made.__name__}(")
        for field in dataclasses.fields(made):
            assert (f"text of {field.name}" in shown) == field.repr, shown
            assert field.name not in ("token", "secret") or not field.repr

    def test_its_fields_have_docstrings(self, made: type[Any]) -> None:
        source = inspect.getsource(made)
        for field in dataclasses.fields(made):
            if field.name in made.__annotations__:
                after = source.partition(f"    {field.name}: ")[2].partition("\n    ")[2]
                # A default may take more lines.
                assert '"""' in after.partition("\n\n")[0], field.name


def test_results_within_results_become_dictionaries() -> None:
    assignment = models.Assignment("t", "o", "user", ("a", "b"))
    granted = models.Granted(assignment, True)
    assert granted.to_dict() == {
        "assignment": {
            "tenant_id": "t",
            "object_id": "o",
            "principal_type": "user",
            "client_ids": ["a", "b"],
        },
        "created": True,
    }
    match granted:
        case models.Granted(assignment=models.Assignment(client_ids=[first, _])):
            assert first == "a"
        case _:
            raise AssertionError
    assert dataclasses.replace(granted, created=False).created is False


def test_names_are_found_where_they_are_promised() -> None:
    for name in models.__all__:
        assert getattr(models, name).__name__
    for name in teams_phone.__all__:
        assert getattr(teams_phone, name) is not None
    for owner in (models, teams_phone):
        with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
            owner.Nothing  # noqa: B018
