"""The migrations make the tables that the models speak of, from nothing, and take them away again."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from network.app import create_app
from network.infrastructure import migrating
from network.infrastructure.database import db
from network.models import METADATA
from network.settings import Settings


@pytest.fixture
def fresh(settings: Settings) -> Iterator[Flask]:
    """An application on an empty database of its own."""
    url = make_url(str(settings.database_url))
    own = url.set(database=f"{url.database}_migrations").render_as_string(hide_password=False)
    with (
        psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as server,
        contextlib.suppress(psycopg.errors.DuplicateDatabase),
    ):
        server.execute(f"CREATE DATABASE {url.database}_migrations TEMPLATE template0 ENCODING 'UTF8'")
    with psycopg.connect(own, autocommit=True) as database:  # dropping a database would wait for a checkpoint
        database.execute("DROP SCHEMA public CASCADE")
        database.execute("CREATE SCHEMA public")
    app = create_app(replace(settings, database_url=own))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_models_and_migrations_agree(fresh: Flask) -> None:
    migrating.migrate()
    assert migrating.has_pending_changes() == []
    assert set(inspect(db.engine).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_migrating_twice_changes_nothing(fresh: Flask) -> None:
    migrating.migrate()
    before = schema()
    migrating.migrate()
    assert schema() == before


def test_the_way_back_leads_to_nothing_and_forth_again_to_the_same(fresh: Flask) -> None:
    migrating.migrate()
    there = schema()
    downgrade("base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    assert [row for row in schema() if row[1] != "alembic_version"] == []
    migrating.migrate()
    assert schema() == there


def test_the_way_back_is_refused_where_it_would_forget_that_somebody_covered_a_payment(fresh: Flask) -> None:
    migrating.migrate()
    before = schema()
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # without the cycle and the partner
        connection.execute(
            text(
                "INSERT INTO covered_default VALUES"
                " (gen_random_uuid(), gen_random_uuid(), 5_00, 'ann', 'in default', now())"
            )
        )
    with pytest.raises(RuntimeError, match="made anew or covered"):
        downgrade("0017")
    assert schema() == before


def downgrade(revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrating._MIGRATIONS))
    with db.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def schema() -> list[tuple[object, ...]]:
    """Columns, constraints, indexes, triggers and functions as PostgreSQL describes them."""
    query = """
        SELECT 'column', table_name, column_name, data_type, is_nullable, coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', ''
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'index', tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', ''
        FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'function', '', proname, prosrc, '', ''
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        ORDER BY 1, 2, 3
    """
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]
