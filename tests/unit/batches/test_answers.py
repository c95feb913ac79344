"""What is kept under a line's key is, letter by letter, what the single call would have kept."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.batches.answers import earn_answer, earn_hash, four_letters, letters_of, reversal_key, small_letters
from network.batches.domain import EarnLine, read_json_line
from network.earning.presenting import present_earn
from network.earning.results import Earned
from network.kernel.identifiers import new_id, show, show_entry
from network.wallet.domain import Balance, Entry, Lot, Operation, Slip
from network.web.idempotency import body_hash

AT = datetime(2017, 1, 3, 12, tzinfo=UTC)
POSTED = datetime(2017, 1, 10, 12, 0, 0, 5, tzinfo=UTC)


@given(st.uuids(), st.integers(1, 10**9))
def test_letters_are_those_of_the_kernel(identifier: UUID, sequence: int) -> None:
    assert f"mbr_{letters_of(identifier.int)}" == show("mbr", identifier)
    assert letters_of(identifier.int)[-4:] == four_letters(identifier.int & 0xFFFFF)
    shown = f"ern_{letters_of(identifier.int)}{small_letters(sequence)}"
    assert shown == show_entry("ern", identifier, sequence)


def line_of(**more: object) -> EarnLine:
    member = show("mbr", UUID(int=7))
    body = {"member": member, "amount_minor": 1250, "currency": "USD", "occurred_at": "2017-01-03T12:00:00Z", **more}
    words = ",".join(
        f'"{name}":{value}' if type(value) is int else f'"{name}":"{value}"' for name, value in body.items()
    )
    found = read_json_line(1, f'{{"till":"T1","sequence":9,"operation":"earn",{words}}}'.encode())
    assert isinstance(found, EarnLine)
    return found


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"receipt": "A-1"},
        {"store": "north"},
        {"receipt": "A/1", "store": "n:1"},
        {"point_type": "base"},
        {"receipt": "A-1", "point_type": "bonus"},
    ],
)
def test_the_body_hash_is_that_of_the_single_call(more: dict[str, object]) -> None:
    line = line_of(**more)
    body = {
        "member": line.member,
        "amount_minor": 1250,
        "currency": "USD",
        "occurred_at": "2017-01-03T12:00:00Z",
        **more,
    }
    assert earn_hash(line, line.member or "") == body_hash("POST", "/v1/earns", body)


@pytest.mark.parametrize(("amount", "receipt"), [(None, None), (250, None), (250, "R-1"), (None, "R-1")])
def test_the_body_hash_of_a_reversal_is_that_of_the_single_call(amount: int | None, receipt: str | None) -> None:
    wallet_id, partner_id = new_id(), new_id()
    body = {name: value for name, value in {"amount_minor": amount, "receipt": receipt}.items() if value is not None}
    path = f"/v1/earns/{show_entry('ern', wallet_id, 3)}/reverse"
    key = reversal_key(partner_id, "batch:T1:2", wallet_id, 3, amount, receipt)
    assert key.body_hash == body_hash("POST", path, body)


@pytest.mark.parametrize("more", [{}, {"receipt": "A-1"}, {"store": "north"}])
def test_the_answer_is_that_of_the_single_call(more: dict[str, object]) -> None:
    line, wallet_id, lot_id = line_of(**more), new_id(), new_id()
    slip = Slip(new_id(), AT, None, line.receipt, 1250, "USD")
    entry = Entry(wallet_id, 33, Operation.EARN, 12, slip, POSTED, Balance(12, 1, 2, 3), ())
    lot = Lot(lot_id, slip.partner_id, new_id(), "USD", 12, 12, 0, False, POSTED, AT, POSTED)
    told = earn_answer(
        line,
        letters_of(wallet_id.int),
        33,
        show("mbr", UUID(int=7)),
        12,
        ("2017-01-03T12:00:00Z", "2017-01-10T12:00:00.000005Z"),
        f'{{"id":"{show("lot", lot_id)}","points":12,"point_type":"base","activates_at":"2017-01-03T12:00:00Z",'
        '"expires_at":"2017-01-10T12:00:00.000005Z"}',
        '{"available":12,"pending":1,"held":2,"debt":3}',
    )
    assert told == present_earn(Earned(UUID(int=7), entry, line.store, (lot,), entry.balance))
