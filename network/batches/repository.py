"""All queries of batches, by psycopg: their rows come by the thousand."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from network.batches.domain import Batch, Counts, Media, Refusal, Version
from network.earning.domain import Rule
from network.infrastructure.network_clock import NETWORK_NOW
from network.infrastructure.programme import network_programme
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


def insert_parts(connection: psycopg.Connection, batch_id: UUID, parts: Iterable[tuple[bytes, bytes, bytes]]) -> None:
    """The parts of a batch, (low, high, sealed), in the order in which they were cut."""
    statement = "COPY batch_part (batch_id, part, low, high, sealed) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(["uuid", "int8", "bytea", "bytea", "bytea"])
        for number, part in enumerate(parts):
            copy.write_row((batch_id, number, *part))


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


def take_part(connection: psycopg.Connection, batch_id: UUID) -> tuple[int, bytes] | None:
    """Take a part to the end of the transaction: its number and its sealed lines. None if there is none to be had.

    The first that nobody else has, and that waits for no earlier one: that tells of none of the same members.
    """
    return connection.execute(
        "SELECT p.part, p.sealed FROM batch_part p WHERE p.batch_id = %s AND p.sealed IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM batch_part e WHERE e.batch_id = p.batch_id AND e.part < p.part AND e.sealed IS NOT NULL"
        "  AND e.low <= p.high AND e.high >= p.low) ORDER BY p.part LIMIT 1 FOR NO KEY UPDATE OF p SKIP LOCKED",
        (batch_id,),
    ).fetchone()


def finish_part(
    connection: psycopg.Connection, batch_id: UUID, part: int, counts: Counts, refusals: Sequence[Refusal]
) -> None:
    """Count a part's lines, keep its refusals, and forget the lines."""
    statement = "COPY batch_error (batch_id, line, code, field, message) FROM STDIN"
    if refusals:
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for refusal in refusals:
                copy.write_row((batch_id, *refusal))
    connection.execute(
        "UPDATE batch_part SET sealed = NULL, posted = %s, duplicates = %s, refused = %s"
        " WHERE batch_id = %s AND part = %s",
        (counts.posted, counts.duplicates, counts.refused, batch_id, part),
    )


def stop(connection: psycopg.Connection, batch_id: UUID) -> None:
    """End a batch whose client may not act any more, and forget the lines that wait."""
    connection.execute(
        f"UPDATE batch SET is_stopped = true, wrapped_key = NULL, completed_at = {NETWORK_NOW}"
        " WHERE batch_id = %s AND completed_at IS NULL",
        (batch_id,),
    )
    connection.execute("UPDATE batch_part SET sealed = NULL WHERE batch_id = %s", (batch_id,))


def complete(connection: psycopg.Connection, batch_id: UUID) -> None:
    """End a batch of which no part waits."""
    connection.execute(
        f"UPDATE batch SET wrapped_key = NULL, completed_at = {NETWORK_NOW} WHERE batch_id = %s"
        f" AND completed_at IS NULL AND NOT EXISTS ({_WAITING})",
        (batch_id,),
    )


def unfinished(connection: psycopg.Connection, batch_id: UUID | None = None) -> list[tuple[UUID, int]]:
    """Batches that are not completed, oldest first, with the number of parts that wait; all, or this one."""
    return connection.execute(
        f"SELECT batch.batch_id, (SELECT count(*) FROM ({_WAITING}) waiting) FROM batch"
        " WHERE completed_at IS NULL AND (%(id)s::uuid IS NULL OR batch_id = %(id)s) ORDER BY batch_id",
        {"id": batch_id},
    ).fetchall()


def find_batch(connection: psycopg.Connection, partner_id: UUID, batch_id: UUID) -> Batch | None:
    """A partner's own batch and how far it is."""
    row = connection.execute(
        "SELECT b.media, b.total, b.created_at, b.completed_at, b.is_stopped, sum(p.posted)::bigint,"
        " sum(p.duplicates)::bigint, sum(p.refused)::bigint FROM batch b JOIN batch_part p USING (batch_id)"
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
            (partner_id, f"{{{','.join(keys)}}}"),  # keys hold nothing to escape
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
        "SELECT currency, valid_from, json_object_agg(point_type, contract_id), expires_after_months,"
        " coalesce(expiry_programme, %s) IS NOT NULL, prepaid OR credit_limit_minor IS NOT NULL"
        " FROM contract_version WHERE partner_id = %s GROUP BY 1, 2, 4, 5, 6",
        (network_programme(), partner_id),
    ).fetchall()
    return [
        (row[0], row[1], Version({name: UUID(each).bytes for name, each in row[2].items()}, *row[3:])) for row in rows
    ]


_WAITING = "SELECT FROM batch_part p WHERE p.batch_id = batch.batch_id AND p.sealed IS NOT NULL"
