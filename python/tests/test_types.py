"""Owns the names for annotations: what type checkers see, Python has as well."""

from __future__ import annotations

import inspect
import typing
from types import ModuleType
from typing import get_args

import pytest

import teams_phone
from teams_phone import GraphClient, PhoneNumber, models, types


@pytest.mark.parametrize("name", types.__all__)
def test_every_name_is_there_at_run_time(name: str) -> None:
    assert getattr(types, name) is not None


@pytest.mark.parametrize("module", [teams_phone, models])
def test_everything_exported_can_be_had(module: ModuleType) -> None:
    for name in module.__all__:
        assert getattr(module, name) is not None, name


def test_lists_hold_the_services_spelling() -> None:
    assert set(get_args(types.PrincipalType)) == {"user", "teamsResourceAccount"}
    assert "callingPlan" in get_args(types.NumberType)


def test_keyword_arguments_of_calls_have_types_that_resolve() -> None:
    hints = typing.get_type_hints(types.CallOptions)
    assert set(hints) == {"timeout", "retry", "api_version", "client_request_id"}


def test_every_annotated_result_is_a_class_of_models() -> None:
    for name in models.__all__:
        assert inspect.isclass(getattr(models, name)), name


def test_numbers_are_taken_as_text_and_as_numbers(graph: GraphClient) -> None:
    text = "+1 206 555 0100"
    assert graph.numbers.get(PhoneNumber.parse(text)) == graph.numbers.get(text)
