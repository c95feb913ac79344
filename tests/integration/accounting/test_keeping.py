"""The books of worked example A, from the tills to `bean-check`, written once however often they are kept."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from psycopg.errors import RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.accounting import service as accounting
from network.accounting.checks import CHECKS
from network.accounting.domain import Account
from network.accounting.errors import CohortNotFound, NothingOwed, NothingToEstimate
from network.infrastructure.checks import run
from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.infrastructure.transaction import transaction
from network.partners import service as partners
from network.partners.domain import PartnerStatus
from network.settings import Settings
from network.settlement import service as settlement
from network.settlement.domain import Cover
from network.wallet.jobs import sweep
from tests.fixtures import Coalition, day
from tests.integration.settlement.ledger import Ledger, close_due, count, month_one

A_FIFTH = Decimal("0.20")


def approve(*names: str) -> None:
    for name in names:
        number = settlement.get_cycle(name).cycle_id
        settlement.submit(number, person="maryam")
        settlement.approve(number, person="reza")


def pay(name: str) -> None:
    number = settlement.get_cycle(name).cycle_id
    settlement.mark_instructed(number)
    settlement.mark_paid(number)


@pytest.fixture
def january(ledger: Ledger) -> Ledger:
    """Worked example A, month 1, approved; a fifth is expected to break."""
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    accounting.recognise("USD", A_FIFTH, person="maryam", reason="the first estimate")
    approve("2017-01")
    return ledger


def on(account: Account) -> int:
    return sum(each.amount_minor for each in accounting.balances() if each.account is account)


def broken() -> list[str]:
    db.session.rollback()
    return [finding.check.name for finding in run(CHECKS) if not finding.holds]


def test_worked_example_a_is_booked_when_it_is_approved_and_when_it_is_paid(january: Ledger) -> None:
    assert accounting.keep_books() == 4
    assert (on(Account.CONTRACT_LIABILITY), on(Account.REDEMPTION_REVENUE)) == (-237_50, -1_062_50)
    assert (on(Account.SERVICE_REVENUE), on(Account.COST)) == (-195_00, 765_00)
    assert (on(Account.RECEIVABLE), on(Account.PAYABLE)) == (1_105_00, -375_00)
    pay("2017-01")
    assert accounting.keep_books() == 3
    assert (on(Account.RECEIVABLE), on(Account.PAYABLE)) == (0, 0)
    assert (on(Account.CASH), on(Account.RESERVE)) == (730_00 - 188_10, 188_10)
    assert sum(each.amount_minor for each in accounting.balances()) == 0
    true_up = accounting.recognise("USD", Decimal("0.15"), month="2017-01", person="maryam", reason="half a year on")
    assert true_up is not None
    assert [each.amount_minor for each in true_up.postings] == [-62_50, 62_50]
    assert on(Account.REDEMPTION_REVENUE) == -1_000_00
    assert broken() == []


def test_books_kept_many_times_and_by_many_at_once_are_written_once(january: Ledger, app: Flask) -> None:
    def keep(_: int) -> int:
        with app.app_context():
            return accounting.keep_books()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(keep, range(4))) == [0, 0, 0, 4]
    assert accounting.keep_books() == 0
    assert count("SELECT count(*) FROM book_entry") == 4
    for statement in ("UPDATE book_posting SET amount_minor = 1", "DELETE FROM book_entry"):
        with pytest.raises(DBAPIError) as refused, transaction():
            db.session.execute(text(statement))
        assert isinstance(refused.value.orig, RestrictViolation)
    out_of_balance = text(
        "INSERT INTO book_posting SELECT cycle_id, step, 99, account, partner_id, 1 FROM book_posting LIMIT 1"
    )
    with pytest.raises(DBAPIError, match="does not balance"), transaction():
        db.session.execute(out_of_balance)


def keep_and_die(settings: Settings, failpoint: str) -> None:
    """Keep the books in a process of its own, which is killed at the failpoint."""
    environment = os.environ | {
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "PEYVAND_STATE": str(settings.state_folder),
        "PEYVAND_FAILPOINT": failpoint,
    }
    command = [sys.executable, "-m", "network", "accounting", "keep"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("failpoint", ["accounting.in_accrual", "accounting.in_payment"])
def test_keeping_that_was_killed_has_written_nothing_of_its_step_and_is_done_by_whoever_comes_next(
    january: Ledger, settings: Settings, failpoint: str
) -> None:
    pay("2017-01")
    keep_and_die(settings, failpoint)
    written = {"accounting.in_accrual": 0, "accounting.in_payment": 4}[failpoint]
    assert count("SELECT count(*) FROM book_entry") == written
    assert accounting.keep_books() == 7 - written
    assert broken() == []


def test_bean_check_finds_no_fault_in_the_books_and_one_where_there_is_one(january: Ledger, tmp_path: Path) -> None:
    accounting.keep_books()
    pay("2017-01")
    accounting.keep_books()
    accounting.recognise("USD", Decimal("0.15"), person="maryam", reason="true-up")
    told = accounting.export_books("beancount")
    assert bean_check(tmp_path, told) == (0, "")
    assert "Income:Redemption  -1062.50 USD" in told
    status, complaint = bean_check(tmp_path, told.replace("1105.00 USD", "1105.01 USD", 1))
    assert (status, "balance" in complaint) == (1, True)
    rows = list(csv.DictReader(io.StringIO(accounting.export_books("csv"))))
    assert sum(Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0) for row in rows) == 0
    assert {row["partner"] for row in rows} == {"", "grocer", "fuel", "coffee"}


def bean_check(folder: Path, ledger: str) -> tuple[int, str]:
    path = folder / "books.beancount"
    path.write_text(ledger)
    command = [sys.executable, "-m", "beancount.scripts.check", "--no-cache", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_what_a_partner_does_not_pay_is_borne_in_order_and_nobody_waits_for_it(january: Ledger) -> None:
    grocer, fuel = january.partner("grocer"), january.partner("fuel")
    cover = Cover(collateral_minor=500_00, capital_minor=400_00, fund_minor={fuel: 150_00})
    with pytest.raises(NothingOwed):
        accounting.cover_default(grocer, "2017-01", cover, person="reza", reason="insolvent")  # not booked yet
    accounting.keep_books()
    covered = accounting.cover_default(grocer, "2017-01", cover, person="reza", reason="insolvent")
    assert (covered.loss_minor, covered.fund_minor, covered.uncovered_minor) == (1_105_00, {fuel: 150_00}, 55_00)
    assert (on(Account.CASH), on(Account.CREDIT_LOSSES), on(Account.RECEIVABLE)) == (650_00, 455_00, 0)
    with pytest.raises(NothingOwed):
        accounting.cover_default(grocer, "2017-01", cover, person="reza", reason="insolvent")
    assert partners.get_partner(grocer).status is PartnerStatus.SUSPENDED
    january.burn("p", "coffee", 100)
    assert settlement.trail_of(settlement.get_cycle("2017-01").cycle_id)[-1].what == "covered a default"
    pay("2017-01")
    accounting.keep_books()
    assert (on(Account.CASH) + on(Account.RESERVE), on(Account.PAYABLE)) == (650_00 - 375_00, 0)
    assert broken() == []


def test_a_hybrid_month_is_earned_partly_at_issue_and_partly_as_points_burn_elsewhere(coalition: Coalition) -> None:
    """f = 0.4 of 0.0115 (e 0.0100, s 0.0015): 1,000 issued, of which 400 burn elsewhere and 100 at the issuer's."""
    ledger = Ledger(coalition)
    ledger.join("grocer", "fuel", funded="0.4")
    set_clock(day(1, 10))
    ledger.earn("p", "grocer", 1_000)
    ledger.burn("p", "fuel", 400)
    ledger.burn("p", "grocer", 100)
    set_clock(day(2, 1))
    close_due()
    approve("2017-01")
    accounting.keep_books()
    assert on(Account.CONTRACT_LIABILITY) == -4_00 + 2_00  # 1,000 x 0.4 x 0.0100, of which half has burned
    assert on(Account.SERVICE_REVENUE) == -60 - 36  # at issue, and with the 400
    assert on(Account.REDEMPTION_REVENUE) == -2_00 - 2_40  # of the liability, and called with the 400
    assert on(Account.COST) == 3_60 + 36
    assert (on(Account.RECEIVABLE), on(Account.PAYABLE)) == (4_60 + 2_76 - 36, -3_60)
    assert broken() == []


