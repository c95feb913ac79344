"""An own PostgreSQL and Valkey for the run, or those of DATABASE_URL and REDIS_URL; databases in it; pgbench."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy.engine import make_url

from network.app import create_app
from network.infrastructure.database import drop_statement_connection
from network.infrastructure.embedded.wheels import postgres_programs
from network.infrastructure.migrating import migrate
from network.settings import Settings

_TPS = re.compile(r"tps = ([0-9.]+)")
_LATENCY = re.compile(r"latency average = ([0-9.]+) ms")
_PGBENCH_GRACE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Servers:
    """Where both servers are, and the programs that speak to them."""

    settings: Settings
    pgbench: Path
    psql: Path
    applications: dict[str, Flask] = field(default_factory=dict)

    def url(self, database: str) -> str:
        """A database by name, as libpq reads it."""
        url = make_url(str(self.settings.database_url)).set(drivername="postgresql", database=database)
        return url.render_as_string(hide_password=False)

    def make_database(self, name: str) -> str:
        """A new, empty database of this name; its URL. One that is there is dropped: they are the bench's own."""
        self.applications.pop(name, None)
        with self.connect(str(make_url(str(self.settings.database_url)).database)) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Give the space back."""
        with self.connect(str(make_url(str(self.settings.database_url)).database)) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @contextmanager
    def connect(self, database: str) -> Iterator[psycopg.Connection]:
        """A connection that commits each statement."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            yield connection

    @contextmanager
    def application(self, database: str) -> Iterator[None]:
        """The product on one of these databases, in this process, for seeding through its services."""
        drop_statement_connection()  # of another database
        with self._composed(database).app_context():
            try:
                yield
            finally:
                drop_statement_connection()

    def _composed(self, database: str) -> Flask:
        """The application of a database, composed and migrated once."""
        app = self.applications.get(database)
        if app is None:
            app = create_app(replace(self.settings, database_url=self.url(database)))
            with app.app_context():
                migrate()
            self.applications[database] = app
        return app

    def run_script(self, database: str, script: Path, **values: int) -> None:
        """Run an SQL file by psql. Raises CalledProcessError."""
        options = [part for name, value in values.items() for part in ("-v", f"{name}={value}")]
        command: list[str | Path] = [
            self.psql,
            self.url(database),
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            *options,
            "-f",
            script,
        ]
        subprocess.run(command, check=True, env=_environment(), stdout=subprocess.DEVNULL)

    def run_pgbench(
        self, database: str, script: Path, *, clients: int, seconds: float, **values: int | str
    ) -> tuple[float, float]:
        """Transactions a second, and the average latency in ms. Raises RuntimeError if any transaction failed."""
        options = [part for name, value in values.items() for part in ("-D", f"{name}={value}")]
        command: list[str | Path] = [self.pgbench, self.url(database), "-n", "-M", "prepared", *options, "-f", script]
        command += ["-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds)))]
        done = subprocess.run(
            command,
            check=False,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=seconds + _PGBENCH_GRACE_SECONDS,
        )
        rate, latency = _TPS.search(done.stdout), _LATENCY.search(done.stdout)
        if done.returncode or rate is None or latency is None or "aborted" in done.stderr:
            raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
        return float(rate[1]), float(latency[1])

    def about(self) -> Mapping[str, str]:
        """The settings that decide what is measured."""
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size")
        with self.connect(str(make_url(str(self.settings.database_url)).database)) as connection:
            return {name: str(connection.execute(f"SHOW {name}").fetchone()[0]) for name in names}  # type: ignore[index]


@contextmanager
def servers(state_folder: Path) -> Iterator[Servers]:
    """The servers for as long as the block lasts; embedded ones are kept in `state_folder`."""
    environment = {**os.environ, "PEYVAND_STATE": str(state_folder)}
    environment.setdefault("PEYVAND_SECRET_KEY", secrets.token_urlsafe(32))
    environment["PEYVAND_QUEUE"] = "peyvand-bench"
    settings = Settings.from_environment(environment).with_servers()
    yield Servers(settings, _program("pgbench"), _program("psql"))


def environment_of(settings: Settings) -> dict[str, str]:
    """What a process of the product reads its settings from."""
    return {
        "PEYVAND_STATE": str(settings.state_folder),
        "PEYVAND_SECRET_KEY": settings.secret_key.decode(),
        "PEYVAND_PUBLIC_URL": settings.public_url,
        "PEYVAND_QUEUE": settings.queue_name,
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
    }


def _program(name: str) -> Path:
    """A program of PostgreSQL: the wheel's own, else the machine's."""
    try:
        beside = postgres_programs() / name
    except RuntimeError:
        beside = Path(name)
    found = beside if beside.is_file() else shutil.which(name)
    if found is None:
        raise SystemExit(f"{name} is not there: install PostgreSQL's client programs")
    return Path(found)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
