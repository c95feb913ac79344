"""Rehearsals: databases that a demo may empty, because one made them. A network's own database is never touched."""

from sqlalchemy import Connection, text

from network.infrastructure.database import Base, db, drop_statement_connection
from network.infrastructure.migrating import migrate

_MARK = "rehearsal"
_LOCK = 0x72656865617273  # "rehears": held by the demo that runs, on a connection of its own
_claims: list[Connection] = []


class NotARehearsal(Exception):
    """The database holds a network's own data, or another demo is running in it."""


def is_rehearsal() -> bool:
    """Whether the database is one that a demo made."""
    mark: str | None = db.session.scalar(text("SELECT obj_description('network_clock'::regclass)"))
    return mark == _MARK


def begin_rehearsal() -> None:
    """Empty the database and mark it as a rehearsal's. It must be new, or a rehearsal's already.

    Raises NotARehearsal otherwise, and while another process rehearses in it. The claim ends with this process.
    """
    claim = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    if not claim.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}):
        claim.close()
        raise NotARehearsal("Another demo is running in this database.")
    _claims.append(claim)
    migrate()
    mark = claim.scalar(text("SELECT obj_description('network_clock'::regclass)"))
    if mark != _MARK and claim.scalar(text("SELECT EXISTS (SELECT FROM partner)")):
        raise NotARehearsal("This database holds a network's own data. Name an empty one, or another PEYVAND_STATE.")
    claim.execute(text(f"COMMENT ON TABLE network_clock IS '{_MARK}'"))
    claim.execute(text(f"TRUNCATE {', '.join(table.name for table in Base.metadata.sorted_tables)}"))
    drop_statement_connection()
