"""Facts: what has happened, in the past tense, as frozen values. News travels upward as facts, never as imports."""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Self
from uuid import UUID

from network.kernel.clock import show_instant
from network.kernel.jsontext import writer

_json = writer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The base of every fact. A subclass names its `topic` and lists ids, points and instants; nothing personal."""

    topic: ClassVar[str]

    def as_payload(self) -> dict[str, Any]:
        """The fact as JSON values."""
        kind: Any = type(self)
        return {name: _plain(getattr(self, name)) for name in _names(kind)}

    def as_json(self) -> str:
        """`as_payload` as text; a fact of the hot path writes it by hand."""
        return _json(self.as_payload())

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """The fact back from its JSON values. Unknown members are left out, so that old workers read new facts."""
        return cls(**{f.name: _typed(f.type, payload[f.name]) for f in fields(cls) if f.name in payload})


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _plain(value: Any) -> Any:
    kind = type(value)
    return str(value) if kind is UUID else show_instant(value) if kind is datetime else value


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if kind in (UUID, UUID | None):
        return UUID(value)
    return datetime.fromisoformat(value) if kind in (datetime, datetime | None) else value