def test_points_that_expire_are_earned_in_full_and_later_cycles_wait_for_earlier_ones(coalition: Coalition) -> None:
    ledger = Ledger(coalition)
    ledger.join("grocer", "fuel", months=1)
    set_clock(day(1, 10))
    ledger.earn("p", "grocer", 10_000)
    ledger.burn("p", "fuel", 6_000)
    set_clock(day(1, 20))
    ledger.burn("p", "fuel", 1_000)
    set_clock(day(2, 5))
    ledger.earn("q", "grocer", 2_000)
    ledger.burn("q", "fuel", 500)
    set_clock(day(2, 20))
    sweep()
    set_clock(day(3, 1))
    close_due()
    with pytest.raises(NothingToEstimate):
        accounting.estimates("USD")
    approve("2017-02")
    assert accounting.keep_books() == 0
    approve("2017-01")
    assert accounting.keep_books() == 3 + 3
    assert on(Account.CONTRACT_LIABILITY) == -15_00  # February's 1,500 that are outstanding
    with pytest.raises(CohortNotFound):
        accounting.recognise("USD", A_FIFTH, month="2016-12", person="maryam", reason="no such month")
    old, young = accounting.estimates("USD")
    assert (old.month, old.issued, old.burned, old.expired, old.rate) == (
        "2017-01",
        10_000,
        7_000,
        3_000,
        A_FIFTH + A_FIFTH / 2,
    )
    assert (young.month, young.burned, young.rate, young.recognised) == ("2017-02", 500, Decimal("0.75"), 0)
    assert accounting.recognise_estimates("USD", person="maryam", reason="chain ladder") is not None
    assert on(Account.CONTRACT_LIABILITY) == 0  # of 2,000 no more than 500 are expected to burn, and they have
    assert broken() == []
