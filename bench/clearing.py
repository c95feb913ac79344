"""Movements by the million for settlement to fold, and the means to fold and to close the same cycle again and again.

The rows are those that the services would have written, in the same table with the same indexes: lots of 90 points,
issued and drawn empty by nine redemptions, every pair of partners as often as any other, posted in order through the
month that has just ended. Settlement's own checks hold on them (`check`). Wallets and the journal are left out, which
no step reads that is measured here. A transaction has 10,000 movements, as those of large batches do.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from bench.coalition import CURRENCY, Partner
from bench.servers import Servers
from network.infrastructure import checks
from network.settlement import service as settlement
from network.settlement.checks import CHECKS
from network.settlement.domain import Cycle, State

PATIENCE_SECONDS = 60.0
_LOT_MOVEMENTS = 10  # one issues, the others draw
_DRAWN_POINTS = 10
_WALLET_MOVEMENTS = 100
_PORTION = 10_000  # movements of a transaction

# By the lot's number: issuers take turns by lot, redeemers by draw, so that every pair comes up as often.
_FILL = """
WITH made AS (
    INSERT INTO movement (wallet_id, sequence, line, lot_id, kind, points, held, debt, issuer_id, issuer_contract_id,
                          redeemer_id, redeemer_contract_id, currency, activates_at, expires_at, posted_at)
    SELECT md5('wallet ' || lot %% %(wallets)s)::uuid, lot / %(wallets)s * %(each)s + step + 1, 1,
           md5('lot ' || lot)::uuid, CASE step WHEN 0 THEN 'issue' ELSE 'draw' END,
           CASE step WHEN 0 THEN (%(each)s - 1) * %(drawn)s ELSE -%(drawn)s END, 0, 0,
           partners[issuer], contracts[issuer],
           CASE WHEN step > 0 THEN partners[redeemer] END, CASE WHEN step > 0 THEN contracts[redeemer] END,
           %(currency)s, CASE step WHEN 0 THEN at END, CASE step WHEN 0 THEN at + interval '2 years' END, at
    FROM (SELECT %(partners)s::uuid[] AS partners, %(contracts)s::uuid[] AS contracts) coalition
    CROSS JOIN generate_series(%(first)s::bigint, %(last)s::bigint - 1) lot
    CROSS JOIN generate_series(0, %(each)s - 1) step
    CROSS JOIN LATERAL (
        SELECT lot %% cardinality(partners) + 1 AS issuer,
               (lot / cardinality(partners) * (%(each)s - 1) + step) %% cardinality(partners) + 1 AS redeemer,
               %(starts_at)s::timestamptz + (lot * %(each)s + step) * %(pace)s::interval AS at OFFSET 0
    ) drawn
    RETURNING *
)
INSERT INTO lot (wallet_id, lot_id, sequence, issuer_id, contract_id, currency, issued, remaining, held, is_pending,
                 issued_at, activates_at, expires_at)
SELECT wallet_id, lot_id, sequence, issuer_id, issuer_contract_id, currency, points, 0, 0, false,
       posted_at, activates_at, expires_at
