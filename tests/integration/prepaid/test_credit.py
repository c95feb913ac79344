"""Credit limits: earning stops when what is owed in the open cycle reaches limit and collateral; burning never does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from network.infrastructure.database import drop_statement_connection
from network.infrastructure.network_clock import set_clock
from network.partners.domain import Conditions
from network.settlement import service as settlement
from tests.fixtures import assert_problem, day
from tests.integration.batches import files
from tests.integration.settlement.ledger import Ledger, close_due, cut_all

CREDIT = Conditions(credit_limit_minor=10_00, collateral_minor=1_50)


@pytest.fixture
def deli(ledger: Ledger) -> Ledger:
    """With a partner that may owe 11.50, the price of a thousand points."""
    ledger.join("deli", conditions=CREDIT)
    return ledger


def owed() -> list[int]:
    settlement.measure_credit()
    return [line.owed_minor for line in settlement.credit_lines()]


def test_earning_stops_at_limit_and_collateral_and_burning_goes_on(deli: Ledger) -> None:
    till = deli.tills["deli"]
    member = deli.coalition.enrol(till)
    assert till.earn(member, 900_00).status_code == 201
    assert_problem(till.earn(member, 101_00, key="too much"), 403, "credit_limit_reached")
    assert till.earn(member, 100_00).status_code == 201
    assert_problem(till.earn(member, 1_00), 403, "credit_limit_reached")
    assert till.redeem(member, 100).status_code == 201
    assert files.broken() == []


def test_what_is_due_to_the_partner_is_set_off_and_the_next_cycle_begins_with_all_its_credit(deli: Ledger) -> None:
    set_clock(day(1, 5))
    deli.earn("p", "deli", 1_000)
    deli.earn("q", "grocer", 1_000)
    assert owed() == [11_50]
    deli.burn("q", "deli", 500)  # 4.50 for it, cut or not
    assert owed() == [7_00]
    cut_all()
    assert owed() == [7_00]
    deli.earn("p", "deli", 391)
    assert_problem(deli.tills["deli"].earn(deli._member("p", "deli"), 1_00), 403, "credit_limit_reached")
    set_clock(day(2, 1))
    assert owed() == [11_50], "January is open until it is cut"
    close_due()
    assert owed() == [0]
    deli.earn("p", "deli", 1_000)
    assert files.broken() == []


def test_a_return_gives_credit_back_when_it_is_measured(deli: Ledger) -> None:
    till = deli.tills["deli"]
    member = deli.coalition.enrol(till)
    earned = till.earn(member, 1_000_00).json["id"]
    assert till.post(f"/v1/earns/{earned}/reverse", {"amount_minor": 200_00}, "back").status_code == 201
    assert owed() == [9_20]
    assert till.earn(member, 200_00).status_code == 201


def test_deferred_funding_counts_and_nothing_due_at_issue_still_needs_credit(ledger: Ledger) -> None:
    ledger.join("deli", funded="0", conditions=Conditions(credit_limit_minor=1_15))
    ledger.earn("p", "deli", 5_000)
    ledger.burn("p", "grocer", 100)
    assert owed() == [1_15]
    assert_problem(ledger.tills["deli"].earn(ledger._member("p", "deli"), 1_00), 403, "credit_limit_reached")
    ledger.burn("p", "grocer", 100)


def test_a_batch_stops_at_the_limit_and_names_the_lines(deli: Ledger) -> None:
    set_clock(day(1, 4))
    till = deli.tills["deli"]
    member = deli.coalition.enrol(till)
    lines = [files.earn(number, member=member.id, amount_minor=400_00) for number in range(1, 5)]
    batch = files.post(till, lines)
    assert files.counts(batch) == (2, 0, 2)
    assert {each["code"] for each in files.errors(till, batch)} == {"credit_limit_reached"}


def test_sixteen_tills_owe_exactly_the_limit_while_it_is_measured_and_cut(deli: Ledger, app: Flask) -> None:
    till = deli.tills["deli"]
    members = [deli.coalition.enrol(till) for _ in range(16)]
    till.earn(members[0], 1_00)

    def earn_on(number: int) -> int:
        issued = 0
        with app.app_context():
            for turn in range(300):
                answer = till.earn(members[number], 5_00 if turn < 20 else 1_00)
                assert answer.status_code in (201, 403), answer.text
                if answer.status_code == 403 and turn >= 20:
                    break
                issued += answer.json["points"] if answer.status_code == 201 else 0
                if number == 0 and turn % 5 == 0:
                    settlement.cut()
                    settlement.measure_credit()
            drop_statement_connection()
        return issued

    with ThreadPoolExecutor(16) as pool:
        issued = 1 + sum(pool.map(earn_on, range(16)))
    assert issued == 1_000
    assert owed() == [11_50]
    assert files.broken() == []
