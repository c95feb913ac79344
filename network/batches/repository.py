"""All queries of batches, by psycopg: their rows come by the thousand."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from network.batches.domain import LAST_LANE, Batch, Counts, Media, Refusal, Version
from network.earning.domain import Rule
from network.infrastructure.network_clock import NETWORK_NOW
from network.kernel.clock import as_utc
from network.wallet.domain import ReturnPolicy


class Work(NamedTuple):
    """What a job has to know of its batch. `wrapped_key` is None once nothing is left to do."""

    batch_id: UUID
    partner_id: UUID
    client_id: UUID
    media: Media
    columns: Sequence[str] | None
    wrapped_key: bytes | None
    request_id: str
    problems_url: str


class Answered(NamedTuple):
    """A request that was answered before, under the key of a line."""

    body_hash: bytes
    status: int
    answer: str
    wallet_id: UUID | None
    sequence: int | None


def insert_batch(connection: psycopg.Connection, work: Work, total: int, created_at: datetime) -> None:
    """A new batch, without its parts."""
    connection.execute(
        "INSERT INTO batch (batch_id, partner_id, client_id, media, columns, wrapped_key, request_id, problems_url,"
        " total, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (*work, total, created_at),
    )


def insert_parts(connection: psycopg.Connection, batch_id: UUID, parts: Iterable[tuple[int, bytes]]) -> None:
    """The parts of a batch, (lane, sealed), in the order of the file."""
    lanes: set[int] = set()
    with connection.cursor() as cursor:
        with cursor.copy("COPY batch_part (batch_id, lane, part, sealed) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["uuid", "int2", "int8", "bytea"])
            for number, (lane, sealed) in enumerate(parts):
                copy.write_row((batch_id, lane, number, sealed))
                lanes.add(lane)
        cursor.executemany("INSERT INTO batch_lane (batch_id, lane) VALUES (%s, %s)", [(batch_id, n) for n in lanes])


def find_work(connection: psycopg.Connection, batch_id: UUID) -> Work | None:
    """What there is to know of a batch before working on it."""
    row = connection.execute(
        "SELECT partner_id, client_id, media, columns, wrapped_key, request_id, problems_url"
        " FROM batch WHERE batch_id = %s",
        (batch_id,),
    ).fetchone()
    if row is None:
        return None
    partner_id, client_id, media, columns, wrapped_key, request_id, problems_url = row
    return Work(batch_id, partner_id, client_id, Media(media), columns, wrapped_key, request_id, problems_url)


def lock_lane(connection: psycopg.Connection, batch_id: UUID, lane: int) -> bool:
    """Take a lane to the end of the transaction; False if another does, or if it has to wait for the other lanes."""
    row = connection.execute(
        "SELECT 1 FROM batch_lane WHERE batch_id = %(id)s AND lane = %(lane)s AND (lane < %(last)s OR NOT EXISTS"
        " (SELECT FROM batch_part WHERE batch_id = %(id)s AND lane < %(last)s)) FOR NO KEY UPDATE SKIP LOCKED",
        {"id": batch_id, "lane": lane, "last": LAST_LANE},
    ).fetchone()
    return row is not None


def next_part(connection: psycopg.Connection, batch_id: UUID, lane: int) -> tuple[int, bytes] | None:
    """The first part of a lane that is not posted yet: its number, and its sealed lines."""
    return connection.execute(
        "SELECT part, sealed FROM batch_part WHERE batch_id = %s AND lane = %s ORDER BY part LIMIT 1", (batch_id, lane)
    ).fetchone()


def finish_part(
    connection: psycopg.Connection, batch_id: UUID, lane: int, part: int, counts: Counts, refusals: Sequence[Refusal]
) -> None:
    """Count a part's lines, keep its refusals, and take it from the list of work."""
    statement = "COPY batch_error (batch_id, line, code, field, message) FROM STDIN"
    if refusals:
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for refusal in refusals:
                copy.write_row((batch_id, *refusal))
    connection.execute(
        "UPDATE batch_lane SET posted = posted + %s, duplicates = duplicates + %s, refused = refused + %s"
        " WHERE batch_id = %s AND lane = %s",
        (counts.posted, counts.duplicates, counts.refused, batch_id, lane),
    )
    connection.execute("DELETE FROM batch_part WHERE batch_id = %s AND lane = %s AND part = %s", (batch_id, lane, part))


