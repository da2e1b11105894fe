"""Rings of objects that go through a client, which Python's garbage collector takes apart."""

from __future__ import annotations

import asyncio
import functools
import gc
import weakref
from typing import TYPE_CHECKING

import pytest

import teams_phone
import teams_phone.aio
from teams_phone.credentials import DeviceCodeCredential

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SCOPE = "https://communication.azure.com/.default"

FACES = [teams_phone, teams_phone.aio]


class Owner:
    """Has a client and is where that gets its tokens."""

    def __init__(self, emulator: Any, scope: str = SCOPE) -> None:
        self.emulator = emulator
        self.scope = scope
        self.asked = 0
        self.client: Any = None

    def token(self) -> str:
        self.asked += 1
        return str(self.emulator.entra.app_token(self.scope))

    def get_token(self, *_: str, **__: Any) -> Any:
        from types import SimpleNamespace

        return SimpleNamespace(token=self.token(), expires_on=4_102_444_800)


WAYS: dict[str, Callable[[Owner], Any]] = {
    "a bound method": lambda owner: owner.token,
    "a function": lambda owner: lambda: owner.token(),
    "a partial": lambda owner: functools.partial(Owner.token, owner),
    "the object": lambda owner: owner,
}


def settled(outcome: Any) -> Any:
    """The outcome of a call of either face."""
    if not hasattr(outcome, "__await__"):
        return outcome

    async def wait() -> Any:
        return await outcome

    return asyncio.run(wait())


def gone(reference: Callable[[], object]) -> bool:
    """Whether the collector takes it."""
    gc.collect()
    return reference() is None


@pytest.fixture(autouse=True)
def _by_the_collector_only() -> Any:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("module", FACES)
@pytest.mark.parametrize("way", WAYS)
def test_a_client_goes_with_the_object_that_is_its_credential(
    module: Any, way: str, emulator: Any, tenant: str, account: str
) -> None:
    owner = Owner(emulator)
    owner.client = module.Client(emulator.url, WAYS[way](owner))
    # As long as somebody has the client, it asks for tokens.
    client, reference = owner.client, weakref.ref(owner)
    del owner
    assert not gone(reference)
    settled(client.assignments.revoke(tenant, account))
    assert client.endpoint == emulator.url
    del client
    assert gone(reference)


@pytest.mark.parametrize("module", FACES)
def test_a_client_of_graph_goes_too_though_not_before_its_lists(module: Any, emulator: Any) -> None:
    owner = Owner(emulator, "https://graph.microsoft.com/.default")
    owner.client = module.GraphClient(owner.token, endpoint=emulator.url)
    listed = owner.client.numbers.list(page_size=3)
    reference = weakref.ref(owner)
    del owner
    assert not gone(reference)

    async def count() -> int:
        return len([number async for number in listed])

    assert (asyncio.run(count()) if module is teams_phone.aio else len(list(listed))) > 0
    assert not gone(reference)
    # The function above has the list as well.
    del listed, count
    assert gone(reference)


@pytest.mark.parametrize("module", FACES)
def test_a_calling_credential_goes_with_the_object_that_signs_in(
    module: Any, emulator: Any
) -> None:
    owner = Owner(emulator)
    owner.client = module.CallingCredential(emulator.url, owner.token)
    with pytest.raises(teams_phone.Error):
        # An application is no user, but it is asked.
        settled(owner.client.get_token())
    assert owner.asked
    reference = weakref.ref(owner)
    del owner
    assert gone(reference)


@pytest.mark.parametrize("module", FACES)
def test_a_sign_in_goes_with_the_object_that_it_calls(module: Any, emulator: Any) -> None:
    owner = Owner(emulator)
    show = functools.partial(print, owner)
    credential = DeviceCodeCredential(client_id=emulator.entra.client_id, prompt_callback=show)
    owner.client = module.Client(emulator.url, credential)
    reference = weakref.ref(owner)
    del owner, show
    assert not gone(reference)
    del credential
    assert gone(reference)


@pytest.mark.parametrize("module", FACES)
def test_a_run_keeps_what_it_asks(module: Any, emulator: Any, tenant: str, account: str) -> None:
    owner = Owner(emulator)
    owner.client = module.Client(emulator.url, owner.token)
    results = owner.client.bulk([account], lambda client, one: client.assignments.revoke(tenant, one))
    reference = weakref.ref(owner)
    del owner
    assert not gone(reference)

    async def every() -> list[bool]:
        return [result.ok async for result in results]

    oks = asyncio.run(every()) if module is teams_phone.aio else [result.ok for result in results]
    assert oks == [True]
    del results, every
    assert gone(reference)
