"""Whatever a bank sends, in whatever order and however often, and whatever people assign: nothing is matched twice."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from uuid import UUID

import pytest

from network.infrastructure.network_clock import set_clock
from network.settlement import service as settlement
from network.settlement.domain import Instruction
from network.settlement.errors import NotAssignable
from tests.camt import OPERATOR_IBAN, Entry, entry, statement
from tests.fixtures import day
from tests.integration.settlement.ledger import Ledger, broken, close_due, count, month_one

_IBANS = ("FR1420041010050500013M02606", "GB82WEST12345698765432", "NL91ABNA0417164300")
_FILES, _MOST_ENTRIES = 30, 6


@pytest.fixture
def instructions(ledger: Ledger) -> list[Instruction]:
    """The payments of January of worked example A."""
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    cycle = settlement.get_cycle("2017-01")
    settlement.submit(cycle.cycle_id, person="maryam")
    settlement.approve(cycle.cycle_id, person="reza")
    for code, iban in zip(("operator", *ledger.tills), (OPERATOR_IBAN, *_IBANS), strict=True):
        settlement.record_bank_details(ledger.partner(code), person="sara", holder=code, iban=iban)
    return settlement.instructions(settlement.instruct(cycle.cycle_id))


def drawn(random: Random, instructions: list[Instruction]) -> Entry:
    """A booking that may be right, in part, too much, back again, of another currency, told twice, or of nobody."""
    named = random.choice(instructions)
    amount = random.choice([1, 1, 1, -1]) * named.expected_minor + random.choice([0, 0, 0, 1, -1_000])
    return Entry(
        amount,
        end_to_end_id=random.choice([named.end_to_end_id, named.end_to_end_id, None]),
        text=random.choice([named.reference, f"from {named.reference[:4]} {named.reference[4:]}", None]),
        bank_reference=random.choice([None, None, "B-1", "B-2"]),
        currency=random.choice(["USD"] * 9 + ["EUR"]),
    )


@pytest.mark.parametrize("seed", range(3))
def test_bookings_and_assignments_at_random_match_nothing_twice(instructions: list[Instruction], seed: int) -> None:
    random = Random(seed)
    files = []
    for number in range(_FILES):
        entries = [entry(drawn(random, instructions)) for _ in range(random.randint(1, _MOST_ENTRIES))]
        files.append(statement(entries, number=f"S-{number}"))
        settlement.reconcile(files[-1])
        assert not any(each.is_new for each in settlement.reconcile(random.choice(files)))
        for item in random.sample(settlement.suspense(), k=1) if settlement.suspense() else []:
            with suppress(NotAssignable):
                told = random.choice(instructions).end_to_end_id
                settlement.assign(item.booking_id, told, person="sara", reason="as the dice have fallen")
        assert broken() == {}
    booked = count("SELECT sum(amount_minor) FROM bank_booking")
    matched = count("SELECT coalesce(sum(amount_minor), 0) FROM payment_match")
    assert matched + sum(each.open_minor for each in settlement.suspense()) == booked
    for each in instructions:
        own = count("SELECT coalesce(sum(amount_minor), 0) FROM payment_match WHERE instruction_id = :id",
                    id=UUID(str(each.instruction_id)))  # fmt: skip
        assert 0 <= own * (1 if each.expected_minor > 0 else -1) <= each.amount_minor
    assert matched
