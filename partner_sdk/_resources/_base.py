"""What every resource has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from .._checks import whole
from .._exchange import Answer, Call
from .._models import Model
from .._pages import Page, page_reader
from .._raw import RawResponse

__all__ = ["Resource", "paging"]

M = TypeVar("M", bound=Model)
T = TypeVar("T")

Send = Callable[[Call], Answer]


class Resource:
    """Methods that make a call and read its answer. `send` brings the options of its Partner along."""

    def __init__(self, send: Send, *, raw: bool = False) -> None:
        self._send = send
        self._raw = raw

    def _make(self, call: Call, read: Callable[[Answer], T]) -> T:
        answer = self._send(call)
        if self._raw:
            # The one place where a type is not what it says; `as_raw` gives callers the true one.
            return cast(T, RawResponse(answer, read))
        return read(answer)

    def _list(self, call: Call, kind: type[M]) -> Page[M]:
        return self._make(call, page_reader(call, kind, self._send))


def paging(limit: int | None, cursor: str | None) -> dict[str, str]:
    """The query of a list: at most `limit` items a page, from `cursor` on."""
    query = {} if limit is None else {"limit": str(whole("limit", limit))}
    return query if cursor is None else {**query, "cursor": cursor}
