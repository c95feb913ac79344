"""The horizon: below it every transaction has finished for ever, so that what was read there is all there will be."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from network.infrastructure.database import db

_READ = """
SELECT h.next_xid, h.xid_offset, h.system_identifier, s.system_identifier AS server_identifier
FROM settlement_horizon h, pg_control_system() s
"""


@dataclass(frozen=True, slots=True)
class Horizon:
    """Where the last cut ended, and on which server that number means something."""

    next_xid: int
    xid_offset: int
    system_identifier: int
    server_identifier: int

    @property
    def is_foreign(self) -> bool:
        """Whether the stored transaction ids are those of another server: the database was restored from a dump."""
        return self.system_identifier != self.server_identifier


def lock_horizon() -> Horizon:
    """The horizon, made at the first call; every cut waits here for the one before it."""
    db.session.execute(
        text(
            "INSERT INTO settlement_horizon (only_row, next_xid, xid_offset, system_identifier)"
            " SELECT true, 0, 0, system_identifier FROM pg_control_system() ON CONFLICT DO NOTHING"
        )
    )
    return Horizon(*db.session.execute(text(_READ + "FOR UPDATE OF h")).one())


def find_horizon() -> Horizon | None:
    """The horizon as the last cut left it; None before the first."""
    row = db.session.execute(text(_READ)).first()
    return None if row is None else Horizon(*row)


def finished_below(horizon: Horizon) -> int:
    """The present horizon: all transactions below it have committed or aborted, and statements from now on see them.

    `pg_snapshot_xmin` looks at running transactions of the whole server, prepared ones included. Its own transaction
    is among them, so the answer is at most this one's id.
    """
    xmin: int = db.session.execute(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")).scalar_one()
    return xmin + horizon.xid_offset


def current_xid(xid_offset: int) -> int:
    """This transaction's own id, above that of every transaction that has written before it began to."""
    xid: int = db.session.execute(text("SELECT pg_current_xact_id()::text::bigint")).scalar_one()
    return xid + xid_offset


def move_horizon(next_xid: int, cut_at: datetime) -> None:
    db.session.execute(
        text("UPDATE settlement_horizon SET next_xid = :next_xid, cut_at = :cut_at"),
        {"next_xid": next_xid, "cut_at": cut_at},
    )


def highest_known_xid() -> int:
    """The highest transaction id, offset included, that anything stored refers to."""
    highest: int = db.session.execute(
        text(
            "SELECT greatest((SELECT max(next_xid) FROM settlement_horizon), (SELECT max(xid) FROM movement),"
            " (SELECT max(boundary_xid) FROM cycle))"
        )
    ).scalar_one()
    return highest


def adopt_horizon(xid_offset: int) -> None:
    """Take this server's transaction ids for true from now on, raised by an offset.

    The ledger stamps its movements by a column default, so that is where the offset has to go; a constant there costs
    a posting nothing.
    """
    db.session.execute(
        text(f"ALTER TABLE movement ALTER COLUMN xid SET DEFAULT (pg_current_xact_id()::text::bigint + {xid_offset:d})")
    )
    db.session.execute(
        text(
            "UPDATE settlement_horizon SET xid_offset = :xid_offset,"
            " system_identifier = (SELECT system_identifier FROM pg_control_system())"
        ),
        {"xid_offset": xid_offset},
    )


def who_holds_back(boundary_xid: int, xid_offset: int) -> list[str]:
    """Transactions that began before a boundary and still run, oldest first, in words for people; at most three.

    Ages are compared because PostgreSQL shows 32 bits of these ids; in a transaction that has an id of its own, ages
    count from that id. Another user's session may hide its own.
    """
    rows = db.session.execute(
        text(
            """
            SELECT told FROM (
                SELECT age(backend_xid) AS age, format('session %s (%s, %s, %s) since %s', pid,
                    coalesce(nullif(application_name, ''), 'unnamed'), usename, state,
                    to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"')) AS told
                FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
                UNION ALL
                SELECT age(transaction), format('prepared transaction %L of database %s since %s', gid, database,
                    to_char(prepared AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'))
                FROM pg_prepared_xacts
            ) running
            WHERE age >= pg_current_xact_id()::text::bigint - :boundary_xid
            ORDER BY age DESC LIMIT 3
            """
        ),
        {"boundary_xid": boundary_xid - xid_offset},
    )
    return [row.told for row in rows]
