"""New terms, tried on the last cycles: the same points, netted once more."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from network.infrastructure.network_clock import set_clock
from network.partners import service as partners
from network.partners.domain import Conditions, ContractTerms
from network.partners.errors import BadTerms
from network.settlement import service as settlement
from network.settlement.domain import Position
from tests.fixtures import day, snapshot
from tests.integration.settlement.ledger import Ledger, close_due, month_one


@pytest.fixture
def closed(ledger: Ledger) -> Ledger:
    """January of worked example A, and February, in which 1,000 of the grocer's points burn at the fuel station."""
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    ledger.burn("p", "fuel", 1_000)
    set_clock(day(3, 1))
    close_due()
    ledger.earn("p", "grocer", 7)
    return ledger


def changed(ledger: Ledger, code: str, **changes: object) -> ContractTerms:
    terms = partners.get_contract_in_force(ledger.partner(code), "USD", day(2, 1)).terms
    return replace(terms, valid_from=day(4, 1), **changes)  # type: ignore[arg-type]


def test_a_grocer_that_paid_at_redemption_would_have_paid_for_what_burned_elsewhere(closed: Ledger) -> None:
    """68,000 x 0.0115 = 782.00 in January and 11.50 in February, instead of 1,150.00 at issue and nothing."""
    before = snapshot()
    february, january = settlement.preview_terms(
        closed.partner("grocer"), changed(closed, "grocer", funded_at_issue=Decimal(0))
    )
    assert (january.cycle, february.cycle) == ("USD 2017-01", "USD 2017-02")
    assert january.before == Position(issue_minor=1_150_00, redemption_minor=45_00)
    assert january.after == Position(redemption_minor=45_00, deferred_minor=782_00)
    assert (february.before, february.after) == (Position(), Position(deferred_minor=11_50))
    assert (january.change_minor, february.change_minor) == (368_00, -11_50)
    assert january.operator_before.net_minor - january.operator_after.net_minor == 368_00
    assert snapshot() == before, "nothing is written"


def test_rates_fees_and_prepaid_blocks_are_tried_too(closed: Ledger) -> None:
    terms = changed(
        closed,
        "fuel",
        reimbursement_rate=Decimal("0.0095"),
        prepaid=True,
        conditions=Conditions(fee_per_cycle_minor=10_00),
    )
    (february,) = settlement.preview_terms(closed.partner("fuel"), terms, cycles=1)
    assert february.after == Position(redemption_minor=9_50, fee_minor=10_00)
    (_, january) = settlement.preview_terms(closed.partner("fuel"), terms, cycles=5)
    assert january.after == Position(redemption_minor=570_00, fee_minor=10_00)


def test_a_preview_of_no_cycles_or_of_terms_that_make_no_sense(closed: Ledger) -> None:
    assert settlement.preview_terms(closed.partner("fuel"), changed(closed, "fuel", currency="EUR")) == []
    with pytest.raises(BadTerms):
        settlement.preview_terms(closed.partner("fuel"), changed(closed, "fuel", funded_at_issue=Decimal(2)))
