"""Invariants as queries: each says what must hold, why it matters, and selects the rows that break it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from network.infrastructure.database import db

MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant. `name` is a sentence that is true of a sound ledger; `sql` selects what contradicts it."""

    name: str
    why: str
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: at most `MOST_ROWS` of the rows that break it, and whether there are more."""

    check: Check
    rows: tuple[Mapping[str, Any], ...]
    has_more: bool

    @property
    def holds(self) -> bool:
        return not self.rows


def run(checks: Iterable[Check]) -> list[Finding]:
    """Run all checks on one snapshot, so that they agree with each other while posting goes on. Changes nothing."""
    with db.engine.connect().execution_options(**_ONE_SNAPSHOT) as connection:
        return [_run(connection, check) for check in checks]


_ONE_SNAPSHOT: Any = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True, "stream_results": True}


def _run(connection: Connection, check: Check) -> Finding:
    with connection.execute(text(check.sql)) as result:  # streamed: a broken ledger may have many rows to tell of
        rows = result.mappings().fetchmany(MOST_ROWS + 1)
    return Finding(check, tuple(dict(row) for row in rows[:MOST_ROWS]), len(rows) > MOST_ROWS)
