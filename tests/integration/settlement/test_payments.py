"""An approved cycle becomes payments, files and bookings, and is closed when the bank has told of all of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from psycopg.errors import RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.infrastructure.transaction import transaction
from network.payments.bank_files import COLLECTIONS, TRANSFERS, check_schema
from network.payments.errors import BadAccount, CurrencyNotSupported
from network.settlement import service as settlement
from network.settlement.domain import Instruction, Method, Payment, Progress, Scheme, State, Why, instructions_of
from network.settlement.errors import (
    BankDetailsMissing,
    BankStatementDiffers,
    CycleNotReady,
    InstructionNotFound,
    NotAssignable,
)
from network.settlement.jobs import instruct_cycle, pay
from network.settlement.repository.notices import payables
from network.settlement.repository.tails import unpaid_nets
from network.settlement.service.files import files_of
from network.settlement.service.instructing import _planned
from tests.camt import OPERATOR_IBAN, Entry, booked, entry, statement
from tests.fixtures import day, snapshot
from tests.integration.settlement.ledger import Ledger, broken, close_due, count, cut_all
from tests.integration.settlement.paying import IBANS, cycle, paid, payments, tell_accounts


@pytest.fixture
def instructed(january: UUID, ledger: Ledger) -> dict[str, Instruction]:
    """January, instructed; its payments by the code of the partner."""
    tell_accounts(ledger, *IBANS)
    assert settlement.instruct(january).state is State.INSTRUCTED
    return payments(ledger)


def progress() -> set[Progress]:
    return {each.progress for each in settlement.instructions(cycle())}


def left() -> list[tuple[Why, int]]:
    return [(each.why, each.open_minor) for each in settlement.suspense()]


def test_a_cycle_is_instructed_by_files_and_closed_by_the_banks_statement(january: UUID, ledger: Ledger) -> None:
    with pytest.raises(BankDetailsMissing, match="coffee, fuel, operator"):
        settlement.instruct(january)
    assert (count("SELECT count(*) FROM payment_instruction"), cycle().state) == (0, State.APPROVED)
    assert pay() == 0
    tell_accounts(ledger, *IBANS)
    assert pay() == 1
    assert instruct_cycle(str(january)) == "instructed"
    before = snapshot()
    assert instruct_cycle(str(january)) == "instructed"
    assert (snapshot(), pay()) == (before, 0)

    made = payments(ledger)
    assert {code: (each.expected_minor, each.method) for code, each in made.items()} == {
        "grocer": (1_105_00, Method.INVOICE),
        "fuel": (-310_00, Method.CREDIT_TRANSFER),
        "coffee": (-65_00, Method.CREDIT_TRANSFER),
    }
    listed = settlement.settlement_files(cycle(), take=False)
    assert progress() == {Progress.PREPARED}
    files = {each.name: each.body for each in settlement.settlement_files(cycle(), take=True)}
    assert progress() == {Progress.SENT}
    assert [each.name for each in listed] == sorted(files)
    transfers = files[f"USD-2017-01-v1-{TRANSFERS}.xml"]
    check_schema(transfers, TRANSFERS)
    assert made["fuel"].end_to_end_id.encode() in transfers and b">375.00<" in transfers
    request = files["USD-2017-01-v1-grocer-pays-operator.txt"].decode()
    assert made["grocer"].reference in request and OPERATOR_IBAN in request and "1,105.00 USD" in request

    assert len(payables()) == 3
    first = statement([entry(paid(made["fuel"]), paid(made["coffee"]))])
    (told,) = settlement.reconcile(first)
    assert (told.matched, told.suspended, told.is_new) == (2, 0, True)
    assert [each.partner_id for each in payables()] == [ledger.partner("grocer")]
    assert unpaid_nets("USD") == {ledger.partner("grocer"): -1_105_00}
    assert cycle().state is State.INSTRUCTED
    (told,) = settlement.reconcile(first)
    assert (told.matched, told.is_new) == (0, False)
    with pytest.raises(BankStatementDiffers):
        settlement.reconcile(booked(paid(made["grocer"])))
    settlement.reconcile(booked(paid(made["grocer"]), number="S-2"))
    assert (progress(), cycle().state, left()) == ({Progress.SETTLED}, State.CLOSED, [])
    assert [each.what for each in settlement.trail_of(january)][-3:] == ["instructed", "paid", "closed"]
    assert broken() == {}


def test_what_does_not_fit_waits_in_suspense_until_a_person_assigns_it(
    instructed: dict[str, Instruction], ledger: Ledger
) -> None:
    grocer, fuel, coffee = (instructed[code] for code in ("grocer", "fuel", "coffee"))
    settlement.reconcile(
        booked(
            paid(grocer, 1_000_00, bank_reference="B-1"),
            paid(grocer, 200_00),
            paid(fuel),
            paid(fuel),
            paid(coffee),
            paid(coffee, 65_00, end_to_end_id=coffee.end_to_end_id, text=None),
            Entry(7_00, text="who knows"),
            paid(grocer, currency="EUR"),
        )
    )
    set_clock(day(2, 11))
    settlement.reconcile(booked(paid(grocer, 1_000_00, bank_reference="B-1"), number="S-2"))
    assert left() == [
        (Why.PARTIAL, 1_000_00),
        (Why.PARTIAL, 200_00),
        (Why.DUPLICATE, -310_00),
        (Why.RETURNED, 65_00),
        (Why.UNKNOWN, 7_00),
        (Why.UNKNOWN, 1_105_00),
        (Why.DUPLICATE, 1_000_00),
    ]
    assert payments(ledger)["coffee"].progress is Progress.RETURNED
    partial, rest, _, returned, *_ = settlement.suspense()
    for item, instruction in ((partial, grocer), (rest, grocer), (returned, coffee)):
        settlement.assign(item.booking_id, instruction.end_to_end_id, person="sara", reason="the payer told us so")
    assert (Why.PARTIAL, 95_00) in left()  # it was 95.00 too much
    assert [each.who for each in settlement.trail_of(grocer.cycle_id) if each.what == "assigned"] == ["sara"] * 3
    with pytest.raises(NotAssignable):
        settlement.assign(rest.booking_id, grocer.end_to_end_id, person="sara", reason="take all of it now")
    with pytest.raises(InstructionNotFound):
        settlement.assign(rest.booking_id, "PVD0", person="sara", reason="take all of it now")
    assert cycle().state is State.INSTRUCTED  # coffee's money came back
    settlement.reconcile(booked(paid(coffee), number="S-3"))
    assert cycle().state is State.CLOSED
    assert broken() == {}

    settlement.reconcile(booked(paid(fuel, 310_00, end_to_end_id=fuel.end_to_end_id, text=None), number="S-4"))
    assert left()[-1] == (Why.RETURNED, 310_00)  # late: nothing closed is edited
    assert progress() == {Progress.SETTLED}
    assert broken() == {}


def test_partners_that_pay_each_other_are_seen_on_the_payees_account(january: UUID, ledger: Ledger) -> None:
    settlement.change_payment_scheme(Scheme.BILATERAL)
    tell_accounts(ledger, *IBANS)
    settlement.instruct(january)
    made = settlement.instructions(cycle())
    assert sorted(each.amount_minor for each in made) == [65_00, 310_00, 730_00]
    assert {each.payer_id for each in made} == {ledger.partner("grocer")}
    for each in made:
        settlement.reconcile(booked(Entry(-each.amount_minor, each.end_to_end_id), iban=IBANS["grocer"],
                                    number=each.reference))  # fmt: skip
        settlement.reconcile(booked(paid(each), Entry(9, text="their own"), iban=str(each.watched_iban)))
    assert cycle().state is State.CLOSED
    assert settlement.reconcile(booked(Entry(9), iban="IR062960000000100324200001"))[0].bookings == 0
    ((why, amount_minor),) = left()
    assert (why, amount_minor) == (Why.UNKNOWN, 9)  # on the operator's account; partners' other bookings are not ours
    assert count("SELECT count(*) FROM bank_booking") == 4
    assert broken() == {}


def test_a_cycle_in_which_nobody_owes_anything_is_closed_at_once(ledger: Ledger) -> None:
    set_clock(day(1, 10))
    ledger.earn("p", "grocer", 100)
    cut_all()
    settlement.adjust_money(ledger.partner("grocer"), "USD", 1_15, reason="a gift", by="sara")
    set_clock(day(2, 1))
    close_due()
    settlement.submit(cycle().cycle_id, person="maryam")
    settlement.approve(cycle().cycle_id, person="reza")
    assert settlement.instruct(cycle().cycle_id).state is State.CLOSED
    assert settlement.instructions(cycle()) == []
    assert broken() == {}


def test_only_an_approved_cycle_is_instructed_and_many_who_do_it_at_once_do_it_once(
    january: UUID, ledger: Ledger, app: Flask
) -> None:
    with pytest.raises(CycleNotReady):
        settlement.instruct(settlement.get_cycle("2017-02").cycle_id)
    tell_accounts(ledger, *IBANS)

    def go(_: int) -> str:
        with app.app_context():
            try:
                return settlement.instruct(january).state.value
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(go, range(4))) == {"instructed"}
    assert count("SELECT count(*) FROM payment_instruction") == 3
    assert count("SELECT count(*) FROM settlement_file") == 2

    file = booked(*map(paid, settlement.instructions(cycle())))

    def read(_: int) -> bool:
        with app.app_context():
            try:
                return settlement.reconcile(file)[0].is_new
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(read, range(4))) == [False, False, False, True]
    assert (count("SELECT count(*) FROM payment_match"), cycle().state) == (3, State.CLOSED)
    assert broken() == {}


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE payment_instruction SET amount_minor = 1, expected_minor = 1",
        "UPDATE payment_instruction SET payee_id = payer_id",
        "UPDATE payment_instruction SET end_to_end_id = end_to_end_id || 'X'",
        "UPDATE payment_instruction SET progress = 'prepared' WHERE progress = 'settled'",
        "DELETE FROM payment_instruction",
        "INSERT INTO payment_instruction SELECT gen_random_uuid(), cycle_id, 2, payer_id, payee_id, amount_minor,"
        " currency, method, 'E2', 'R2', watched_iban, expected_minor, NULL, 'prepared', NULL, now()"
        " FROM payment_instruction LIMIT 1",
        "UPDATE settlement_file SET body = '', sha256 = sha256('')",
        "UPDATE bank_booking SET amount_minor = 1",
        "DELETE FROM payment_match",
        "DELETE FROM bank_statement",
        "UPDATE partner_bank_account SET iban = 'XX'",
        "INSERT INTO payment_match SELECT gen_random_uuid(), b.booking_id, m.instruction_id, b.amount_minor,"
        " 'x', 'x', now() FROM suspense_item s JOIN bank_booking b USING (booking_id), payment_match m",
        "INSERT INTO payment_match SELECT gen_random_uuid(), booking_id, (SELECT instruction_id FROM"
        " payment_instruction WHERE progress <> 'settled' LIMIT 1), amount_minor, 'x', 'x', now() FROM payment_match",
    ],
)
def test_the_database_refuses_to_pay_otherwise_or_to_match_twice(instructed: dict[str, Instruction], edit: str) -> None:
    settlement.reconcile(booked(paid(instructed["fuel"]), paid(instructed["fuel"])))
    with pytest.raises(DBAPIError) as refusal, transaction():
        db.session.execute(text(edit))
    assert isinstance(refusal.value.orig, RestrictViolation)


def test_in_euros_who_has_signed_a_mandate_is_collected_from(january: UUID, ledger: Ledger) -> None:
    tell_accounts(ledger, "operator", creditor_id="DE98ZZZ09999999999")
    tell_accounts(ledger, "fuel", "coffee")
    tell_accounts(ledger, "grocer", mandate_id="MND-1", mandate_date=date(2016, 12, 1))
    operator_id, grocer_id = ledger.partner("operator"), ledger.partner("grocer")
    euros = replace(cycle(), currency="EUR", name="EUR 2017-01")
    (collected,) = instructions_of(
        euros,
        [Payment(payer_id=grocer_id, payee_id=operator_id, amount_minor=1_105_00)],
        settlement.bank_details(),
        operator_id,
        has_gateway=False,
        due_on=date(2017, 2, 8),
    )
    (file,) = files_of(euros, [collected], settlement.bank_details(), day(2, 1))
    assert (file.name, file.kind) == (f"EUR-2017-01-v1-{COLLECTIONS}.xml", "pain.008")
    check_schema(file.body, COLLECTIONS)
    assert b"MND-1" in file.body and collected.end_to_end_id.encode() in file.body
    settlement.instruct(january)  # dollars: nobody collects them
    assert payments(ledger)["grocer"].method is Method.INVOICE


def test_what_no_bank_file_can_say_is_refused_and_nothing_is_written(january: UUID, ledger: Ledger) -> None:
    tell_accounts(ledger, *IBANS)
    dinars = replace(cycle(), currency="KWD")
    with pytest.raises(CurrencyNotSupported):
        files_of(dinars, _planned(cycle(), day(2, 1)), settlement.bank_details(), day(2, 1))
    with pytest.raises(BadAccount):
        tell_accounts(ledger, "fuel", mandate_id="MND-1")
    assert count("SELECT count(*) FROM partner_bank_account") == 4
