"""Reading JSON objects into typed fields: tolerant of what is new, exact about what is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from ._exchange import Answer
from ._frozen import FrozenDict

__all__ = ["Reader"]

T = TypeVar("T")

JSON_WORDS: Mapping[type, str] = {
    FrozenDict: "an object",
    tuple: "an array",
    str: "text",
    int: "a whole number",
    float: "a fraction",
    bool: "true or false",
}


class Reader:
    """One JSON object of an answer.

    Unknown fields and unknown values of a known field pass. A field that is needed and missing, or of another type,
    raises ResponseError with the field's path and never its value, which may be personal data.
    """

    __slots__ = ("_answer", "_where", "fields")

    def __init__(self, answer: Answer, where: str, fields: FrozenDict | None = None) -> None:
        self._answer = answer
        self._where = where
        self.fields: FrozenDict = answer.json_object() if fields is None else fields

    @property
    def request_id(self) -> str | None:
        return self._answer.request_id

    def text(self, name: str) -> str:
        return self._needed(name, str)

    def text_or_none(self, name: str) -> str | None:
        return self._found(name, str)

    def whole(self, name: str) -> int:
        return self._needed(name, int)

    def flag(self, name: str) -> bool:
        return self._needed(name, bool)

    def instant(self, name: str) -> datetime:
        """An RFC 3339 instant, as an aware datetime in UTC."""
        try:
            instant = datetime.fromisoformat(self._needed(name, str))
            if instant.tzinfo is not None:
                return instant.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.complaint(name, "is not an RFC 3339 instant") from None
        raise self.complaint(name, "is an instant without an offset")

    def inner(self, name: str) -> Reader:
        return Reader(self._answer, f"{self._where}.{name}", self._needed(name, FrozenDict))

    def texts(self, name: str) -> tuple[str, ...]:
        values = self._needed(name, tuple)
        if not all(isinstance(value, str) for value in values):
            raise self.complaint(name, "holds something other than text")
        return values

    def each(self, name: str) -> Iterator[Reader]:
        for place, value in enumerate(self._needed(name, tuple)):
            if not isinstance(value, FrozenDict):
                raise self.complaint(f"{name}[{place}]", "is not an object")
            yield Reader(self._answer, f"{self._where}.{name}[{place}]", value)

    def complaint(self, name: str, problem: str) -> Exception:
        return self._answer.misunderstood(f"{self._where}.{name} {problem}")

    def _found(self, name: str, kind: type[T]) -> T | None:
        value: Any = self.fields.get(name)
        if value is None:
            return None
        # A bool is an int to Python, and is not one in JSON.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.complaint(name, f"is {JSON_WORDS[type(value)]} instead of {JSON_WORDS[kind]}")
        return value

    def _needed(self, name: str, kind: type[T]) -> T:
        value = self._found(name, kind)
        if value is None:
            raise self.complaint(name, "is missing")
        return value
