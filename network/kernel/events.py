"""Facts: what has happened, in the past tense, as frozen values. News travels upward as facts, never as imports."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The base of every fact. A subclass names its `topic` and lists ids, points and instants; nothing personal."""

    topic: ClassVar[str]

    def as_payload(self) -> dict[str, Any]:
        """The fact as JSON values."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """The fact back from its JSON values. Unknown members are left out, so that old workers read new facts."""
        return cls(**{f.name: _typed(f.type, payload[f.name]) for f in fields(cls) if f.name in payload})


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value.isoformat() if isinstance(value, datetime) else value


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if kind in (UUID, UUID | None):
        return UUID(value)
    return datetime.fromisoformat(value) if kind in (datetime, datetime | None) else value
