"""The outbox: facts that must reach their handlers, written in the transaction that made them true.

A fact nobody listens to is not written. `drain` hands waiting facts to their handlers and deletes them in the same
transaction, so each handler's effect happens exactly once, whatever is killed; Redis only carries the kick to drain.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base, db
from network.infrastructure.failpoints import failpoint
from network.infrastructure.transaction import transaction
from network.kernel.events import Fact
from network.kernel.identifiers import new_id
from network.kernel.jsontext import writer

Handler = Callable[[Sequence[Any]], None]
"""Takes some facts of one kind, oldest first; called inside a transaction."""

_log = logging.getLogger(__name__)
_json = writer()
_handlers: dict[str, list[Handler]] = defaultdict(list)
_kinds: dict[str, type[Fact]] = {}
_MOST_AT_ONCE = 1_000  # facts that a handler is given: its statement may have some parameters for each
_MOST_LISTED = 100  # facts of a row: a drain of 500 rows still fits into memory
_MOST_ATTEMPTS = 12  # the last of them about an hour after the first


class OutboxRow(Base):
    """A fact on its way, or a list of facts (`rows_for_many`). The row is deleted once every handler has had it."""

    __tablename__ = "outbox"

    fact_id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str]
    payload: Mapped[dict[str, Any] | list[Any]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    not_before: Mapped[datetime] = mapped_column(server_default=text("'-infinity'"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str | None]


def subscribe(kind: type[Fact], handler: Handler) -> None:
    """Let `handler` have every fact of this kind. Called while the application is composed."""
    _kinds[kind.topic] = kind
    if handler not in _handlers[kind.topic]:
        _handlers[kind.topic].append(handler)


def rows_for(facts: Iterable[Fact]) -> list[tuple[UUID, str, str]]:
    """Outbox rows (fact id, topic, payload as JSON) for those facts that somebody listens to."""
    return [(new_id(), fact.topic, fact.as_json()) for fact in facts if _handlers.get(fact.topic)]


def is_heard(kind: type[Fact]) -> bool:
    """Whether somebody listens to facts of this kind."""
    return bool(_handlers.get(kind.topic))


def rows_for_many(
    kind: type[Fact], alike: Mapping[str, str], names: Sequence[str], facts: Sequence[str]
) -> list[tuple[UUID, str, str]]:
    """As `rows_for`, of many facts of one kind, oldest first; each row carries a list of some.

    `alike`: what is the same in all of them; `facts`: the rest of each as a JSON array, in the order of `names`.
    """
    head = _json([alike, names])[:-1]
    listed = (facts[at : at + _MOST_LISTED] for at in range(0, len(facts), _MOST_LISTED))
    return [(new_id(), kind.topic, f"{head},{','.join(some)}]") for some in listed]


def insert_facts(connection: psycopg.Connection, rows: Sequence[tuple[UUID, str, str]]) -> None:
    """Write outbox rows in the transaction of this connection."""
    with connection.cursor() as cursor, cursor.copy("COPY outbox (fact_id, topic, payload) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def announce(*facts: Fact) -> None:
    """Write facts in the current unit of work."""
    rows = [{"id": fact_id, "topic": topic, "payload": payload} for fact_id, topic, payload in rows_for(facts)]
    if rows:
        db.session.execute(
            text("INSERT INTO outbox (fact_id, topic, payload) VALUES (:id, :topic, CAST(:payload AS jsonb))"), rows
        )


def drain(most: int = 500) -> int:
    """Hand up to `most` waiting rows to their handlers, once; returns how many were taken from the table.

    Drains that are begun side by side go one after the other: what one's handlers wrote first another's would write
    last, and each would wait for the other. Topics that this process does not know are left to one that does. A handler
    that fails sends its facts back to wait, longer each time; after twelve attempts they stay in the table, named by
    `stuck_facts`, until somebody has mended the cause.
    """
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('outbox.drain', 0))"))
        rows = db.session.execute(
            text(
                "SELECT fact_id, topic, payload FROM outbox WHERE not_before <= now() AND attempts < :most_attempts"
                " AND topic = ANY(:topics) ORDER BY topic, fact_id LIMIT :most FOR UPDATE SKIP LOCKED"
            ),
            {"most": most, "most_attempts": _MOST_ATTEMPTS, "topics": list(_kinds)},
        ).all()
        done: list[UUID] = []
        for topic, group in groupby(rows, key=lambda row: row.topic):
            batch = list(group)
            ids = [row.fact_id for row in batch]
            if _handled(topic, [fact for row in batch for fact in _facts_of(row.payload)], ids):
                done += ids
        failpoint("outbox.handled")
        db.session.execute(text("DELETE FROM outbox WHERE fact_id = ANY(:ids)"), {"ids": done})
    return len(rows)


def stuck_facts() -> Sequence[Any]:
    """Facts whose handlers failed at every attempt: (fact_id, topic, attempts, last_error)."""
    return db.session.execute(
        text("SELECT fact_id, topic, attempts, last_error FROM outbox WHERE attempts >= :most ORDER BY fact_id"),
        {"most": _MOST_ATTEMPTS},
    ).all()


def _facts_of(payload: dict[str, Any] | list[Any]) -> list[dict[str, Any]]:
    if isinstance(payload, dict):
        return [payload]
    alike, names, *facts = payload
    return [alike | dict(zip(names, fact, strict=True)) for fact in facts]


def _handled(topic: str, payloads: list[dict[str, Any]], ids: list[UUID]) -> bool:
    """Whether all handlers took the facts; what they wrote is kept only then."""
    try:
        with db.session.begin_nested():
            for at in range(0, len(payloads), _MOST_AT_ONCE):
                facts = [_kinds[topic].from_payload(payload) for payload in payloads[at : at + _MOST_AT_ONCE]]
                for handler in _handlers[topic]:
                    handler(facts)
        return True
    except Exception as failure:
        _log.exception("a handler of %s failed", topic)
        db.session.execute(
            text(
                "UPDATE outbox SET attempts = attempts + 1, last_error = :error,"
                " not_before = now() + interval '1 second' * power(2, attempts) WHERE fact_id = ANY(:ids)"
            ),
            {"ids": ids, "error": type(failure).__name__},
        )
        return False
