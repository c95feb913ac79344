"""One real PostgreSQL and one real Redis for all tests; a database and a Redis number for each test process."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import text
from sqlalchemy.engine import make_url

from network.app import create_app
from network.infrastructure.database import Base, db, drop_statement_connection
from network.infrastructure.migrating import migrate
from network.settings import Settings

_KEPT_TABLES = {"network_clock"}


@pytest.fixture(scope="session")
def test_number(worker_id: str) -> int:
    """Which of the parallel test processes this is: 0 for the first."""
    return int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0


@pytest.fixture(scope="session")
def settings(test_number: int) -> Settings:
    """The servers of the environment or the embedded ones, with a database of this test process's own."""
    state = Path(os.environ.get("PEYVAND_STATE") or Path(__file__).parent.parent / ".peyvand") / "tests"
    shared = Settings.from_environment({**os.environ, "PEYVAND_STATE": str(state)}).with_servers()
    assert shared.database_url and shared.redis_url
    url = make_url(shared.database_url).set(drivername="postgresql")
    own = url.set(database=f"peyvand_test_{test_number}")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {own.database} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {own.database} TEMPLATE template0 ENCODING 'UTF8'")
    redis_url = f"{shared.redis_url.split('?')[0]}?db={test_number}" if "unix:" in shared.redis_url else (
        f"{shared.redis_url.rsplit('/', 1)[0]}/{test_number}"
    )
    return replace(
        shared, database_url=own.render_as_string(hide_password=False), redis_url=redis_url, state_folder=state
    )


@pytest.fixture(scope="session")
def the_app(settings: Settings) -> Flask:
    """The whole application on a migrated database."""
    app = create_app(settings)
    with app.app_context():
        migrate()
    return app


@pytest.fixture
def app(the_app: Flask, settings: Settings) -> Iterator[Flask]:
    """The application in its context, every table empty, the network's clock running, Redis flushed."""
    with the_app.app_context():
        _empty_tables()
        Redis.from_url(str(settings.redis_url)).flushdb()
        yield the_app
        db.session.remove()
    drop_statement_connection()


def _empty_tables() -> None:
    names = ", ".join(t.name for t in Base.metadata.sorted_tables if t.name not in _KEPT_TABLES)
    db.session.execute(text(f"TRUNCATE {names}"))
    db.session.execute(text("UPDATE network_clock SET frozen_at = NULL"))
    db.session.commit()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name that pytest-xdist gives this process; `master` without it."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")
