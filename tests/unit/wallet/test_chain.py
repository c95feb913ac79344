"""What a hash covers, against the same form written by the standard library."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from network.wallet.domain import GENESIS, Balance, Entry, Kind, Movement, Operation, Slip, entry_hash
from network.wallet.domain.chain import canonical_form, microseconds

WHOLE = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(codec="utf-8"))
INSTANT = st.datetimes(timezones=st.just(UTC))
MAYBE_ID = st.none() | st.uuids()
BALANCES = st.builds(Balance, WHOLE, WHOLE, WHOLE, WHOLE)
BASKETS = st.none() | st.lists(WHOLE).map(tuple)
SLIPS = st.builds(Slip, st.uuids(), INSTANT, MAYBE_ID, st.none() | TEXT, st.none() | WHOLE, st.none() | TEXT, BASKETS)
MOVEMENTS = st.builds(
    Movement,
    *[st.integers(1, 500), st.uuids(), st.sampled_from(Kind), WHOLE, WHOLE, WHOLE, st.uuids(), st.uuids()],
    *[MAYBE_ID, MAYBE_ID, TEXT, st.none() | INSTANT, st.none() | INSTANT],
)
ENTRIES = st.builds(
    Entry,
    *[st.uuids(), WHOLE, st.sampled_from(Operation), WHOLE, SLIPS, INSTANT, BALANCES],
    *[st.lists(MOVEMENTS, max_size=3).map(tuple), st.none() | WHOLE],
)


@given(ENTRIES, st.binary(min_size=32, max_size=32))
def test_the_canonical_form_is_compact_json(entry: Entry, previous: bytes) -> None:
    form = json.dumps(_form(entry), separators=(",", ":"), ensure_ascii=False)
    assert canonical_form(entry) == form
    assert entry_hash(previous, entry) == sha256(previous + form.encode()).digest()


def test_a_hash_is_the_same_for_ever() -> None:
    """Of an entry whose every part is told here: if this fails, no chain that is stored can be checked any more."""
    instant = datetime(2017, 1, 10, 12, 30, 15, 250_000, tzinfo=UTC)
    ids = [UUID(int=number) for number in range(1, 9)]
    movement = Movement(1, ids[2], Kind.DRAW, -5, 0, 0, ids[3], ids[4], ids[5], ids[6], "USD", None, instant)
    slip = Slip(ids[1], instant, ids[7], 'Nr. "7" ی', 1250, "USD", (1000, 250))
    entry = Entry(ids[0], 3, Operation.REDEMPTION, 5, slip, instant, Balance(1, 2, 3, 4), (movement,), 2)
    assert entry_hash(GENESIS, entry).hex() == "b2b8d81af919fc3eaa5b75460ff905f6be5758e1aebcb69975b6ea3701e60ed7"


@given(INSTANT)
def test_microseconds_are_exact(instant: datetime) -> None:
    day = (instant.toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()) * 86_400
    seconds = day + instant.hour * 3600 + instant.minute * 60 + instant.second
    assert microseconds(instant) == seconds * 1_000_000 + instant.microsecond


def _form(entry: Entry) -> list[Any]:
    slip, balance = entry.slip, entry.balance
    return [
        *[entry.wallet_id.hex, entry.sequence, entry.operation.value, entry.points, slip.partner_id.hex],
        *[slip.store_id and slip.store_id.hex, slip.receipt, slip.amount_minor, slip.currency, slip.basket],
        *[_since(slip.occurred_at), _since(entry.posted_at), entry.refers_to],
        [balance.available, balance.pending, balance.held, balance.debt],
        [_movement(movement) for movement in entry.movements],
    ]


def _movement(movement: Movement) -> list[Any]:
    ids = [movement.redeemer_id, movement.redeemer_contract_id]
    return [
        *[movement.line, movement.lot_id.hex, movement.kind.value, movement.points, movement.held, movement.debt],
        *[movement.issuer_id.hex, movement.issuer_contract_id.hex, *[each and each.hex for each in ids]],
        *[movement.currency, _since(movement.activates_at), _since(movement.expires_at)],
    ]


def _since(instant: datetime | None) -> int | None:
    return instant and microseconds(instant)
