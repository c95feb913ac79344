"""Bringing a database to the present schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from flask import current_app
from sqlalchemy import text

from network.infrastructure.database import db

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
_LOCK = 0x70657976616E64  # "peyvand": two processes that migrate at once take turns


def migrate(revision: str = "head") -> None:
    """Upgrade the current application's database. Safe to call twice and from several processes at once."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    engine = db.engine
    with engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            with engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            guard.commit()


def has_pending_changes() -> list[object]:
    """What the models say and the database lacks; empty when the migrations are complete."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with current_app.app_context(), db.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), db.metadata))
