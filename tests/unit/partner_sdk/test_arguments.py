"""First mistakes are answered here, with a sentence, and nothing is sent."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from partner_sdk import CardProof, Partner
from tests.unit.partner_sdk.scripted_network import ScriptedNetwork

PROOF = CardProof(card_number="6274000000004821")


def earn(partner: Partner, **changes: Any) -> None:
    partner.earns.create(**{"member": "mbr_1", "amount_minor": 1250, "currency": "USD", **changes})


def redeem(partner: Partner, **changes: Any) -> None:
    partner.redemptions.create(**{"member": "mbr_1", "points": 500, "currency": "USD", "proof": PROOF, **changes})


Mistake = tuple[Callable[[Any], Any], type[Exception], str]

MISTAKES: list[Mistake] = [
    (lambda p: earn(p, amount_minor=12.5), TypeError, "amount_minor is an int: whole minor units, 1250 for 12.50 USD"),
    (lambda p: earn(p, amount_minor=Decimal("12.50")), TypeError, "Got Decimal"),
    (lambda p: earn(p, amount_minor="1250"), TypeError, "Got '1250', a str"),
    (lambda p: earn(p, amount_minor=True), TypeError, "Got True, a bool"),
    (lambda p: redeem(p, points=500.0), TypeError, "points is an int: a whole number"),
    (lambda p: redeem(p, points=True), TypeError, "points is an int"),
    (lambda p: p.quotes.create(member="mbr_1", currency="USD", points=0.5), TypeError, "points is an int"),
    (lambda p: p.quotes.create(member="mbr_1", currency="USD", amount_minor=0.5), TypeError, "amount_minor is an int"),
    (lambda p: earn(p, occurred_at=datetime(2017, 1, 3, 10)), ValueError, r"no time zone.*datetime\.now\(UTC\)"),  # noqa: DTZ001
    (lambda p: earn(p, occurred_at=date(2017, 1, 3)), TypeError, "datetime with a time zone; got a date"),
    (lambda p: earn(p, occurred_at="2017-01-03T10:00:00Z"), TypeError, "got a str"),
    (lambda p: redeem(p, occurred_at=datetime(2017, 1, 3, 10)), ValueError, "no time zone"),  # noqa: DTZ001
    (
        lambda p: redeem(p, proof="6274000000004821"),
        TypeError,
        "proof is a TillCodeProof, ConsentProof or CardProof; got a str",
    ),
    (lambda p: earn(p, occurred_at=datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))), ValueError, "range"),
    (lambda p: earn(p, member=None), TypeError, "member is a Member or its id; got a NoneType"),
    (lambda p: earn(p, member=""), ValueError, "member is empty"),
    (lambda p: p.members.get(""), ValueError, "member is empty"),
    (lambda p: p.members.get(".."), ValueError, "member is empty"),
    (lambda p: p.earns.get(""), ValueError, "earn_id is empty"),
    (lambda p: p.earns.get(17), TypeError, "earn_id is an id and a str"),
    (lambda p: p.members.lookup(), TypeError, "exactly one of card_number=, phone= and alias="),
    (lambda p: p.members.lookup(card_number="1", phone="+98"), TypeError, "exactly one"),
    (lambda p: p.members.entries("mbr_1", limit=2.0), TypeError, "limit is an int"),
    (lambda p: p.with_options(timeout=0), ValueError, "timeout is a number of seconds above 0"),
    (lambda p: p.with_options(timeout="3"), TypeError, "timeout is a number of seconds"),
    (lambda p: p.with_options(deadline=-1), ValueError, "deadline is a number of seconds above 0"),
    (lambda p: p.with_options(max_retries=-1), ValueError, "max_retries is 0 or more"),
    (lambda p: p.with_options(max_retries=1.5), TypeError, "max_retries is an int"),
    (lambda p: p.with_options(idempotency_key=""), ValueError, "1 to 255 visible ASCII"),
    (lambda p: p.with_options(idempotency_key="receipt 17"), ValueError, "visible ASCII"),
    (lambda p: p.with_options(idempotency_key='"receipt-17"'), ValueError, "no quotes"),
    (lambda p: p.with_options(idempotency_key="رسید"), ValueError, "visible ASCII"),
    (lambda p: p.with_options(idempotency_key="a\r\nHost: b"), ValueError, "visible ASCII"),
    (lambda p: p.with_options(idempotency_key="x" * 256), ValueError, "1 to 255"),
    (lambda p: p.with_options(idempotency_key=17), TypeError, "idempotency_key is a str"),
]


@pytest.mark.parametrize(("mistake", "kind", "words"), MISTAKES)
def test_a_mistake_is_explained_before_anything_is_sent(
    mistake: Callable[[Partner], Any], kind: type[Exception], words: str, partner: Partner, network: ScriptedNetwork
) -> None:
    with pytest.raises(kind, match=words):
        mistake(partner)
    assert network.received == []


def test_microseconds_of_an_instant_are_kept(partner: Partner, network: ScriptedNetwork) -> None:
    earn(partner, occurred_at=datetime(2017, 1, 3, 10, 0, 0, 250, tzinfo=UTC))
    assert network.calls()[0].json["occurred_at"] == "2017-01-03T10:00:00.000250Z"
