"""A batch as a partner sees it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Media(StrEnum):
    """How the lines of a file are written."""

    NDJSON = "ndjson"
    CSV = "csv"


class Status(StrEnum):
    """Where a batch is. A stopped one is never resumed: its client was suspended or revoked meanwhile."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of lines. `duplicates` had been posted before, and were not posted again."""

    posted: int = 0
    duplicates: int = 0
    refused: int = 0

    @property
    def done(self) -> int:
        return self.posted + self.duplicates + self.refused


@dataclass(frozen=True, slots=True)
class Batch:
    """A file of lines. `total`: its lines without blank ones and without the header."""

    batch_id: UUID
    media: Media
    total: int
    counts: Counts
    created_at: datetime
    completed_at: datetime | None
    is_stopped: bool

    @property
    def status(self) -> Status:
        if self.is_stopped:
            return Status.STOPPED
        if self.completed_at is not None:
            return Status.COMPLETED
        return Status.RUNNING if self.counts.done else Status.QUEUED


class Refusal(NamedTuple):
    """Why a line was refused. `line` is its number in the file, from 1, the header counted."""

    line: int
    code: str
    field: str | None
    message: str
