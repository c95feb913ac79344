"""The rules of the ledger, without a database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from network.kernel.identifiers import new_id
from network.wallet.domain import (
    GENESIS,
    Balance,
    Burn,
    Draft,
    Earn,
    Head,
    Kind,
    Lot,
    Operation,
    Slip,
    burn,
    earn,
    entry_hash,
    settle_due,
)
from network.wallet.errors import InsufficientPoints

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GROCER, FUEL = new_id(), new_id()
GROCER_CONTRACT, FUEL_CONTRACT = new_id(), new_id()


def lot(
    points: int,
    *,
    expires_in_days: int | None = 100,
    issuer: UUID = GROCER,
    held: int = 0,
    active_in_days: int = -1,
    lot_id: UUID | None = None,
) -> Lot:
    return Lot(
        lot_id=lot_id or new_id(),
        issuer_id=issuer,
        contract_id=GROCER_CONTRACT,
        currency="USD",
        issued=points,
        remaining=points,
        held=held,
        is_pending=active_in_days > 0,
        issued_at=NOW - timedelta(days=1),
        activates_at=NOW + timedelta(days=active_in_days),
        expires_at=None if expires_in_days is None else NOW + timedelta(days=expires_in_days),
    )


def wallet(*lots: Lot, now: datetime = NOW) -> Draft:
    available = sum(each.free for each in lots)
    pending = sum(each.remaining for each in lots if each.is_pending)
    held = sum(each.held for each in lots)
    head = Head(new_id(), 7, GENESIS, Balance(available, pending, held, 0), NOW - timedelta(days=1), None)
    return Draft(head, lots, now)


def at_fuel(points: int) -> Burn:
    return Burn(points, "USD", Slip(FUEL, NOW), FUEL, FUEL_CONTRACT)


def drawn(draft: Draft) -> dict[UUID, int]:
    return {m.lot_id: -m.points for e in draft.posting().entries for m in e.movements if m.kind is Kind.DRAW}


def test_a_burn_draws_the_lot_that_expires_first_whoever_issued_it() -> None:
    late, soon = lot(100, expires_in_days=90), lot(100, expires_in_days=10, issuer=FUEL)
    draft = wallet(late, soon)
    burn(draft, at_fuel(130))
    assert drawn(draft) == {soon.lot_id: 100, late.lot_id: 30}


def test_a_lot_that_never_expires_is_drawn_last() -> None:
    never, late = lot(100, expires_in_days=None), lot(100, expires_in_days=3000)
    draft = wallet(never, late)
    burn(draft, at_fuel(100))
    assert drawn(draft) == {late.lot_id: 100}


def test_lots_that_expire_and_were_issued_together_are_drawn_by_id() -> None:
    first, second = lot(10, lot_id=UUID(int=1)), lot(10, lot_id=UUID(int=2))
    draft = wallet(second, first)
    burn(draft, at_fuel(10))
    assert drawn(draft) == {first.lot_id: 10}


def test_held_and_pending_points_are_not_burned() -> None:
    held, pending, free = lot(50, held=50, expires_in_days=1), lot(50, active_in_days=3), lot(20)
    draft = wallet(held, pending, free)
    burn(draft, at_fuel(20))
    assert drawn(draft) == {free.lot_id: 20}
    assert draft.balance == Balance(0, 50, 50, 0)


def test_a_burn_beyond_the_available_points_is_refused_and_moves_nothing() -> None:
    draft = wallet(lot(99), lot(50, active_in_days=3))
    with pytest.raises(InsufficientPoints) as refusal:
        burn(draft, at_fuel(100))
    assert refusal.value.extra == {"available": 99}
    assert draft.posting().entries == ()


def test_an_earn_makes_one_lot_with_its_dates() -> None:
    draft = wallet()
    expires = NOW + timedelta(days=730)
    earn(draft, Earn(12, Slip(GROCER, NOW), new_id(), GROCER, GROCER_CONTRACT, "USD", NOW, expires))
    posting = draft.posting()
    assert [(each.remaining, each.is_pending, each.expires_at) for each in posting.new_lots] == [(12, False, expires)]
    assert posting.after.balance == Balance(12, 0, 0, 0)
    assert posting.after.due_at == expires


def test_an_earn_with_a_return_window_is_pending_until_its_activation() -> None:
    draft = wallet()
    active = NOW + timedelta(days=14)
    earn(draft, Earn(12, Slip(GROCER, NOW), new_id(), GROCER, GROCER_CONTRACT, "USD", active, None))
    assert draft.balance == Balance(0, 12, 0, 0)
    assert draft.posting().after.due_at == active


def test_a_purchase_too_small_for_a_point_is_entered_without_a_lot() -> None:
    draft = wallet()
    earn(draft, Earn(0, Slip(GROCER, NOW), new_id(), GROCER, GROCER_CONTRACT, "USD", NOW, None))
    posting = draft.posting()
    assert [entry.operation for entry in posting.entries] == [Operation.EARN]
    assert posting.new_lots == ()


def test_what_is_due_activates_and_expires_and_the_rest_stays() -> None:
    expired, ripe, young = lot(30, expires_in_days=-1), lot(20, active_in_days=5), lot(10)
    draft = wallet(expired, ripe, young, now=NOW + timedelta(days=6))
    settle_due(draft)
    posting = draft.posting()
    assert [(e.operation, e.points) for e in posting.entries] == [(Operation.EXPIRY, 30), (Operation.ACTIVATION, 20)]
    assert posting.after.balance == Balance(30, 0, 0, 0)
    assert posting.after.due_at == young.expires_at


def test_points_that_expire_before_they_become_active_never_become_active() -> None:
    draft = wallet()
    active, expires = NOW + timedelta(days=40), NOW + timedelta(days=30)
    earn(draft, Earn(12, Slip(GROCER, NOW), new_id(), GROCER, GROCER_CONTRACT, "USD", active, expires))
    assert draft.posting().after.due_at == expires
    late = wallet(lot(12, active_in_days=40, expires_in_days=30), now=NOW + timedelta(days=50))
    settle_due(late)
    assert [entry.operation for entry in late.posting().entries] == [Operation.EXPIRY]
    assert late.balance == Balance()


def test_held_points_of_an_expired_lot_wait_for_their_capture() -> None:
    draft = wallet(lot(30, held=10, expires_in_days=-1))
    settle_due(draft)
    assert draft.balance == Balance(0, 0, 10, 0)


def test_every_entry_hash_follows_from_the_one_before() -> None:
    draft = wallet(lot(30, expires_in_days=-1), lot(50))
    settle_due(draft)
    burn(draft, at_fuel(40))
    first, second = draft.posting().entries
    assert first.hash == entry_hash(GENESIS, first)
    assert second.hash == entry_hash(first.hash, second)
    assert draft.posting().after.hash == second.hash


def test_the_journal_never_goes_back_in_time() -> None:
    draft = wallet(lot(30), now=NOW - timedelta(days=9))
    assert burn(draft, at_fuel(1)).posted_at == draft.head.posted_at
