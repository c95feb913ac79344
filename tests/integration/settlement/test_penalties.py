"""A partner that pays late: charged by the next cycle, once, in statement, export, books and document."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from psycopg.errors import RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.accounting import service as accounting
from network.accounting.domain import Account
from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.infrastructure.transaction import transaction
from network.partners.domain import Conditions
from network.settlement import service as settlement
from network.settlement.domain import Position, State
from network.settlement.rendering import Format, render
from tests.camt import booked
from tests.fixtures import Coalition, day
from tests.integration.settlement.ledger import Ledger, broken, close_due, month_one
from tests.integration.settlement.paying import IBANS, paid, payments, tell_accounts
from tests.integration.settlement.recompute import recompute


@pytest.fixture
def late(coalition: Coalition) -> Ledger:
    """Worked example A with 8 % a year for paying late; January is approved and instructed on 1 February."""
    ledger = Ledger(coalition)
    ledger.join("grocer", "fuel", "coffee", conditions=Conditions(late_penalty_rate=Decimal("0.08")))
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    tell_accounts(ledger, *IBANS)
    approve("2017-01")
    settlement.instruct(settlement.get_cycle("2017-01").cycle_id)
    return ledger


def approve(name: str) -> None:
    cycle_id = settlement.get_cycle(name).cycle_id
    settlement.submit(cycle_id, person="maryam")
    settlement.approve(cycle_id, person="reza")


def close_on(month: int) -> None:
    set_clock(day(month, 1))
    close_due()


def test_a_payment_open_at_the_next_close_is_charged_there_and_what_follows_in_the_cycle_after(late: Ledger) -> None:
    """1,105.00 due on 8 February: 21 days of February at 8 % are 5.09, 9 days of March 2.18; both without tax."""
    grocer = late.partner("grocer")
    made = payments(late)["grocer"]
    assert made.due_on == date(2017, 2, 8)
    set_clock(day(2, 20))
    forecast = settlement.dry_run("USD-2017-02")
    assert next(each for each in forecast.positions if each.partner == "grocer").penalty_minor == 2_91  # 12 days
    close_on(3)
    february, _ = settlement.list_statements(grocer)
    assert february.position == Position(penalty_minor=5_09)
    told = late.tills["grocer"].get("/v1/settlements").json["data"][0]
    assert (told["penalty_minor"], told["net_minor"]) == (5_09, -5_09)
    (line,) = late.tills["grocer"].get(f"/v1/settlements/{told['id']}").json["lines"]
    assert (line["leg"], line["counterparty"], line["document"], line["amount_minor"]) == (
        "penalty", "operator", "invoice", 5_09,
    )  # fmt: skip
    document = settlement.statement_document(grocer, february.statement_id)
    assert b"Late payment penalty" in render(document, Format.HTML, "en").body

    reconciled = booked(*(paid(each) for each in payments(late).values()), on="2017-03-10")
    settlement.reconcile(reconciled)
    assert settlement.get_cycle("2017-01").state is State.CLOSED
    cycle_id = settlement.get_cycle("2017-02").cycle_id
    settlement.submit(cycle_id, person="maryam")
    settlement.reject(cycle_id, person="reza", reason="let us see it once more")  # netted anew: the same again
    approve("2017-02")
    close_on(4)
    march, february, _ = settlement.list_statements(grocer)
    assert (february.version, february.position, march.position) == (
        2,
        Position(penalty_minor=5_09),
        Position(penalty_minor=2_18),
    )
    close_on(5)
    assert len(settlement.list_statements(grocer)) == 3
    for name in ("2017-02", "2017-03"):
        computed, stated = recompute(settlement.export_cycle(name))
        assert computed == stated
        assert stated["grocer"]["penalty"] in (5_09, 2_18)

    approve("2017-03")
    accounting.keep_books()
    earned = [each.amount_minor for each in accounting.balances() if each.account is Account.PENALTIES]
    assert earned == [-5_09 - 2_18]
    assert broken() == {}


def test_a_payment_of_which_the_bank_tells_after_the_cut_gives_its_days_back(late: Ledger) -> None:
    close_on(3)
    settlement.reconcile(booked(*(paid(each) for each in payments(late).values()), on="2017-02-08"))
    close_on(4)
    march, february, _ = settlement.list_statements(late.partner("grocer"))
    assert (february.position.penalty_minor, march.position.penalty_minor) == (5_09, -5_09)
    assert broken() == {}


def test_a_penalty_is_written_once_and_the_check_finds_another_one(late: Ledger) -> None:
    close_on(3)
    for edit in (
        "UPDATE late_penalty SET minor_days = 1",
        "DELETE FROM late_penalty",
        "INSERT INTO late_penalty SELECT cycle_id, gen_random_uuid(), 1, 1 FROM late_penalty",
    ):
        with pytest.raises(DBAPIError) as refusal, transaction():
            db.session.execute(text(edit))
        assert isinstance(refusal.value.orig, RestrictViolation)
    db.session.execute(text("ALTER TABLE settlement_line DISABLE TRIGGER USER"))
    db.session.execute(text("UPDATE settlement_line SET amount_minor = amount_minor + 1 WHERE leg = 'penalty'"))
    db.session.execute(text("ALTER TABLE settlement_line ENABLE TRIGGER USER"))
    db.session.commit()
    assert "penalties = late payments" in broken()
