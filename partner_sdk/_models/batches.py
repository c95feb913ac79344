"""Files of many lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from .._reading import Reader
from ._base import Model, origin

__all__ = ["Batch", "BatchError"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Model):
    """A file, and what became of its lines so far; `duplicates` had been posted before."""

    id: str
    status: str
    total: int
    done: int
    posted: int
    duplicates: int
    refused: int
    created_at: datetime
    completed_at: datetime | None

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(
            id=reader.text("id"),
            status=reader.text("status"),
            total=reader.whole("total"),
            done=reader.whole("done"),
            posted=reader.whole("posted"),
            duplicates=reader.whole("duplicates"),
            refused=reader.whole("refused"),
            created_at=reader.instant("created_at"),
            completed_at=reader.instant_or_none("completed_at"),
            **origin(reader),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchError(Model):
    """A refused line, by its number in the file from 1."""

    line: int
    code: str
    field: str | None
    message: str

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(
            line=reader.whole("line"),
            code=reader.text("code"),
            field=reader.text_or_none("field"),
            message=reader.text("message"),
            **origin(reader),
        )
