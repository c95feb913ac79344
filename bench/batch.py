"""A batch of plain earns, by as many workers as an installation of this machine would run. `run` is for the bench.

What is measured is the workers' part, from the first part of the file that is taken to the commit of the last one:
reading, checking, deciding, writing. Receiving the file is told apart.
"""

import json
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask
from sqlalchemy.engine import make_url

from bench.coalition import CURRENCY, Partner, found_coalition
from network.app import create_app
from network.auth.domain import Principal
from network.batches import service
from network.batches.answers import Origin
from network.batches.domain import Media
from network.batches.presenting import present_batch
from network.batches.service.receive import Upload
from network.infrastructure.database import db, drop_statement_connection
from network.infrastructure.migrating import migrate
from network.kernel.identifiers import new_id, read, show
from network.settings import Settings

WORKERS = 4
"""As many as this house was measured on has cores; the server works on the same cores."""

_DATABASE = "bench_batch"
_BLOCK = 1 << 18
_FILL = """
WITH made AS (
    INSERT INTO wallet (wallet_id, sequence, head_hash, available, pending, held, debt, posted_at)
    SELECT gen_random_uuid(), 0, decode(repeat('00', 32), 'hex'), 0, 0, 0, 0, now() FROM generate_series(1, %(count)s)
    RETURNING wallet_id
), people AS (
    INSERT INTO member (member_id, wallet_id, status, locale, enrolled_at, enrolled_by)
    SELECT gen_random_uuid(), wallet_id, 'active', 'en', now(), %(partner)s FROM made RETURNING member_id
)
INSERT INTO partner_member (partner_id, member_id, known_by, since)
SELECT %(partner)s, member_id, 'enrolment', now() FROM people
"""


@dataclass(slots=True)
class Ground:
    """A database with a partner and so many members, to which file after file is posted."""

    settings: Settings
    app: Flask
    partner: Partner
    members: list[str]
    files: int = 0

    def measure(self, rows: int, workers: int = WORKERS) -> tuple[float, float]:
        """Rows a second of the workers, and of the reception, of one file of plain earns of ten points."""
        self.files += 1
        started = time.perf_counter()
        batch_id = self._receive(rows)
        received = time.perf_counter() - started
        with self._connect() as connection:
            connection.execute("CHECKPOINT")
        context = multiprocessing.get_context("spawn")
        ready = context.Barrier(workers + 1)
        processes = [
            context.Process(target=_work, args=(self.settings, batch_id, ready), daemon=True) for _ in range(workers)
        ]
        for process in processes:
            process.start()
        ready.wait()
        started = time.perf_counter()
        ready.wait()  # no part is left; workers of an installation do not end now, so their end is not measured
        taken = time.perf_counter() - started
        for process in processes:
            process.join()
        with self.app.app_context():
            done = service.get_batch(self.partner.partner_id, batch_id)
            drop_statement_connection()
        assert (done.counts.posted, done.completed_at is not None) == (rows, True), done
        return rows / taken, rows / received

    def _receive(self, rows: int) -> UUID:
        with self.app.app_context():
            upload = Upload(
                principal=Principal(
                    self.partner.client.client_id, self.partner.partner_id, frozenset(("points:earn",)), "bench"
                ),
                idempotency_key=f"file-{self.files}-{new_id()}",
                asks=b"",
                media=Media.NDJSON,
                blocks=self._blocks(rows),
                origin=Origin("req_bench", f"{self.settings.public_url}/v1/problems"),
                present=present_batch,
            )
            answer = json.loads(service.receive(upload).body)
            drop_statement_connection()
            db.engine.dispose()
        return read("bat", answer["id"])

    def _blocks(self, rows: int) -> Iterator[bytes]:
        at = (datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0)
        block = ""
        for number in range(rows):
            line = {
                "till": f"F{self.files}",
                "sequence": number,
                "operation": "earn",
                "member": self.members[number % len(self.members)],
                "amount_minor": 1000,
                "currency": CURRENCY,
                "occurred_at": (at - timedelta(seconds=number)).isoformat().replace("+00:00", "Z"),
                "receipt": f"R-{number}",
            }
            block += json.dumps(line) + "\n"
            if len(block) >= _BLOCK:
                yield block.encode()
                block = ""
        yield block.encode()

    def _connect(self) -> Any:
        return psycopg.connect(self.app.config["PEYVAND_CONNINFO"], autocommit=True)


def prepare(settings: Settings, members: int = 100_000) -> Ground:
    """A new database on the server of `settings`, with a partner that knows so many members with empty wallets."""
    url = make_url(str(settings.database_url)).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {_DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {_DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
    own = replace(settings, database_url=url.set(database=_DATABASE).render_as_string(hide_password=False))
    app = create_app(own)
    with app.app_context():
        migrate()
        (partner,) = found_coalition(1)
        drop_statement_connection()
        db.engine.dispose()
    ground = Ground(own, app, partner, [])
    with ground._connect() as connection:
        connection.execute(_FILL, {"count": members, "partner": partner.partner_id})
        connection.execute("VACUUM ANALYZE")
        rows = connection.execute("SELECT member_id FROM member ORDER BY hashtext(member_id::text)").fetchall()
    ground.members = [show("mbr", row[0]) for row in rows]
    return ground


def run(settings: Settings, rows: int = 100_000) -> float:
    """Rows a second of a batch of so many plain earns, in a new database on the server of `settings`."""
    return prepare(settings, rows).measure(rows)[0]


def _work(settings: Settings, batch_id: UUID, ready: Barrier) -> None:
    with create_app(settings).app_context():
        db.session.connection()
        db.session.rollback()
        ready.wait()
        service.run(batch_id, longest_seconds=600)
        ready.wait()
