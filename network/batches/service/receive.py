"""A file comes in."""

import hashlib
import os
import struct
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO
from uuid import UUID

from redis.exceptions import RedisError

from network.auth.domain import Principal
from network.batches import repository
from network.batches.answers import Origin
from network.batches.domain import Batch, Counts, Media, Part, Splitter, pack, read_header
from network.batches.repository import Work
from network.batches.service.run import queue_batch
from network.infrastructure.database import unit_connection
from network.infrastructure.network_clock import network_now
from network.infrastructure.requests import Answer, RequestKey, find_answer, store_answer
from network.infrastructure.transaction import after_commit, transaction
from network.kernel.identifiers import new_id
from network.members.service.crowd import new_seal

_IN_MEMORY = 4 * 1024 * 1024
_PACKERS = 3
_FRAME = struct.Struct("!HHI")
_PURPOSE = "batch"


@dataclass(frozen=True, slots=True)
class Upload:
    """What the edge tells of a file: who sends it under which key, how it is written, and its bytes, block by block.

    `present` writes down the answer. The key's body hash covers `asks` and the bytes of the file.
    """

    principal: Principal
    idempotency_key: str
    asks: bytes
    media: Media
    blocks: Iterable[bytes]
    origin: Origin
    present: Callable[[Batch], str] = field(repr=False)


class _AnsweredBefore(Exception):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer


def receive(upload: Upload) -> Answer:
    """Take a file in, to be posted by a job. Raises BatchEmpty, BadHeader, LineTooLong, KeyReused.

    No transaction is open while the file comes in, however slowly: one would hold up the clearing of all others.
    """
    batch_id = new_id()
    data_key, wrapped = new_seal(batch_id)
    splitter = Splitter(upload.media, os.urandom(16))
    digest = hashlib.sha256(upload.asks)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        parts = _parts(splitter, upload.blocks, digest.update)
        for part, sealed in _beside(parts, lambda part: data_key.seal(_PURPOSE, pack(part.lines))):
            spool.write(_FRAME.pack(len(part.low), len(part.high), len(sealed)) + part.low + part.high + sealed)
        columns = None if splitter.header is None else read_header(splitter.header)
        spool.seek(0)
        key = RequestKey(upload.principal.partner_id, upload.idempotency_key, digest.digest())
        origin = upload.origin
        work = Work(
            batch_id,
            key.partner_id,
            upload.principal.client_id,
            upload.media,
            columns,
            wrapped,
            origin.request_id,
            origin.problems_url,
        )
        try:
            return _keep(work, splitter.total, key, spool, upload.present)
        except _AnsweredBefore as before:
            return before.answer


def _keep(work: Work, total: int, key: RequestKey, spool: IO[bytes], present: Callable[[Batch], str]) -> Answer:
    with transaction():
        connection = unit_connection()
        before = find_answer(connection, key)
        if before is None:
            now = network_now()
            repository.insert_batch(connection, work, total, now)
            repository.insert_parts(connection, work.batch_id, _framed(spool))
            batch = Batch(work.batch_id, work.media, total, Counts(), now, None, False)
            answer = Answer(202, present(batch))
            before = store_answer(connection, key, answer)
            if before is answer:
                after_commit(lambda: _kick(work.batch_id))
                return answer
        raise _AnsweredBefore(before)  # what was inserted beside a twin is undone


def _kick(batch_id: UUID) -> None:
    with suppress(RedisError):  # the recurring job finds it in the table
        queue_batch(batch_id)


def _parts(splitter: Splitter, blocks: Iterable[bytes], note: Callable[[bytes], object]) -> Iterator[Part]:
    for block in blocks:
        note(block)
        yield from splitter.feed(block)
    yield from splitter.finish()


def _beside(parts: Iterable[Part], make: Callable[[Part], bytes]) -> Iterator[tuple[Part, bytes]]:
    """Each part with what is made of it, some of them side by side: compressing leaves Python to others."""
    with ThreadPoolExecutor(_PACKERS) as packers:
        waiting: deque[tuple[Part, Future[bytes]]] = deque()
        for part in parts:
            waiting.append((part, packers.submit(make, part)))
            if len(waiting) > _PACKERS:
                first, made = waiting.popleft()
                yield first, made.result()
        for first, made in waiting:
            yield first, made.result()


def _framed(spool: IO[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
    while head := spool.read(_FRAME.size):
        low, high, sealed = (spool.read(size) for size in _FRAME.unpack(head))
        yield low, high, sealed
