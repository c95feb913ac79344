"""What every answer has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypedDict

from .._exchange import Answer
from .._frozen import FrozenDict
from .._reading import Reader

__all__ = ["Model", "origin"]


class _Origin(TypedDict):
    raw: Mapping[str, Any]
    request_id: str | None


def origin(reader: Reader) -> _Origin:
    return {"raw": reader.fields, "request_id": reader.request_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The base of all answers. `raw`: the JSON object as it came, read-only. `request_id`: names it in support."""

    raw: Mapping[str, Any] = field(default_factory=FrozenDict, repr=False, compare=False)
    request_id: str | None = field(default=None, repr=False, compare=False)

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        raise NotImplementedError

    @classmethod
    def _read_answer(cls, answer: Answer) -> Self:
        return cls._read(Reader(answer, cls.__name__))
