"""The contract of the calls about resource accounts, on both faces."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from support.teams import (
    ACCOUNT,
    ACCOUNT_ID,
    APP_ID,
    NOBODY,
    NUMBER,
    RESOURCE_ID,
    limited,
    service_number,
)

import teams_phone
from teams_phone.models import ResourceAccount

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.face import Face

    from teams_phone.testing import Emulator

KNOWN = ResourceAccount(
    id=ACCOUNT_ID,
    user_principal_name=ACCOUNT,
    display_name="Reception",
    app_id=APP_ID,
    phone_number=None,
    acs_resource_id=RESOURCE_ID,
)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, [KNOWN]),
        ({"app_id": APP_ID}, [KNOWN]),
        ({"app_id": uuid.UUID(APP_ID), "acs_resource_id": RESOURCE_ID.upper()}, [KNOWN]),
        ({"acs_resource_id": uuid.UUID(RESOURCE_ID)}, [KNOWN]),
        ({"app_id": NOBODY}, []),
        ({"acs_resource_id": NOBODY}, []),
    ],
)
def test_finds_an_account_by_application_and_by_resource(
    face: Face, conditions: dict[str, Any], expected: list[ResourceAccount]
) -> None:
    assert list(face.graph.resource_accounts.list(**conditions)) == expected


@pytest.mark.parametrize("kind", [str, uuid.UUID])
def test_reads_an_account(face: Face, emulator: Emulator, kind: Any) -> None:
    service_number(emulator, assigned_to=ACCOUNT)
    account = face.graph.resource_accounts.get(kind(ACCOUNT_ID))
    assert account.phone_number == NUMBER
    assert account.to_dict() == {**KNOWN.to_dict(), "phone_number": NUMBER}


@pytest.mark.parametrize("style", ["plain", "nested"])
def test_an_account_that_is_not_there_is_not_found(
    face: Face, emulator: Emulator, style: str
) -> None:
    emulator.graph.configure(errors=style)
    with pytest.raises(teams_phone.NotFoundError) as caught:
        face.graph.resource_accounts.get(NOBODY)
    assert caught.value.operation == "resource_account_get"
    assert (caught.value.status, caught.value.code) == (404, "NotFound")


def test_goes_through_all_pages(face: Face, emulator: Emulator) -> None:
    for index in range(6):
        emulator.graph.add_resource_account(f"ra{index}@teams-phone-emulator.invalid")
    pages = [len(page) for page in face.graph.resource_accounts.list(page_size=3).pages()]
    assert pages == [3, 3, 1]


def test_nothing_is_sent_for_what_cannot_be_right(face: Face, emulator: Emulator) -> None:
    accounts = face.graph.resource_accounts
    rows: list[tuple[Callable[[], object], str]] = [
        (lambda: accounts.get(ACCOUNT), "object id"),
        (lambda: accounts.list(app_id="x"), "client id"),
        (lambda: accounts.list(acs_resource_id="acs-demo"), "immutable resource id"),
        (lambda: accounts.list(page_size=0), "page_size is 0"),
        (lambda: accounts.get(ACCOUNT_ID, api_version="v1.0"), "beta"),
    ]
    for call, words in rows:
        with pytest.raises(teams_phone.ConfigError, match=words) as caught:
            call()
        assert caught.value.attempts == 0
    assert emulator.requests() == []


def test_a_missing_permission_is_named(face: Face, emulator: Emulator) -> None:
    graph = limited(face, emulator, "Organization.Read.All")
    with pytest.raises(teams_phone.PermissionDeniedError) as caught:
        list(graph.resource_accounts.list())
    assert "TeamsResourceAccount.Read.All" in caught.value.accepted_permissions
    assert caught.value.operation == "resource_account_list"


def test_a_token_for_another_service_is_refused_once_and_explained(
    face: Face, emulator: Emulator
) -> None:
    token = emulator.entra.app_token("https://communication.azure.com//.default")
    graph = face.open(face.module.GraphClient(lambda: token, endpoint=emulator.url))
    with pytest.raises(teams_phone.ServiceError) as caught:
        graph.resource_accounts.get(ACCOUNT_ID)
    assert (caught.value.status, caught.value.code) == (401, "InvalidAuthenticationToken")
    assert caught.value.hint and token not in repr(caught.value.__dict__)
