"""Answers written by hand are held to the schemas that the OpenAPI document is made of."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import Schema

from network.earning import presenting, schemas
from network.earning.results import Earned, MemberBalance, OwnEntry, Quote, Redeemed, RedemptionStatus, Reversed
from network.kernel.identifiers import new_id, show
from network.partners.domain import PointType
from network.wallet.domain import Balance, Entry, Lot, Operation, Slip

NOW = datetime(2017, 1, 10, 12, 30, 15, 250_000, tzinfo=UTC)
MEMBER = new_id()
BALANCE = Balance(available=12, pending=3, held=2, debt=1)
EVERYTHING = Slip(new_id(), NOW, new_id(), "A-17", 12_50, "USD")
NOTHING = Slip(new_id(), NOW, amount_minor=12_50, currency="USD")


def entry(operation: Operation, slip: Slip) -> Entry:
    return Entry(new_id(), 40, operation, 12, slip, NOW, BALANCE, ())


def lot(expires_at: datetime | None) -> Lot:
    return Lot(new_id(), new_id(), new_id(), "USD", 12, 5, 0, True, NOW, NOW, expires_at)


EARNED = Earned(MEMBER, entry(Operation.EARN, EVERYTHING), "main", (lot(NOW), lot(None)), BALANCE)
REDEEMED = Redeemed(
    MEMBER, entry(Operation.REDEMPTION, EVERYTHING), "main", RedemptionStatus.CAPTURED, 12, 2, 12_50, None, BALANCE
)
HELD = replace(
    REDEEMED, entry=entry(Operation.HOLD, EVERYTHING), status=RedemptionStatus.AUTHORIZED, hold_expires_at=NOW
)
RETURNED = Reversed(MEMBER, entry(Operation.EARN_REVERSAL, EVERYTHING), entry(Operation.EARN, EVERYTHING), 4, BALANCE)
QUOTE = Quote(MEMBER, "USD", 12, PointType.BASE, 100, 1_00, 50, 50, True, NOW)


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        (presenting.present_earn(EARNED), schemas.EarnAnswer),
        (presenting.present_earn(replace(EARNED, store=None, lots=(), balance=None)), schemas.EarnAnswer),
        (presenting.present_earn(replace(EARNED, entry=entry(Operation.EARN, NOTHING))), schemas.EarnAnswer),
        (presenting.present_redemption(REDEEMED), schemas.RedemptionAnswer),
        (
            presenting.present_redemption(replace(REDEEMED, store=None, entry=entry(Operation.REDEMPTION, NOTHING))),
            schemas.RedemptionAnswer,
        ),
        (presenting.present_redemption(HELD), schemas.RedemptionAnswer),
        (presenting.present_reversal(RETURNED), schemas.ReversalAnswer),
        (presenting.present_reversal(replace(RETURNED, balance=None)), schemas.ReversalAnswer),
    ],
)
def test_text_made_by_hand_is_what_its_schema_says(text: str, schema: type[Schema]) -> None:
    told = json.loads(text)
    assert schema().validate(told) == {}
    check_names(told, schema())
    assert schema().dump(schema().load(told)) == told


@pytest.mark.parametrize("name", ['"', "\\", "\n\0\x7f", "شعبه", "\u2028", '","store":"x'])
def test_no_name_breaks_out_of_its_text(name: str) -> None:
    slip = replace(EVERYTHING, receipt=name)
    earned = replace(EARNED, store=name, entry=entry(Operation.EARN, slip))
    redeemed = replace(REDEEMED, store=name, entry=entry(Operation.REDEMPTION, slip))
    for text in (presenting.present_earn(earned), presenting.present_redemption(redeemed)):
        told = json.loads(text)
        assert (told["store"], told["receipt"]) == (name, name)


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (presenting.present_quote(QUOTE), schemas.QuoteAnswer),
        (
            presenting.present_quote(Quote(MEMBER, "USD", None, PointType.BONUS, None, None, None, None, None, NOW)),
            schemas.QuoteAnswer,
        ),
        (presenting.present_balance(MemberBalance(MEMBER, BALANCE, NOW, ((5, NOW),))), schemas.MemberBalanceAnswer),
        (presenting.present_entry(OwnEntry(MEMBER, entry(Operation.EARN, EVERYTHING), None)), schemas.EntryAnswer),
    ],
)
def test_values_dump_to_what_their_schema_says(value: dict[str, Any], schema: type[Schema]) -> None:
    told = schema().dump(value)
    assert schema().validate(told) == {}
    check_names(told, schema())


def test_what_the_till_said_comes_back() -> None:
    told = json.loads(presenting.present_earn(EARNED))
    assert (told["member"], told["points"], told["amount_minor"], told["currency"]) == (
        show("mbr", MEMBER),
        12,
        1250,
        "USD",
    )
    assert (told["receipt"], told["store"]) == ("A-17", "main")
    assert told["occurred_at"] == told["posted_at"] == "2017-01-10T12:30:15.250000Z"
    assert told["balance"] == {"available": 12, "pending": 3, "held": 2, "debt": 1}
    assert [each["points"] for each in told["lots"]] == [12, 12]  # what was issued, not what is left


@pytest.mark.parametrize("status", list(RedemptionStatus))
def test_every_status_is_documented(status: RedemptionStatus) -> None:
    assert status.value in schemas.RedemptionAnswer().fields["status"].metadata["enum"]


def test_an_earns_id_is_no_redemptions_id() -> None:
    assert json.loads(presenting.present_earn(EARNED))["id"].startswith("ern_")
    assert json.loads(presenting.present_redemption(REDEEMED))["id"].startswith("rdm_")


def check_names(told: Mapping[str, Any], schema: Schema) -> None:
    """Every name of the schema, in its order, and no other: documentation and answers can't part."""
    assert set(told) == set(schema.fields)
    for name, field in schema.fields.items():
        inner = getattr(getattr(field, "inner", field), "schema", None)
        values = told[name] if isinstance(told[name], list) else [told[name]]
        for value in values:
            if inner is not None and value is not None:
                check_names(value, inner)
