"""Files of many lines."""

from dataclasses import dataclass
from datetime import datetime

from ._base import Model

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


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchError(Model):
    """A refused line, by its number in the file from 1."""

    line: int
    code: str
    field: str | None
    message: str
