"""What the proof of a large statement takes: time for each line, and whether memory grows with their number."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg

from bench.coalition import CURRENCY, found_coalition
from bench.results import Row
from bench.run import Run
from bench.servers import environment_of
from network.infrastructure.network_clock import set_clock
from network.settlement import service as settlement

_DATABASE = "bench_proof"
_PATIENCE_SECONDS = 60.0

# One redemption after the other, of a draw each: both partners have every line in their statements.
_LINES = """
WITH made AS (
    SELECT gen_random_uuid() AS id, n, %(at)s::timestamptz + n * interval '1 millisecond' AS at
    FROM generate_series(1, %(lines)s) n
), entries AS (
    INSERT INTO journal (wallet_id, sequence, operation, points, partner_id, occurred_at, posted_at, available, pending,
                         held, debt, hash)
    SELECT id, 1, 'redemption', 10, %(redeemer)s, at, at, 0, 0, 0, 0, sha256(uuid_send(id)) FROM made
)
INSERT INTO movement (wallet_id, sequence, line, lot_id, kind, points, held, debt, issuer_id, issuer_contract_id,
                      redeemer_id, redeemer_contract_id, currency, posted_at)
SELECT id, 1, 1, id, 'draw', -10, 0, 0, %(issuer)s, %(issued_under)s, %(redeemer)s, %(redeemed_under)s, %(currency)s, at
FROM made
"""
_PROVER = """
import resource, sys, time
from network.app import create_app
from network.settings import Settings
from network.settlement import service
from uuid import UUID

with create_app(Settings.from_environment()).app_context():
    began = time.monotonic()
    service.prove_cycle(UUID(sys.argv[1]))
    built = time.monotonic()
    (statement,) = service.list_statements(UUID(sys.argv[2]), most=1)
    told = sum(len(line) for line in service.proof_of_statement(UUID(sys.argv[2]), statement.statement_id))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(built - began, time.monotonic() - built, told, peak)
"""


def building(run: Run) -> list[Row]:
    """A cycle of so many lines that all stand in one statement, against one of a hundredth of them."""
    few, many = run.plan.proof_lines // 100, run.plan.proof_lines
    small, large = _proven(run, few), _proven(run, many)
    name = f"proof of a statement of {many:,} lines"
    note = f"against {few:,} lines; build {large[0]:.0f} s, stream {large[1]:.0f} s of {large[2] / 2**20:,.0f} MiB"
    return [
        Row(f"{name}: resident memory", "MiB", large[3] / 1024, small[3] / 1024, 1.2, 1.0, False, note),
        Row(f"{name}: lines a second, built", "1/s", many / large[0]),
    ]


def _proven(run: Run, lines: int) -> tuple[float, float, float, float]:
    """Seconds to build and to stream, bytes streamed, and the peak resident memory in KiB of the process that did."""
    servers = run.servers
    servers.make_database(_DATABASE)
    with servers.application(_DATABASE):
        issuer, redeemer = found_coalition(2)
        settlement.ensure_calendar(CURRENCY)
        month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        with servers.connect(_DATABASE) as connection:
            values = {"issuer": issuer.partner_id, "issued_under": issuer.contract_id, "currency": CURRENCY}
            values |= {"redeemer": redeemer.partner_id, "redeemed_under": redeemer.contract_id}
            _fill(connection, {**values, "lines": lines, "at": month})
        settlement.cut()
        set_clock(month + timedelta(days=32))
        settlement.open_cycles()
        (cycle,) = settlement.due_cycles()
        settlement.close_cycle(cycle.cycle_id, patience_seconds=_PATIENCE_SECONDS)
    run.say(f"proving {lines:,} lines")
    environment = os.environ | environment_of(replace(servers.settings, database_url=servers.url(_DATABASE)))
    command = [sys.executable, "-c", _PROVER, str(cycle.cycle_id), str(redeemer.partner_id)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    servers.drop_database(_DATABASE)
    built, streamed, told, peak = map(float, done.stdout.split())
    return built, streamed, told, peak


def _fill(connection: psycopg.Connection, values: dict[str, object]) -> None:
    connection.execute(_LINES, values)
    connection.execute("VACUUM ANALYZE journal")
    connection.execute("VACUUM ANALYZE movement")
