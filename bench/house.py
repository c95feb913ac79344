"""The product's database of one measure: a coalition, filled wallets, and the means to fill them up again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psycopg

from bench.coalition import Partner, found_coalition
from bench.filling import Shape, fill, top_up
from bench.plan import Plan
from bench.servers import Servers
from bench.usage import postmaster_of
from bench.web import Web, web
from network.infrastructure.outbox import drain
from network.wallet import repository
from network.wallet.domain import Draft
from network.wallet.errors import WalletNotFound
from network.wallet.service import Decision, post

_LOW_BURNS = 4  # a wallet with fewer burns left is filled up


@dataclass(slots=True)
class House:
    """One database of the product, filled."""

    servers: Servers
    database: str
    shape: Shape
    members: Path
    partners: list[Partner] = field(default_factory=list)

    @contextmanager
    def serve(self, plan: Plan, *, processes: int | None = None) -> Iterator[Web]:
        """The product's web server on it."""
        with web(
            self.servers,
            self.database,
            self.partners,
            self.members,
            processes=processes or plan.web_processes,
        ) as running:
            yield running

    def postmaster(self) -> int:
        """The database server's first process."""
        with self.servers.connect(self.database) as connection:
            return postmaster_of(connection)

    def answered(self) -> int:
        """How many requests with a key were answered for the first time."""
        with self.servers.connect(self.database) as connection:
            row = connection.execute("SELECT count(*) FROM request").fetchone()
        return int(row[0]) if row else 0

    def settle_down(self, burn_points: int) -> None:
        """Between rounds: fill up low wallets, deliver the outbox, and let the server write out what it owes."""
        with self.servers.application(self.database):
            with self.servers.connect(self.database) as connection:
                low = connection.execute(
                    "SELECT wallet_id FROM wallet WHERE available < %s", (_LOW_BURNS * burn_points,)
                ).fetchall()
            ids = [(partner.partner_id, partner.contract_id) for partner in self.partners]
            for (wallet_id,) in low:
                post(lambda connection, wallet_id=wallet_id: self._topped_up(connection, wallet_id, ids))  # type: ignore[misc]
            while drain():
                pass

    def _topped_up(
        self, connection: psycopg.Connection, wallet_id: UUID, ids: list[tuple[UUID, UUID]]
    ) -> Decision[None]:
        found = repository.find_head(connection, wallet_id)
        if found is None:
            raise WalletNotFound
        now, head = found
        draft = Draft(head, (), now)
        top_up(draft, ids, self.shape)
        return Decision(draft.posting(), None)


def make_house(servers: Servers, plan: Plan, database: str, wallets: int, shape: Shape) -> House:
    """A new database with a coalition and so many wallets of this shape."""
    servers.make_database(database)
    members = servers.settings.state_folder / f"members-{database}"
    with servers.application(database):
        partners = found_coalition(plan.partners)
    fill(servers.url(database), servers.settings.secret_key, partners, wallets, shape, members)
    return House(servers, database, shape, members, partners)
