"""Batches and their refused lines as JSON and as CSV."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from network.batches.domain import Batch, Refusal
from network.kernel.clock import as_utc
from network.kernel.identifiers import show

_COLUMNS = ("line", "code", "field", "message")


def present_batch(batch: Batch) -> str:
    """A Batch."""
    counts = batch.counts
    told: dict[str, Any] = {
        "id": show("bat", batch.batch_id),
        "status": batch.status.value,
        "total": batch.total,
        "done": counts.done,
        "posted": counts.posted,
        "duplicates": counts.duplicates,
        "refused": counts.refused,
        "created_at": _instant(batch.created_at),
        "completed_at": None if batch.completed_at is None else _instant(batch.completed_at),
    }
    return json.dumps(told, separators=(",", ":"))


def refusals_as_ndjson(refusals: Iterable[Refusal]) -> Iterator[str]:
    """A JSON object a line."""
    for refusal in refusals:
        yield json.dumps(refusal._asdict(), ensure_ascii=False, separators=(",", ":")) + "\n"


def refusals_as_csv(refusals: Iterable[Refusal]) -> Iterator[str]:
    """A header, and a row a line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for refusal in refusals:
        writer.writerow(refusal)
        yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> str:
    taken = text.getvalue()
    text.seek(0)
    text.truncate()
    return taken


def _instant(instant: Any) -> str:
    return as_utc(instant).isoformat().replace("+00:00", "Z")
