"""Whatever happens in whatever order: every invariant holds, and balances are those of a page of plain Python."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from network.cli.ledger import check_everything
from network.earning.commands import RecordPurchase, RedeemPoints
from network.earning.results import Earned
from network.earning.service import member_balance, record_purchase, redeem_points
from network.infrastructure.database import db
from network.members.service import lookup
from network.settlement import service as settlement
from network.wallet.errors import InsufficientPoints
from network.wallet.service import sweep_due
from tests.conftest import empty_tables
from tests.fixtures import START, Coalition, Customer, Till, card_proof
from tests.integration.wallet.model import Draws, ModelLot, ModelWallet

PARTNERS = {"grocer": {}, "florist": {"months": 1}, "fashion": {"pending_days": 14, "points_per_unit": "0.5"}}
WALLETS = 2

earns = st.tuples(
    st.just("earn"),
    st.sampled_from(sorted(PARTNERS)),
    st.integers(0, WALLETS - 1),
    st.one_of(st.integers(1, 20_000), st.integers(10_000, 50_000)),  # cents
    st.integers(0, 40),  # days that the purchase lies back
)
burns = st.tuples(st.just("burn"), st.sampled_from(sorted(PARTNERS)), st.integers(0, WALLETS - 1), st.integers(1, 250))
waits = st.tuples(st.just("wait"), st.integers(1, 12 * 24))  # hours
others = st.sampled_from([("sweep",), ("cut",)])
histories = st.lists(st.one_of(earns, earns, burns, burns, waits, others), min_size=20, max_size=40)


@dataclass
class History:
    """The network and the model, side by side."""

    coalition: Coalition
    now: datetime = START
    tills: dict[str, Till] = field(default_factory=dict)
    members: list[tuple[Customer, ModelWallet]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tills = {code: self.coalition.join(code, **terms) for code, terms in PARTNERS.items()}
        for _ in range(WALLETS):
            customer = self.coalition.enrol(self.tills["grocer"])
            for till in self.tills.values():
                lookup(till.partner_id, card_number=customer.card_number)
            self.members.append((customer, ModelWallet()))

    def earn(self, code: str, wallet: int, amount_minor: int, days_ago: int) -> None:
        customer, model = self.members[wallet]
        bought_at = max(START, self.now - timedelta(days=days_ago))
        command = RecordPurchase(
            member_id=customer.member_id, amount_minor=amount_minor, currency="USD", occurred_at=bought_at
        )
        earned = record_purchase(self.tills[code].principal, command)
        assert isinstance(earned, Earned)
        rate, days = (2, 14) if code == "fashion" else (1, 0)
        assert earned.entry.points == amount_minor // (100 * rate)
        assert len(earned.lots) == (1 if earned.entry.points else 0)
        for lot in earned.lots:
            assert lot.expires_at is not None
            activates_at = bought_at + timedelta(days=days)
            model.lots.append(ModelLot(code, lot.issued, self.now, activates_at, lot.expires_at, lot.lot_id))

    def burn(self, code: str, wallet: int, points: int) -> None:
        customer, model = self.members[wallet]
        command = RedeemPoints(
            member_id=customer.member_id, points=points, currency="USD", proof=card_proof(customer.card_number)
        )
        available, till = model.available(self.now), self.tills[code]
        if model.burn(code, points, self.now):
            redeem_points(till.principal, command)
        else:
            with pytest.raises(InsufficientPoints) as refusal:
                redeem_points(till.principal, command)
            assert refusal.value.extra == {"available": available}

    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.coalition.at(self.now)

    def sweep(self) -> None:
        sweep_due()

    def cut(self) -> None:
        settlement.cut()
        settlement.open_cycles()
        for cycle in settlement.due_cycles():
            settlement.close_cycle(cycle.cycle_id)

    def compare(self) -> None:
        """Balances as the partners see them."""
        for customer, model in self.members:
            balance = member_balance(self.tills["grocer"].principal, customer.member_id).balance
            assert (balance.available, balance.pending) == (model.available(self.now), model.pending(self.now))
            assert balance.held == balance.debt == 0


@given(histories)
# Not shrunk: a history is short enough to read, and each try costs a second.
@hypothesis_settings(max_examples=10, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
def test_any_history_keeps_every_invariant_and_agrees_with_the_model(
    app: Flask, steps: list[tuple[object, ...]]
) -> None:
    empty_tables()
    history = History(Coalition(app))
    for name, *arguments in steps:
        getattr(history, str(name))(*arguments)
        history.compare()
    history.sweep()
    history.cut()
    history.compare()
    assert drawn() == sum((Counter(model.draws) for _, model in history.members), Counter())
    broken = {finding.check.name: finding.rows for finding in check_everything() if not finding.holds}
    assert broken == {}


def drawn() -> Draws:
    """Whose points burned where, as the ledger has it."""
    db.session.rollback()
    rows = db.session.execute(
        text(
            "SELECT i.code, r.code, -sum(m.points)::bigint FROM movement m JOIN partner i ON i.partner_id = m.issuer_id"
            " JOIN partner r ON r.partner_id = m.redeemer_id WHERE m.kind = 'draw' GROUP BY 1, 2"
        )
    )
    return {(issuer, redeemer): points for issuer, redeemer, points in rows}
