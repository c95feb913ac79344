"""A small coalition whose points move by the wallet's own service, and by transactions that take their time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
from flask import current_app

from network.infrastructure.network_clock import network_now, set_clock
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id
from network.partners import service as partners
from network.partners.domain import ContractTerms
from network.wallet import repository, service
from network.wallet.domain import Burn, Draft, Earn, Slip, burn, earn, settle_due

START = datetime(2017, 1, 1, tzinfo=UTC)


def day(month: int, number: int, hour: int = 12, *, year: int = 2017) -> datetime:
    return datetime(year, month, number, hour, tzinfo=UTC)


@dataclass
class Ledger:
    """Partners by code, each with one contract in US dollars, and wallets by name."""

    partner_ids: dict[str, UUID] = field(default_factory=dict)
    wallets: dict[str, UUID] = field(default_factory=dict)

    def join(
        self, code: str, *, price: str = "0.0115", fee: str = "0.0015", paid: str = "0.0090", funded: str = "1"
    ) -> UUID:
        """A partner under contract from the start on; `operator` is the operator itself."""
        if code == "operator":
            partner = partners.ensure_operator()
        else:
            partner = partners.create_partner(code=code, name=code.title(), name_fa=code)
        self.partner_ids[code] = partner.partner_id
        self.sign(code, START, price=price, fee=fee, paid=paid, funded=funded)
        return partner.partner_id

    def sign(
        self,
        code: str,
        valid_from: datetime,
        *,
        price: str = "0.0115",
        fee: str = "0.0015",
        paid: str = "0.0090",
        funded: str = "1",
    ) -> None:
        partners.sign_contract(
            self.partner_ids[code],
            ContractTerms(
                valid_from=valid_from,
                currency="USD",
                issuance_price=Decimal(price),
                redemption_element=Decimal(price) - Decimal(fee),
                service_fee=Decimal(fee),
                reimbursement_rate=Decimal(paid),
                member_value=Decimal("0.0100"),
                funded_at_issue=Decimal(funded),
                prepaid=False,
                expires_after_months=24,
            ),
        )

    def contract(self, code: str) -> UUID:
        return partners.get_contract_in_force(self.partner_ids[code], "USD", network_now()).contract_id

    def wallet(self, name: str) -> UUID:
        if name not in self.wallets:
            with transaction():
                self.wallets[name] = service.open_wallet()
        return self.wallets[name]

    def earn(self, name: str, issuer: str, points: int, expires_at: datetime | None = None) -> UUID:
        """Points of an issuer into a wallet, now; the lot."""
        lot_id, issuer_id, contract_id = new_id(), self.partner_ids[issuer], self.contract(issuer)

        def rule(draft: Draft) -> None:
            slip = Slip(partner_id=issuer_id, occurred_at=draft.now)
            earn(draft, Earn(points, slip, lot_id, issuer_id, contract_id, "USD", draft.now, expires_at))

        self._post(name, rule)
        return lot_id

    def burn(self, name: str, redeemer: str, points: int) -> None:
        """Points of a wallet at a redeemer, now."""
        redeemer_id, contract_id = self.partner_ids[redeemer], self.contract(redeemer)

        def rule(draft: Draft) -> None:
            burn(draft, Burn(points, Slip(redeemer_id, draft.now), redeemer_id, contract_id))

        self._post(name, rule)

    def _post(self, name: str, rule: object) -> None:
        wallet_id = self.wallet(name)
        assert callable(rule)

        def attempt(connection: psycopg.Connection) -> service.Decision[None]:
            found = repository.find_head(connection, wallet_id)
            assert found is not None
            now, head = found
            draft = Draft(head, repository.open_lots(connection, wallet_id), now)
            settle_due(draft)
            rule(draft)
            return service.Decision(draft.posting(), None)

        service.post(attempt)

    @contextmanager
    def slow_issue(self, issuer: str, points: int, posted_at: datetime) -> Iterator[psycopg.Connection]:
        """A transaction that has issued points and does not end before its block; then it commits."""
        with psycopg.connect(current_app.config["PEYVAND_CONNINFO"], application_name="slow till") as connection:
            self.insert_issue(connection, issuer, points, posted_at)
            yield connection

    def insert_issue(self, connection: psycopg.Connection, issuer: str, points: int, posted_at: datetime) -> None:
        """An issue by plain SQL: a lot and its movement, without a journal."""
        wallet_id, lot_id = new_id(), new_id()
        who = {
            "wallet": wallet_id,
            "lot": lot_id,
            "issuer": self.partner_ids[issuer],
            "contract": self.contract(issuer),
            "points": points,
            "at": posted_at,
        }
        connection.execute(
            "INSERT INTO lot (wallet_id, lot_id, sequence, issuer_id, contract_id, currency, issued, remaining, held,"
            " is_pending, issued_at, activates_at) VALUES (%(wallet)s, %(lot)s, 1, %(issuer)s, %(contract)s, 'USD',"
            " %(points)s, %(points)s, 0, false, %(at)s, %(at)s)",
            who,
        )
        connection.execute(
            "INSERT INTO movement (wallet_id, sequence, line, lot_id, kind, points, issuer_id, issuer_contract_id,"
            " currency, posted_at) VALUES (%(wallet)s, 1, 1, %(lot)s, 'issue', %(points)s, %(issuer)s, %(contract)s,"
            " 'USD', %(at)s)",
            who,
        )


def month_one(ledger: Ledger) -> None:
    """The month of the worked examples, posted in January, with true first-expiring-first draws."""
    set_clock(day(1, 10))
    for wallet, issuer, points in (("p", "grocer", 100_000), ("q", "fuel", 20_000), ("r", "coffee", 10_000)):
        ledger.earn(wallet, issuer, points)
    set_clock(day(1, 20))
    for wallet, redeemer, points in (
        ("q", "grocer", 5_000),
        ("q", "fuel", 10_000),
        ("p", "fuel", 50_000),
        ("r", "coffee", 2_000),
        ("p", "coffee", 18_000),
    ):
        ledger.burn(wallet, redeemer, points)
