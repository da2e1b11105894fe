"""Owns lists: items one by one or page by page, however many there are."""

from __future__ import annotations

from typing import Generic, TypeVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from typing_extensions import Self

    from .. import _native
    from .runner import Runner

T = TypeVar("T")


class Items(Generic[T]):
    """The items of a list; pages are fetched as they are needed. It can be gone through once.

    Raises the error of the page that could not be fetched, after the items of the pages before it.
    """

    def __init__(
        self, run: Runner, pages: _native.Pages[T], client: _native.Client | _native.GraphClient
    ) -> None:
        self._run = run
        self._pages = pages
        # Its credential is to last as long as pages are fetched.
        self._client = client
        self._page: list[T] = []

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while not self._page:
            page = await self._run(self._pages.next())
            if page is None:
                raise StopAsyncIteration
            page.reverse()
            # In front, which is after: another task may have put a page here meanwhile.
            self._page[:0] = page
        return self._page.pop()

    async def pages(self) -> AsyncGenerator[list[T], None]:
        """Yields the pages as the service cut them, each as a list; without what was taken item by item."""
        if self._page:
            rest, self._page = self._page[::-1], []
            yield rest
        while (page := await self._run(self._pages.next())) is not None:
            yield page