def stop(connection: psycopg.Connection, batch_id: UUID) -> None:
    """End a batch whose client may not act any more, and forget the lines that wait."""
    connection.execute(
        f"UPDATE batch SET is_stopped = true, wrapped_key = NULL, completed_at = {NETWORK_NOW}"
        " WHERE batch_id = %s AND completed_at IS NULL",
        (batch_id,),
    )
    connection.execute("DELETE FROM batch_part WHERE batch_id = %s", (batch_id,))


def complete(connection: psycopg.Connection, batch_id: UUID) -> None:
    """End a batch that has no parts left."""
    connection.execute(
        f"UPDATE batch SET wrapped_key = NULL, completed_at = {NETWORK_NOW} WHERE batch_id = %s"
        " AND completed_at IS NULL AND NOT EXISTS (SELECT FROM batch_part p WHERE p.batch_id = batch.batch_id)",
        (batch_id,),
    )


def unfinished(connection: psycopg.Connection, batch_id: UUID | None = None) -> list[tuple[UUID, list[int]]]:
    """Batches that are not completed, oldest first, with the lanes that can be worked on now; all, or this one."""
    rows = connection.execute(
        "SELECT b.batch_id, array(SELECT l.lane FROM batch_lane l WHERE l.batch_id = b.batch_id AND EXISTS"
        " (SELECT FROM batch_part p WHERE p.batch_id = l.batch_id AND p.lane = l.lane) ORDER BY l.lane)"
        " FROM batch b WHERE b.completed_at IS NULL AND (%(id)s::uuid IS NULL OR b.batch_id = %(id)s)"
        " ORDER BY b.batch_id",
        {"id": batch_id},
    ).fetchall()
    return [(id_, [lane for lane in lanes if lane != LAST_LANE or len(lanes) == 1]) for id_, lanes in rows]


def find_batch(connection: psycopg.Connection, partner_id: UUID, batch_id: UUID) -> Batch | None:
    """A partner's own batch and how far it is."""
    row = connection.execute(
        "SELECT b.media, b.total, b.created_at, b.completed_at, b.is_stopped, sum(l.posted)::bigint,"
        " sum(l.duplicates)::bigint, sum(l.refused)::bigint FROM batch b JOIN batch_lane l USING (batch_id)"
        " WHERE b.batch_id = %s AND b.partner_id = %s GROUP BY b.batch_id",
        (batch_id, partner_id),
    ).fetchone()
    if row is None:
        return None
    media, total, created_at, completed_at, is_stopped, *counts = row
    completed = None if completed_at is None else as_utc(completed_at)
    return Batch(batch_id, Media(media), total, Counts(*counts), as_utc(created_at), completed, is_stopped)


def refusals(connection: psycopg.Connection, batch_id: UUID, after: int, most: int) -> list[Refusal]:
    """Refused lines in the order of the file, those after line `after`."""
    rows = connection.execute(
        "SELECT line, code, field, message FROM batch_error WHERE batch_id = %s AND line > %s ORDER BY line LIMIT %s",
        (batch_id, after, most),
    ).fetchall()
    return [Refusal(*row) for row in rows]


def answered(connection: psycopg.Connection, partner_id: UUID, keys: Sequence[str]) -> dict[str, Answered]:
    """The requests that were answered under some keys."""
    with connection.cursor(binary=True) as cursor:
        rows: list[Any] = cursor.execute(
            "SELECT idempotency_key, body_hash, status, answer, wallet_id, sequence FROM request"
            " WHERE partner_id = %b AND idempotency_key = ANY(%b::text[])",
            (partner_id, list(keys)),
        ).fetchall()
    return {row[0]: Answered(*row[1:]) for row in rows}


def rules_of(connection: psycopg.Connection, partner_id: UUID) -> list[tuple[str, datetime, Rule]]:
    """A partner's earning rules: currency, since when, rule."""
    rows = connection.execute(
        "SELECT currency, valid_from, points_per_unit, pending_days, return_policy, extension_days"
        " FROM earning_rule WHERE partner_id = %s",
        (partner_id,),
    ).fetchall()
    return [(row[0], row[1], Rule(row[2], row[3], ReturnPolicy(row[4]), row[5])) for row in rows]


def contracts_of(connection: psycopg.Connection, partner_id: UUID) -> list[tuple[str, datetime, Version]]:
    """A partner's contract versions: currency, since when, version."""
    rows = connection.execute(
        "SELECT currency, valid_from, contract_id, expires_after_months FROM contract_version WHERE partner_id = %s",
        (partner_id,),
    ).fetchall()
    return [(row[0], row[1], Version(row[2].hex, row[3])) for row in rows]
