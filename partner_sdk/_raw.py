"""The answer behind a result, for those who need its headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, ParamSpec, TypeVar, cast

from ._exchange import Answer

__all__ = ["RawResponse", "as_raw"]

P = ParamSpec("P")
T = TypeVar("T")


class RawResponse(Generic[T]):
    """A 2xx answer as it came; `parse()` gives what the plain method would have returned."""

    __slots__ = ("_answer", "_read")

    def __init__(self, answer: Answer, read: Callable[[Answer], T]) -> None:
        self._answer = answer
        self._read = read

    @property
    def status_code(self) -> int:
        return self._answer.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """Read-only; names match in any case."""
        return self._answer.headers

    @property
    def content(self) -> bytes:
        """The body, undecoded."""
        return self._answer.content

    @property
    def request_id(self) -> str | None:
        return self._answer.request_id

    @property
    def idempotency_key(self) -> str | None:
        """The key the call was sent under, if it writes."""
        return self._answer.idempotency_key

    def parse(self) -> T:
        """The typed result. Raises ResponseError when the answer makes no sense."""
        return self._read(self._answer)

    def __repr__(self) -> str:
        return f"<RawResponse {self.status_code}, request {self.request_id}>"


def as_raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
    """The same method of a resource that was made raw, with the type it then has."""
    return cast("Callable[P, RawResponse[T]]", method)
