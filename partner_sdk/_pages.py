"""Lists that come in pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Generic, TypeVar

from ._exchange import Answer, Call
from ._models import Model
from ._reading import Reader

__all__ = ["Page", "page_reader"]

M = TypeVar("M", bound=Model)


class Page(Generic[M]):
    """One page of a list. Iterating it goes on through all the pages that follow, fetching each when it is reached.

    `data`: this page's items. `has_more`, `next_cursor`: whether and where the list goes on.
    """

    __slots__ = ("_next", "data", "has_more", "next_cursor", "raw", "request_id")

    def __init__(self, reader: Reader, data: tuple[M, ...], fetch: Callable[[str], Page[M]]) -> None:
        self.data: tuple[M, ...] = data
        self.has_more: bool = reader.flag("has_more")
        self.next_cursor: str | None = reader.text_or_none("next_cursor")
        self.raw: Mapping[str, Any] = reader.fields
        self.request_id: str | None = reader.request_id
        if self.has_more and not self.next_cursor:
            raise reader.complaint("next_cursor", "is missing though there is more")
        self._next = fetch

    def next_page(self) -> Page[M] | None:
        """Fetch the page after this one; None after the last. Raises what the list method raises."""
        return self._next(self.next_cursor) if self.has_more and self.next_cursor else None

    def pages(self) -> Iterator[Page[M]]:
        """This page and all that follow."""
        page: Page[M] | None = self
        while page is not None:
            yield page
            page = page.next_page()

    def __iter__(self) -> Iterator[M]:
        for page in self.pages():
            yield from page.data

    def __repr__(self) -> str:
        return f"<Page of {len(self.data)}, {'more to come' if self.has_more else 'the last'}>"


def page_reader(call: Call, kind: type[M], send: Callable[[Call], Answer]) -> Callable[[Answer], Page[M]]:
    """What reads the answer to `call` as a page of `kind`, able to `send` for the next."""

    def read(answer: Answer) -> Page[M]:
        reader = Reader(answer, f"Page of {kind.__name__}")
        page = Page(reader, tuple(kind._read(each) for each in reader.each("data")), fetch)
        if page.has_more and page.next_cursor == call.query.get("cursor"):
            raise reader.complaint("next_cursor", "leads back to the same page")
        return page

    def fetch(cursor: str) -> Page[M]:
        following = replace(call, query={**call.query, "cursor": cursor})
        return page_reader(following, kind, send)(send(following))

    return read
