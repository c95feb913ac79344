"""Payments made anew: what came back, and what a partner in default leaves to be paid."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from psycopg.errors import IntegrityError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.accounting import service as accounting
from network.accounting.domain import Account
from network.accounting.errors import NothingOwed
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.errors import PeyvandError
from network.payments.bank_files import TRANSFERS, check_schema
from network.settlement import service as settlement
from network.settlement.domain import THE_NETWORK, Cover, Method, Progress, Scheme, State, Why
from network.settlement.errors import BankDetailsMissing, NotAssignable, NotReissuable, PayerIsPreparer, PayerIsRecorder
from network.settlement.repository.notices import payables
from tests.camt import booked
from tests.fixtures import day, snapshot
from tests.integration.settlement.ledger import Ledger, broken, count
from tests.integration.settlement.paying import IBANS, cycle, paid, payments, tell_accounts

REASON = "their account was closed"


def on(account: Account) -> int:
    return sum(each.amount_minor for each in accounting.balances() if each.account is account)


def test_who_submitted_a_cycle_has_none_of_its_payments_made(january: UUID, ledger: Ledger) -> None:
    tell_accounts(ledger, *IBANS)
    with pytest.raises(PayerIsPreparer):
        settlement.instruct(january, by="Maryam")
    assert settlement.instruct(january, by="omid").state is State.INSTRUCTED
    fuel = payments(ledger)["fuel"]
    settlement.reconcile(booked(paid(fuel)))
    settlement.reconcile(booked(paid(fuel, 310_00, end_to_end_id=fuel.end_to_end_id, text=None), number="S-2"))
    with pytest.raises(PayerIsPreparer):
        settlement.reissue(fuel.end_to_end_id, person="maryam", reason=REASON)
    assert settlement.reissue(fuel.end_to_end_id, person="omid", reason=REASON).amount_minor == 310_00


def test_no_payment_goes_where_one_person_alone_has_led_it(january: UUID, ledger: Ledger) -> None:
    tell_accounts(ledger, *IBANS)
    fuel = ledger.partner("fuel")
    settlement.record_bank_details(  # seen by nobody when the cycle was approved, though it was there
        fuel, person="omid", holder="Omid", iban=IBANS["coffee"], valid_from=day(2, 2)
    )
    assert settlement.due_to_instruct() == [january]
    ledger.coalition.at(day(2, 3))
    assert settlement.due_to_instruct() == []
    before = snapshot()
    for nobody_else in (THE_NETWORK, "Omid"):
        with pytest.raises(PayerIsRecorder):
            settlement.instruct(january, by=nobody_else)
    assert snapshot() == before
    assert settlement.instruct(january, by="sara").state is State.INSTRUCTED
    made = payments(ledger)["fuel"]
    settlement.reconcile(booked(paid(made)))
    settlement.reconcile(booked(paid(made, 310_00, end_to_end_id=made.end_to_end_id, text=None), number="S-2"))
    settlement.record_bank_details(fuel, person="sara", holder="Sara", iban=IBANS["grocer"])
    before = snapshot()
    with pytest.raises(PayerIsRecorder):
        settlement.reissue(made.end_to_end_id, person="sara", reason=REASON)
    assert snapshot() == before
    assert settlement.reissue(made.end_to_end_id, person="omid", reason=REASON).amount_minor == 310_00


def test_who_covers_a_default_pays_nobody_at_an_account_of_its_own_making(january: UUID, ledger: Ledger) -> None:
    settlement.change_payment_scheme(Scheme.BILATERAL)
    accounting.keep_books()
    tell_accounts(ledger, *IBANS)
    settlement.instruct(january)
    ledger.coalition.at(day(2, 2))
    settlement.record_bank_details(ledger.partner("fuel"), person="omid", holder="Omid", iban=IBANS["coffee"])
    told = ledger.partner("grocer"), january, Cover(capital_minor=9_999_00)
    with pytest.raises(PayerIsRecorder):
        accounting.cover_default(*told, person="omid", reason="insolvent")
    accounting.cover_default(*told, person="reza", reason="insolvent")


def test_what_came_back_is_paid_anew_once_under_ids_of_its_own(january: UUID, ledger: Ledger, app: Flask) -> None:
    tell_accounts(ledger, *IBANS)
    settlement.instruct(january)
    first = payments(ledger)
    fuel = first["fuel"]
    with pytest.raises(NotReissuable):
        settlement.reissue(fuel.end_to_end_id, person="sara", reason=REASON)
    settlement.reconcile(booked(paid(fuel), paid(first["coffee"]), paid(first["grocer"], 1_000_00)))
    settlement.reconcile(booked(paid(fuel, 310_00, end_to_end_id=fuel.end_to_end_id, text=None), number="S-2"))
    settlement.record_bank_details(ledger.partner("fuel"), person="sara", holder="Fuel Ltd", iban=IBANS["coffee"])

    def again(_: int) -> str | None:
        with app.app_context():
            try:
                return settlement.reissue(fuel.end_to_end_id, person="sara", reason=REASON).end_to_end_id
            except PeyvandError:
                return None
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        (number,) = set(pool.map(again, range(4))) - {None}
    old, anew = (each for each in settlement.instructions(cycle()) if each.payee_id == ledger.partner("fuel"))
    assert (old.progress, anew.progress, anew.replaces_id) == (
        Progress.REPLACED,
        Progress.PREPARED,
        fuel.instruction_id,
    )
    assert (anew.end_to_end_id, anew.amount_minor, anew.method) == (number, 310_00, Method.CREDIT_TRANSFER)
    assert {old.end_to_end_id, old.reference}.isdisjoint({anew.end_to_end_id, anew.reference})
    assert Why.RETURNED not in [each.why for each in settlement.suspense()]
    assert len(payables()) == 2  # fuel's, again, and the grocer's

    files = {each.name: each.body for each in settlement.settlement_files(cycle(), take=True)}
    body = files[f"USD-2017-01-v1-{anew.end_to_end_id}-{TRANSFERS}.xml"]
    check_schema(body, TRANSFERS)
    assert f"<MsgId>{anew.end_to_end_id}-CT</MsgId>".encode() in body
    assert IBANS["coffee"].encode() in body and b"Fuel Ltd" in body
    assert f"<MsgId>{anew.end_to_end_id}-CT</MsgId>".encode() not in files[f"USD-2017-01-v1-{TRANSFERS}.xml"]

    settlement.reconcile(booked(paid(fuel), number="S-3"))  # the old one, late
    late = settlement.suspense()[-1]
    assert late.why is Why.DUPLICATE
    with pytest.raises(NotAssignable):
        settlement.assign(late.booking_id, fuel.end_to_end_id, person="sara", reason="it was paid after all")
    settlement.reconcile(booked(paid(anew), number="S-4"))
    (partial,) = (each for each in settlement.suspense() if each.why is Why.PARTIAL)
    settlement.assign(partial.booking_id, first["grocer"].end_to_end_id, person="sara", reason="the first of two parts")
    settlement.reconcile(booked(paid(first["grocer"], 105_00), number="S-5"))
    assert cycle().state is State.CLOSED
    (told,) = (each for each in settlement.trail_of(january) if each.what == "reissued")
    assert (told.who, told.before["payment"], told.after["payment"]) == ("sara", fuel.end_to_end_id, anew.end_to_end_id)
    assert broken() == {}


def test_a_part_that_came_back_is_not_paid_anew_and_nothing_is_written(january: UUID, ledger: Ledger) -> None:
    tell_accounts(ledger, *IBANS)
    settlement.instruct(january)
    fuel = payments(ledger)["fuel"]
    settlement.reconcile(booked(paid(fuel), paid(fuel, 300_00, end_to_end_id=fuel.end_to_end_id, text=None)))
    before = snapshot()
    with pytest.raises(NotReissuable, match="Only a part"):
        settlement.reissue(fuel.end_to_end_id, person="sara", reason=REASON)
    assert snapshot() == before
    for edit in (
        "UPDATE payment_instruction SET progress = 'replaced' WHERE progress <> 'returned'",
        "INSERT INTO payment_instruction SELECT gen_random_uuid(), cycle_id, version, payer_id, payee_id, amount_minor,"
        " currency, method, 'E2', 'R2', watched_iban, expected_minor, NULL, 'prepared', NULL, now(), due_on,"
        " instruction_id FROM payment_instruction WHERE progress <> 'returned' LIMIT 1",
    ):
        with pytest.raises(DBAPIError) as refusal, transaction():
            db.session.execute(text(edit))
        assert isinstance(refusal.value.orig, IntegrityError)


@pytest.mark.parametrize("before", [True, False], ids=["before it is instructed", "after"])
def test_a_cycle_of_which_a_default_is_covered_closes_when_all_others_are_paid(
    january: UUID, ledger: Ledger, before: bool
) -> None:
    """The grocer pays 500.00 of 1,105.00 where there is a payment to pay it for, and no more."""
    tell_accounts(ledger, *IBANS)
    accounting.keep_books()
    came_in = 0
    if not before:
        settlement.instruct(january)
        grocer = payments(ledger)["grocer"]
        settlement.reconcile(booked(paid(grocer, 500_00)))
        (part,) = settlement.suspense()
        settlement.assign(part.booking_id, grocer.end_to_end_id, person="sara", reason="a first part of it")
        came_in = 500_00
    cover = Cover(collateral_minor=300_00)
    covered = accounting.cover_default(ledger.partner("grocer"), january, cover, person="reza", reason="insolvent")
    assert covered.loss_minor == 1_105_00 - came_in
    with pytest.raises(NothingOwed):
        accounting.cover_default(ledger.partner("grocer"), january, cover, person="reza", reason="insolvent")
    settlement.instruct(january)
    made = payments(ledger)
    assert (made["grocer"].progress, len(made), cycle().state) == (Progress.COVERED, 3, State.INSTRUCTED)
    assert ("grocer-pays" in str([each.name for each in settlement.settlement_files(cycle(), take=True)])) is not before
    assert {each.partner_id for each in payables()} == {ledger.partner("fuel"), ledger.partner("coffee")}
    settlement.reconcile(booked(paid(made["fuel"]), paid(made["coffee"]), number="S-2"))
    assert (cycle().state, payables()) == (State.CLOSED, [])
    settlement.reconcile(booked(paid(made["grocer"]), number="S-3"))  # after all: nothing closed is edited
    assert settlement.suspense()[-1].why is Why.DUPLICATE
    accounting.keep_books()
    assert (on(Account.RECEIVABLE), on(Account.PAYABLE)) == (0, 0)
    assert on(Account.CREDIT_LOSSES) == 805_00 - came_in
    assert on(Account.CASH) + on(Account.RESERVE) == came_in + 300_00 - 375_00
    assert broken() == {}


@pytest.mark.parametrize("before", [True, False], ids=["before it is instructed", "after"])
def test_where_partners_pay_each_other_the_operator_pays_in_the_place_of_one_in_default(
    january: UUID, ledger: Ledger, before: bool
) -> None:
    settlement.change_payment_scheme(Scheme.BILATERAL)
    accounting.keep_books()
    grocer = ledger.partner("grocer")
    tell_accounts(ledger, *IBANS)
    if not before:
        settlement.instruct(january)
    accounting.cover_default(grocer, january, Cover(capital_minor=9_999_00), person="reza", reason="insolvent")
    assert settlement.instruct(january).state is State.INSTRUCTED
    made = settlement.instructions(cycle())
    assert [each.progress for each in made if each.payer_id == grocer] == [Progress.COVERED] * 3
    anew = [each for each in made if each.payer_id != grocer]
    assert sorted((each.amount_minor, each.method) for each in anew) == [
        (65_00, Method.CREDIT_TRANSFER),
        (310_00, Method.CREDIT_TRANSFER),
    ]
    names = [each.name for each in settlement.settlement_files(cycle(), take=True)]
    assert len([name for name in names if TRANSFERS in name]) == (1 if before else 2)
    settlement.reconcile(booked(*map(paid, anew)))
    assert cycle().state is State.CLOSED
    assert broken() == {}


def test_a_default_whose_payees_have_no_account_is_not_covered_by_half(january: UUID, ledger: Ledger) -> None:
    settlement.change_payment_scheme(Scheme.BILATERAL)
    accounting.keep_books()
    tell_accounts(ledger, "fuel", "coffee", "grocer")
    tell_accounts(ledger, "operator")
    settlement.instruct(january)
    settlement.record_bank_details(ledger.partner("operator"), person="sara", holder="Op", gateway_account="acct_op")
    before = snapshot()
    with pytest.raises(BankDetailsMissing):
        accounting.cover_default(ledger.partner("grocer"), january, Cover(), person="reza", reason="insolvent")
    assert snapshot() == before
    assert count("SELECT count(*) FROM covered_default") == 0
