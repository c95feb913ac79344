"""The books of two currencies as text, and a hybrid contract's computed by hand."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from uuid import UUID

from network.accounting.domain import (
    Account,
    BookedEntry,
    Entry,
    Part,
    Posting,
    account_name,
    as_beancount,
    as_csv,
    cohorts_of,
    paid,
    recognised,
)
from network.settlement.domain import Clearing

SHOP, SHOP_2 = UUID(int=1), UUID(int=2)
CODES = {SHOP: "corner_shop", SHOP_2: "7-shop"}


def booked(currency: str, amount_minor: int, partner_id: UUID, on: date) -> BookedEntry:
    postings = (
        Posting(Account.RECEIVABLE, amount_minor, partner_id),
        Posting(Account.SERVICE_REVENUE, -amount_minor),
    )
    return BookedEntry(
        cycle_id=UUID(int=9),
        cycle_name=f"{currency} 2017-01",
        currency=currency,
        booked_on=on,
        entry=Entry("issue", postings),
    )


BOOKS = [
    booked("JPY", 1_105, SHOP, date(2017, 2, 1)),
    booked("BHD", 1_105, SHOP_2, date(2017, 1, 31)),
    booked("BHD", -5, SHOP, date(2017, 1, 31)),
]


def test_each_currency_has_its_digits_and_its_own_balance_and_bean_check_agrees(tmp_path: Path) -> None:
    told = as_beancount(BOOKS, CODES)
    assert "2017-01-31 open Assets:Receivable:7-shop" in told
    assert "  Assets:Receivable:CornerUshop  1105 JPY" in told
    assert "2017-02-02 balance Income:Service  -1.100 BHD" in told
    path = tmp_path / "books.beancount"
    path.write_text(told)
    done = subprocess.run(
        [sys.executable, "-m", "beancount.scripts.check", "--no-cache", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_no_cell_of_the_csv_begins_as_a_formula_does() -> None:
    rows = as_csv(BOOKS, CODES).splitlines()
    assert rows[1] == "JPY 2017-01,issue,2017-02-01,Assets:Receivable,corner_shop,1105,,JPY"
    assert rows[5] == "BHD 2017-01,issue,2017-01-31,Assets:Receivable,corner_shop,,0.005,BHD"
    assert not [cell for row in rows for cell in row.split(",") if cell.startswith(("=", "+", "-", "@"))]


def test_two_codes_never_become_one_account() -> None:
    codes = {UUID(int=number): code for number, code in enumerate(("a-b", "a_b", "aub", "ab", "9_", "9u"))}
    assert len({account_name(Account.PAYABLE, each, codes) for each in codes}) == len(codes)


def test_points_of_hybrid_and_fully_funded_contracts_are_one_cohort_weighted_by_what_was_paid() -> None:
    """1,000 points at f = 0.4, of which 500 burn, and 1,000 at f = 1, of which none does; e = 0.0100, a fifth breaks.

    Paid 4.00 + 10.00; burned value 2.00; expected 14.00 x 0.8 = 11.20: 14.00 x 2.00 / 11.20 = 2.50.
    """
    month, element = UUID(int=2017), Decimal("0.01")
    hybrid, full = (element * Decimal("0.4"), Decimal("0.4")), (element, Decimal(1))
    cohorts = cohorts_of(
        [
            Part(month, Clearing.ISSUE, 1_000, *hybrid),
            Part(month, Clearing.DRAW, -600, *hybrid),
            Part(month, Clearing.UNDRAW, 100, *hybrid),
            Part(month, Clearing.ISSUE, 1_100, *full),
            Part(month, Clearing.UNISSUE, -100, *full),
        ]
    )
    rates = {month: Fraction(1, 5)}
    assert (paid(cohorts), recognised(cohorts, rates)) == (14, Decimal("2.5"))
