"""Many lines at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import IO, Any

from .._checks import instant
from .._exchange import Answer, Call, get
from .._models import Batch, BatchError
from .._raw import as_raw
from .._reading import Reader
from ._base import Resource

__all__ = ["Batches", "RawBatches"]


class Batches(Resource):
    """Files of earns and reversals, from tills that were offline or from accounting software."""

    @property
    def with_raw_response(self) -> RawBatches:
        """The same methods, returning the answer itself."""
        return RawBatches(Batches(self._send, raw=True))

    def create(self, lines_or_file: Iterable[Mapping[str, Any]] | IO[bytes], *, csv: bool = False) -> Batch:
        """Hand in lines, or a file opened in binary mode: NDJSON, or with `csv` CSV with a header. At most 256 MiB.

        A line is known by its till and sequence for ever, so the same file may be sent again. The network works on
        it after answering: ask `get`, then `errors`. Scope `points:earn`. Raises ValidationError, IdempotencyError.
        """
        read = getattr(lines_or_file, "read", None)
        body = read() if read else b"".join(_line(values) for values in lines_or_file)  # type: ignore[arg-type]
        if not isinstance(body, bytes):
            raise TypeError("open the file in binary mode")
        media = "text/csv" if csv else "application/x-ndjson"
        path = "/v1/batches"
        call = Call(method="POST", route=path, path=path, body=body, headers={"Content-Type": media}, keyed=True)
        return self._make(call, Batch._read_answer)

    def get(self, batch_id: str) -> Batch:
        """A batch of this partner, and how far it is. Scope `points:read`. Raises NotFoundError."""
        return self._make(get("/v1/batches/{batch_id}", batch_id=batch_id), Batch._read_answer)

    def errors(self, batch_id: str) -> tuple[BatchError, ...]:
        """The lines refused so far, in the order of the file. Scope `points:read`. Raises NotFoundError."""
        return self._make(get("/v1/batches/{batch_id}/errors", batch_id=batch_id), _errors)


class RawBatches:
    """`Batches`, returning the answers themselves."""

    def __init__(self, batches: Batches) -> None:
        self.create = as_raw(batches.create)
        self.get = as_raw(batches.get)
        self.errors = as_raw(batches.errors)


def _line(values: Mapping[str, Any]) -> bytes:
    told = {
        name: instant(name, value) if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None
    }
    return json.dumps(told, separators=(",", ":")).encode() + b"\n"


def _errors(answer: Answer) -> tuple[BatchError, ...]:
    lines = answer.content.splitlines()
    return tuple(BatchError._read(Reader(replace(answer, content=line), "BatchError")) for line in lines)
