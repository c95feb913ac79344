"""What every answer has, and how it is read: each field as its type tells.

So the modules of models do not import `annotations` from the future: their types are types, not texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Any, Self, get_args, get_origin

from .._exchange import Answer
from .._frozen import FrozenDict
from .._reading import Reader

__all__ = ["Model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The base of all answers. `raw`: the JSON object as it came, read-only. `request_id`: names it in support."""

    raw: Mapping[str, Any] = field(default_factory=FrozenDict, repr=False, compare=False)
    request_id: str | None = field(default=None, repr=False, compare=False)

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        told = {name: read(reader, name) for name, read in _plan(cls)}  # type: ignore[arg-type]  # a class can be hashed
        return cls(**told, raw=reader.fields, request_id=reader.request_id)

    @classmethod
    def _read_answer(cls, answer: Answer) -> Self:
        return cls._read(Reader(answer, cls.__name__))


Read = Callable[[Reader, str], Any]

PLAIN: Mapping[Any, Read] = {
    str: Reader.text,
    int: Reader.whole,
    bool: Reader.flag,
    datetime: Reader.instant,
    tuple[str, ...]: Reader.texts,
}


@cache
def _plan(model: Any) -> list[tuple[str, Read]]:
    common = {each.name for each in fields(Model)}
    return [(each.name, _how_to_read(each.type)) for each in fields(model) if each.name not in common]


def _how_to_read(kind: Any) -> Read:
    """`X | None` may be missing; a model is read from an object, a tuple of models from an array of them."""
    if kind in PLAIN:
        return PLAIN[kind]
    if get_origin(kind) is UnionType:
        read = _how_to_read(get_args(kind)[0])
        return lambda reader, name: None if reader.fields.get(name) is None else read(reader, name)
    if get_origin(kind) is tuple:
        item = get_args(kind)[0]
        return lambda reader, name: tuple(item._read(each) for each in reader.each(name))
    return lambda reader, name: kind._read(reader.inner(name))