FROM made WHERE kind = 'issue'
"""
_UNDO_CLOSE = (
    "DELETE FROM statement WHERE cycle_id = %(cycle_id)s",
    "DELETE FROM settlement_line WHERE cycle_id = %(cycle_id)s",
    "DELETE FROM settlement_trail WHERE cycle_id = %(cycle_id)s",
    "DELETE FROM cycle_submission WHERE cycle_id = %(cycle_id)s",
    "DELETE FROM settlement_cut WHERE closes_cycle_id = %(cycle_id)s",
    "DELETE FROM outbox WHERE topic LIKE 'settlement.%%'",
    "UPDATE cycle SET state = 'open', version = 0, boundary_xid = NULL, closed_at_xid = NULL, cut_at = NULL,"
    " netted_at = NULL, stated_at = NULL WHERE cycle_id = %(cycle_id)s",
)
_UNDO_CUTS = (
    "DELETE FROM clearing_slice",
    "DELETE FROM settlement_cut",
    "UPDATE cycle SET folded_from_xid = NULL",
    "UPDATE settlement_horizon SET next_xid = 0",
)
_WRITTEN = "statement, settlement_line, settlement_trail, settlement_cut, clearing_slice, cycle"


@dataclass(slots=True)
class Clearing:
    """One database of the product with so many movements of the month that has just ended."""

    servers: Servers
    database: str
    partners: list[Partner]
    size: int
    lots: int = 0

    def fill(self) -> None:
        """Write all of them; none is folded yet."""
        with self.servers.application(self.database):
            settlement.ensure_calendar(CURRENCY)
        self.add(self.size)
        with self.servers.connect(self.database) as connection:
            connection.execute("VACUUM ANALYZE movement, lot")

    def add(self, movements: int) -> None:
        """Write so many more, posted after all others."""
        until = self.lots + movements // _LOT_MOVEMENTS
        starts_at, ends_at = last_month()
        values = {
            "each": _LOT_MOVEMENTS,
            "drawn": _DRAWN_POINTS,
            "wallets": self.size // _WALLET_MOVEMENTS,
            "partners": [each.partner_id for each in self.partners],
            "contracts": [each.contract_id for each in self.partners],
            "currency": CURRENCY,
            "starts_at": starts_at,
            "pace": (ends_at - starts_at) / (2 * self.size + 1_000_000),
        }
        with self.servers.connect(self.database) as connection:
            while self.lots < until:
                last = min(self.lots + _PORTION // _LOT_MOVEMENTS, until)
                connection.execute(_FILL, {**values, "first": self.lots, "last": last})
                self.lots = last

    def cycle(self) -> Cycle:
        """The month, once a cut has opened it. In the application's context."""
        return next(each for each in settlement.cycles(CURRENCY) if each.starts_at == last_month()[0])

    def check(self) -> None:
        """Hold what was settled against the rows. In the application's context. Raises RuntimeError."""
        broken = [each.check.name for each in checks.run(CHECKS) if not each.holds]
        if broken:
            raise RuntimeError(f"the rows are not as the product would have written them: {'; '.join(broken)}")

    def forget_cuts(self) -> None:
        """As if nothing had ever been folded."""
        with self.servers.connect(self.database) as connection:
            undo(connection, _UNDO_CUTS)
            tidy(connection)

    def reopen(self, cycle_id: UUID) -> None:
        """As if a cycle had never been closed; what was folded into it stays."""
        with self.servers.connect(self.database) as connection:
            reopen(connection, cycle_id)
            tidy(connection)

    def settle_down(self) -> None:
        """Let the server write out what `add` owes: to a large index that is far more than to a small one."""
        with self.servers.connect(self.database) as connection:
            connection.execute("CHECKPOINT")


def close(cycle_id: UUID, share: float = 1.0) -> None:
    """Take an open cycle to its statements, working `share` of the time. In the application's context.

    Raises RuntimeError if it had to wait.
    """
    if settlement.close_cycle(cycle_id, patience_seconds=PATIENCE_SECONDS, share=share).state is not State.STATED:
        raise RuntimeError("the cycle was not closed")


def reopen(connection: psycopg.Connection, cycle_id: UUID) -> None:
    """As if a cycle had never been closed: what no product can do, and no history of its own forbids a bench."""
    undo(connection, _UNDO_CLOSE, cycle_id)


def undo(connection: psycopg.Connection, statements: tuple[str, ...], cycle_id: UUID | None = None) -> None:
    """Take rows back that are never to change, past the triggers that see to it."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.execute(statement, {"cycle_id": cycle_id})


def tidy(connection: psycopg.Connection) -> None:
    """Clean up after what was undone, which nothing leaves behind that is only added to."""
    connection.execute(f"VACUUM {_WRITTEN}")


def last_month() -> tuple[datetime, datetime]:
    """The first instants of the month that has ended and of the present one."""
    ends_at = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (ends_at - timedelta(days=1)).replace(day=1), ends_at
