"""Points that go to another wallet and come home, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.kernel.calendar import GREGORIAN
from network.kernel.identifiers import new_id
from network.wallet.domain import (
    GENESIS,
    Balance,
    Burn,
    Debt,
    Draft,
    Entry,
    Head,
    Inactivity,
    Kind,
    Lot,
    Operation,
    Part,
    Piece,
    Slip,
    burn,
    choose,
    entry_hash,
    rebuild,
    recall,
    settle_due,
    transfer,
    transfer_debt,
)
from network.wallet.errors import InsufficientPoints

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPERATOR, GROCER, CONTRACT = new_id(), new_id(), new_id()
SLIP = Slip(OPERATOR, NOW)


def lot(points: int, *, days: int | None = 100, active_in_days: int = -1, held: int = 0) -> Lot:
    return Lot(
        lot_id=new_id(),
        issuer_id=GROCER,
        contract_id=CONTRACT,
        currency="USD",
        issued=points,
        remaining=points,
        held=held,
        is_pending=active_in_days > 0,
        issued_at=NOW - timedelta(days=1),
        activates_at=NOW + timedelta(days=active_in_days),
        expires_at=None if days is None else NOW + timedelta(days=days),
    )


def wallet(*lots: Lot, now: datetime = NOW, debts: tuple[Debt, ...] = ()) -> Draft:
    available = sum(each.free for each in lots)
    pending = sum(each.remaining for each in lots if each.is_pending)
    held, debt = sum(each.held for each in lots), sum(each.remaining for each in debts)
    head = Head(new_id(), 7, GENESIS, Balance(available, pending, held, debt), NOW - timedelta(days=1), None)
    return Draft(head, lots, now, debts=debts)


def spend(draft: Draft, points: int) -> Entry:
    return burn(draft, Burn(points, "USD", Slip(GROCER, NOW), GROCER, CONTRACT))


def piece(source: Draft, lot_id: UUID, target: Draft, into: UUID) -> Piece:
    return Piece(target.head.wallet_id, into, source.head.wallet_id, lot_id)


def drafts_of(*drafts: Draft) -> dict[UUID, Draft]:
    return {draft.head.wallet_id: draft for draft in drafts}


def test_a_transfer_is_a_pair_of_entries_that_name_each_other() -> None:
    mine, into = lot(100), new_id()
    source, target = wallet(mine), wallet()
    out, arrived = transfer(source, target, [Part(mine.lot_id, 30, into)], SLIP)
    assert (out.operation, arrived.operation) == (Operation.TRANSFER_OUT, Operation.TRANSFER_IN)
    assert out.counterpart == (arrived.wallet_id, arrived.sequence)
    assert arrived.counterpart == (out.wallet_id, out.sequence)
    assert (out.points, arrived.points) == (30, 30)
    assert (source.balance.available, target.balance.available) == (70, 30)


def test_what_is_moved_keeps_issuer_contract_and_dates_and_knows_where_it_came_from() -> None:
    mine, into = lot(100), new_id()
    source, target = wallet(mine), wallet()
    out, arrived = transfer(source, target, [Part(mine.lot_id, 30, into)], SLIP)
    moved = target.lot(into)
    assert moved == replace(mine, lot_id=into, issued=30, remaining=30)
    (leaves,), (comes,) = out.movements, arrived.movements
    assert (leaves.kind, leaves.points, comes.kind, comes.points) == (Kind.TRANSFER_OUT, -30, Kind.TRANSFER_IN, 30)
    assert leaves.across is not None
    assert comes.across is not None
    assert (leaves.across.other_lot_id, comes.across.other_lot_id) == (into, mine.lot_id)
    assert leaves.across.root_lot_id == comes.across.root_lot_id == mine.lot_id


def test_points_that_expire_by_inactivity_take_the_date_along_that_their_owner_is_told() -> None:
    rule, into = Inactivity(3, GREGORIAN, ZoneInfo("UTC")), new_id()
    mine = replace(lot(100, days=10), inactivity=rule)
    source, target = wallet(mine), wallet()
    source.active_at = NOW - timedelta(days=1)
    transfer(source, target, [Part(mine.lot_id, 100, into)], SLIP)
    assert target.lot(into).expires_at == rule.ends(NOW - timedelta(days=1))
    assert target.lot(into).inactivity == rule


def test_a_lot_moved_twice_still_knows_the_lot_that_was_issued() -> None:
    mine, second, third = lot(100), new_id(), new_id()
    first_wallet, second_wallet, third_wallet = wallet(mine), wallet(), wallet()
    transfer(first_wallet, second_wallet, [Part(mine.lot_id, 50, second)], SLIP)
    _, arrived = transfer(second_wallet, third_wallet, [Part(second, 20, third)], SLIP)
    assert arrived.movements[0].across is not None
    assert arrived.movements[0].across.root_lot_id == mine.lot_id


def test_what_comes_home_comes_back_into_its_own_lot() -> None:
    mine, into = lot(100), new_id()
    source, target = wallet(mine), wallet()
    transfer(source, target, [Part(mine.lot_id, 60, into)], SLIP)
    spend(target, 25)
    transfer(target, source, [Part(into, 35, mine.lot_id)], SLIP)
    assert (source.lot(mine.lot_id).remaining, target.lot(into).remaining) == (75, 0)
    assert len(source.lots) == 1


def test_points_that_became_active_elsewhere_are_active_at_home() -> None:
    mine, into = lot(100, active_in_days=5), new_id()
    source, target = wallet(mine), wallet()
    transfer(source, target, [Part(mine.lot_id, 100, into)], SLIP)
    assert (source.balance, target.balance) == (Balance(), Balance(pending=100))
    later = NOW + timedelta(days=6)
    back, away = Draft(source.head, source.lots, later), Draft(target.head, target.lots, later)
    away.balance = target.balance
    back.balance = source.balance
    settle_due(away)
    transfer(away, back, [Part(into, 40, mine.lot_id)], SLIP)
    assert (back.balance.available, back.lot(mine.lot_id).is_pending) == (40, False)


def test_a_lot_takes_the_longer_life_of_the_two_when_points_come_home() -> None:
    mine, into = lot(100, days=10), new_id()
    source, target = wallet(mine), wallet()
    transfer(source, target, [Part(mine.lot_id, 50, into)], SLIP)
    spent = target.lot(into)
    target.draw(spent, 50, redeemer_id=GROCER, redeemer_contract_id=CONTRACT)
    longer = NOW + timedelta(days=40)
    target.undraw(target.lot(into), 50, redeemer_id=GROCER, redeemer_contract_id=CONTRACT, expires_at=longer)
    target.enter(Operation.REDEMPTION_REVERSAL, 50, SLIP)
    transfer(target, source, [Part(into, 50, mine.lot_id)], SLIP)
    assert source.lot(mine.lot_id).expires_at == longer


def test_a_transfer_of_nothing_still_moves_both_wallets_on() -> None:
    source, target = wallet(), wallet()
    out, arrived = transfer(source, target, [], SLIP)
    assert (out.points, out.sequence, arrived.sequence) == (0, 8, 8)


def test_the_lots_that_expire_first_are_chosen_and_pending_and_held_points_are_not() -> None:
    late, soon, pending, held = lot(50, days=90), lot(50, days=9), lot(50, active_in_days=3), lot(50, held=50, days=1)
    draft = wallet(late, soon, pending, held)
    assert [(each.lot_id, points) for each, points in choose(draft, 70)] == [(soon.lot_id, 50), (late.lot_id, 20)]
    with pytest.raises(InsufficientPoints) as refusal:
        choose(draft, 101)
    assert refusal.value.extra == {"available": 100}


def test_a_debt_moves_to_the_same_issuer_and_comes_home_to_the_debt_it_was() -> None:
    debt = Debt(5, new_id(), GROCER, CONTRACT, "USD", 40, 30)
    source, target = wallet(debts=(debt,)), wallet()
    transfer_debt(source, target, debt, SLIP)
    (moved,) = target.debts.values()
    assert (moved.issuer_id, moved.owed, moved.remaining) == (GROCER, 30, 30)
    assert (source.balance.debt, target.balance.debt) == (0, 30)
    transfer_debt(target, source, moved, SLIP, home=source.debts[5])
    assert (source.debts[5].remaining, source.balance.debt, target.balance.debt) == (30, 30, 0)


def test_a_recall_brings_what_is_needed_from_wherever_it_is_and_leaves_what_is_spent_or_held() -> None:
    mine, second, third = lot(100), new_id(), new_id()
    home, middle, far = wallet(mine), wallet(), wallet()
    transfer(home, middle, [Part(mine.lot_id, 90, second)], SLIP)
    transfer(middle, far, [Part(second, 60, third)], SLIP)
    spend(far, 15)
    far.hold(far.lot(third), 5, until=NOW + timedelta(hours=1))
    far.enter(Operation.HOLD, 5, SLIP)
    pieces = [piece(home, mine.lot_id, middle, second), piece(middle, second, far, third)]
    came = recall(drafts_of(home, middle, far), pieces, (home.head.wallet_id, mine.lot_id), 80, SLIP)
    assert came == 70
    left = home.lot(mine.lot_id).remaining, middle.lot(second).remaining, far.lot(third).remaining
    assert left == (80, 0, 5)


def test_a_recall_of_little_takes_it_from_the_nearest() -> None:
    mine, second, third = lot(100), new_id(), new_id()
    home, middle, far = wallet(mine), wallet(), wallet()
    transfer(home, middle, [Part(mine.lot_id, 90, second)], SLIP)
    transfer(middle, far, [Part(second, 60, third)], SLIP)
    pieces = [piece(home, mine.lot_id, middle, second), piece(middle, second, far, third)]
    assert recall(drafts_of(home, middle, far), pieces, (home.head.wallet_id, mine.lot_id), 20, SLIP) == 20
    assert (middle.lot(second).remaining, far.lot(third).remaining) == (10, 60)


@pytest.mark.parametrize("part", ["counterpart", "root", "other lot", "issued_at", "bearer"])
def test_the_hash_covers_what_ties_two_wallets_together(part: str) -> None:
    mine, into = lot(100), new_id()
    out, _ = transfer(wallet(mine), wallet(), [Part(mine.lot_id, 30, into)], SLIP)
    (movement,) = out.movements
    assert movement.across is not None
    assert out.counterpart is not None
    edited = {
        "counterpart": replace(out, counterpart=(out.counterpart[0], 9)),
        "root": replace(out, movements=(replace(movement, across=replace(movement.across, root_lot_id=new_id())),)),
        "other lot": replace(
            out, movements=(replace(movement, across=replace(movement.across, other_lot_id=new_id())),)
        ),
        "issued_at": replace(out, movements=(replace(movement, across=replace(movement.across, issued_at=NOW)),)),
        "bearer": replace(out, slip=replace(out.slip, bearer_id=new_id())),
    }
    assert entry_hash(GENESIS, out) != entry_hash(GENESIS, edited[part])


steps = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 60), st.booleans()), min_size=1, max_size=25
)


@given(steps)
def test_whatever_is_moved_no_point_is_made_or_lost_and_the_entries_tell_it_all(
    moves: list[tuple[int, int, int, bool]],
) -> None:
    """Three wallets that begin empty, are given lots by the first entries, and then send parts to and fro."""
    drafts = [Draft(Head(new_id(), 0, GENESIS, Balance(), NOW, None), (), NOW) for _ in range(3)]
    for number, draft in enumerate(drafts):
        draft.issue(replace(lot(50 + 10 * number, days=20 + number), issued_at=NOW, activates_at=NOW))
        draft.enter(Operation.EARN, 50 + 10 * number, Slip(GROCER, NOW))
    ids = (UUID(int=number) for number in count(1))
    homes: dict[UUID, tuple[int, UUID]] = {}
    spent = 0
    for source, target, points, burns in moves:
        if burns or source == target:
            points = min(points, drafts[source].balance.available)
            if points:
                spend(drafts[source], points)
                spent += points
            continue
        parts = []
        for each, some in choose(drafts[source], min(points, drafts[source].balance.available)):
            came_from = homes.get(each.lot_id)
            into = came_from[1] if came_from and came_from[0] == target else next(ids)
            homes.setdefault(into, (source, each.lot_id))
            parts.append(Part(each.lot_id, some, into))
        transfer(drafts[source], drafts[target], parts, SLIP)
    assert sum(draft.balance.available for draft in drafts) == 180 - spent
    for draft in drafts:
        rebuilt = rebuild(draft.head.wallet_id, draft.posting().entries, NOW)
        assert rebuilt.head.balance == draft.balance
        assert {each.lot_id: each for each in draft.lots} == rebuilt.lots
