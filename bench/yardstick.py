"""The reference posting: fixed SQL from outside this repository, run by pgbench. See BENCH_REFERENCE."""

import os
from dataclasses import dataclass
from pathlib import Path

from bench.plan import Plan
from bench.servers import Servers

DATABASE = "bench_reference"
_DEFAULT = "../shared/bench"
_FILES = ("reference.sql", "earn.sql", "burn.sql")
_LOT_POINTS = 100  # as reference.sql fills its lots


def find_reference() -> Path | None:
    """The folder with the reference posting: $BENCH_REFERENCE, else beside this checkout; None if it isn't there."""
    told = os.environ.get("BENCH_REFERENCE")
    folder = Path(told) if told else Path(__file__).resolve().parents[1] / _DEFAULT
    return folder.resolve() if all((folder / name).is_file() for name in _FILES) else None


@dataclass(slots=True)
class Yardstick:
    """The reference posting in its own scratch database."""

    servers: Servers
    folder: Path
    plan: Plan
    dry_burns: int = 0
    burns: int = 0

    def fill(self) -> None:
        """Make the schema and its lots."""
        self.servers.make_database(DATABASE)
        script = self.folder / "reference.sql"
        self.servers.run_script(DATABASE, script, wallets=self.plan.wallets, lots=self.plan.lots)
        with self.servers.connect(DATABASE) as connection:
            connection.execute("VACUUM ANALYZE")

    def earn(self, clients: int, seconds: float) -> float:
        """Reference earns a second."""
        return self._run("earn.sql", clients, seconds)

    def burn(self, clients: int, seconds: float) -> float:
        """Reference burns a second; burns that found too few points are counted in `dry_burns`."""
        before = self._counted()
        rate = self._run("burn.sql", clients, seconds)
        after = self._counted()
        self.burns += after[0] - before[0]
        self.dry_burns += after[0] - before[0] - (after[1] - before[1])
        return rate

    def refill(self) -> None:
        """Fill up the lots that were drawn, so that every burn draws three."""
        with self.servers.connect(DATABASE) as connection:
            connection.execute(
                "WITH filled AS (UPDATE reference.lot SET remaining = points WHERE remaining < points"
                " RETURNING wallet_id), whole AS (SELECT wallet_id, sum(points) AS points FROM reference.lot"
                " WHERE wallet_id IN (SELECT wallet_id FROM filled) GROUP BY wallet_id)"
                " UPDATE reference.wallet w SET balance = whole.points FROM whole WHERE w.id = whole.wallet_id"
            )
            connection.execute("VACUUM reference.lot, reference.wallet")

    def _run(self, script: str, clients: int, seconds: float) -> float:
        rate, _ = self.servers.run_pgbench(
            DATABASE, self.folder / script, clients=clients, seconds=seconds, wallets=self.plan.wallets
        )
        return rate

    def _counted(self) -> tuple[int, int]:
        """Requests, and transactions that came of them."""
        with self.servers.connect(DATABASE) as connection:
            rows = connection.execute(
                "SELECT count(*) FROM reference.request UNION ALL SELECT count(*) FROM reference.txn"
            ).fetchall()
        requests, made = (int(row[0]) for row in rows)
        return requests, made
