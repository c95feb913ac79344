"""One real PostgreSQL and one real Redis for all tests; a database and a Redis number for each test process.

The network is imported inside the fixtures: unit tests ask for none of them, and start without the application.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.engine import URL

    from network.settings import Settings
    from tests.fixtures import Coalition
    from tests.live import Installation

# The same examples each time, and no complaint about the time they take: other processes share the machine.
hypothesis.settings.register_profile(
    "peyvand", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("peyvand")

_KEPT_TABLES = {"network_clock"}
_PG_SETTINGS = "max_prepared_transactions=10"


@pytest.fixture(scope="session")
def test_number(worker_id: str) -> int:
    """Which of the parallel test processes this is: 0 for the first."""
    return int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0


@pytest.fixture(scope="session")
def settings(test_number: int) -> Settings:
    """The servers of the environment or the embedded ones, with a database of this test process's own."""
    import psycopg
    from sqlalchemy.engine import make_url

    from network.settings import Settings

    state = Path(os.environ.get("PEYVAND_STATE") or Path(__file__).parent.parent / ".peyvand") / "tests"
    with pytest.MonkeyPatch.context() as patch:  # only whoever starts the embedded servers passes these on
        patch.setenv("PEYVAND_PG_SETTINGS", f"{_PG_SETTINGS} {os.environ.get('PEYVAND_PG_SETTINGS', '')}")
        shared = Settings.from_environment({**os.environ, "PEYVAND_STATE": str(state)}).with_servers()
    assert shared.database_url
    assert shared.redis_url
    url = make_url(shared.database_url).set(drivername="postgresql")
    own = url.set(database=f"peyvand_test_{test_number}")
    _forget_prepared_transactions(own)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {own.database} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {own.database} TEMPLATE template0 ENCODING 'UTF8'")
    redis_url = f"{shared.redis_url.split('?')[0]}?db={test_number}" if "unix:" in shared.redis_url else (
        f"{shared.redis_url.rsplit('/', 1)[0]}/{test_number}"
    )  # fmt: skip
    folder = state.with_name(f"{state.name}-{test_number}")  # messages and signed-in people are of one process, too
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "secret_key").write_bytes(shared.secret_key)
    return replace(
        shared,
        database_url=own.render_as_string(hide_password=False),
        redis_url=redis_url,
        state_folder=folder,
        edge_limits=False,  # races ask more often than crowds do; the limits' tests switch them on
    )


@pytest.fixture(scope="session")
def the_app(settings: Settings) -> Iterator[Flask]:
    """The whole application on a migrated database."""
    from network.app import create_app
    from network.infrastructure.database import db
    from network.infrastructure.migrating import migrate

    app = create_app(settings)
    with app.app_context():
        migrate()
    yield app
    with app.app_context():
        db.engine.dispose()  # connections left to the garbage collector would warn when nobody can hear it
    app.extensions["peyvand.queue"].connection.close()


@pytest.fixture
def app(the_app: Flask, settings: Settings) -> Iterator[Flask]:
    """The application in its context, every table empty, the network's clock running, Redis flushed."""
    from redis import Redis

    from network.infrastructure.database import db, drop_statement_connection

    with the_app.app_context():
        empty_tables()
        with Redis.from_url(str(settings.redis_url)) as redis:
            redis.flushdb()
        yield the_app
        db.session.remove()
    drop_statement_connection()


@pytest.fixture
def coalition(app: Flask) -> Coalition:
    """An operator and a monthly calendar for US dollars at the start of 2017; partners join as the test says."""
    from tests.fixtures import Coalition

    return Coalition(app)


@pytest.fixture(scope="session")
def _the_installation(the_app: Flask, settings: Settings) -> Iterator[Installation]:
    from tests.live import running

    with running(settings) as installation:
        yield installation


@pytest.fixture
def installation(app: Flask, _the_installation: Installation) -> Installation:
    """Real processes on this test process's database: an HTTP server that runs; workers and commands on demand."""
    return _the_installation


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name that pytest-xdist gives this process; `master` without it."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")


def _forget_prepared_transactions(url: URL) -> None:
    """Of a test process that was killed: they outlive it, and hold back every horizon of the server."""
    import psycopg
    from psycopg import sql

    try:
        connection = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)
    except psycopg.OperationalError:  # there is no such database yet
        return
    with connection:
        names = connection.execute("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")
        for (name,) in names.fetchall():
            connection.execute(sql.SQL("ROLLBACK PREPARED {}").format(sql.Literal(name)))


def empty_tables() -> None:
    """Every table empty and the clock running; for tests that need it more than once."""
    from sqlalchemy import text

    from network.infrastructure.database import Base, db

    names = ", ".join(t.name for t in Base.metadata.sorted_tables if t.name not in _KEPT_TABLES)
    db.session.execute(text(f"TRUNCATE {names}"))
    db.session.execute(text("UPDATE network_clock SET frozen_at = NULL"))
    db.session.commit()
