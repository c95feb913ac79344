"""From which slots of which allowances a posting takes, and where what it took goes back to."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from network.wallet.domain import Slot, Take, give_back, spread, take_from

FIRST, SECOND, LOT = UUID(int=1), UUID(int=2), UUID(int=3)


def slots(allowance: UUID, *remaining: int) -> list[Slot]:
    return [Slot(allowance, number, each) for number, each in enumerate(remaining)]


def test_one_slot_that_has_enough_gives_all() -> None:
    own = slots(FIRST, 5, 20, 0, 10)
    assert take_from(own, 10, choice=0) == (Take(FIRST, 1, 10),)
    assert take_from(own, 10, choice=1) == (Take(FIRST, 3, 10),)
    assert take_from(own, 10, choice=2, lot_id=LOT) == (Take(FIRST, 1, 10, LOT),)


def test_what_was_bought_first_is_used_up_first() -> None:
    both = [*slots(FIRST, 0, 3), *slots(SECOND, 50, 50)]
    assert take_from(both, 3, choice=0) == (Take(FIRST, 1, 3),)
    assert take_from(both, 5, choice=0) == (Take(FIRST, 1, 3), Take(SECOND, 0, 2))
    assert take_from([*slots(FIRST, 0, 0), *slots(SECOND, 50, 50)], 5, choice=1) == (Take(SECOND, 1, 5),)


def test_small_rests_are_put_together() -> None:
    assert take_from(slots(FIRST, 2, 2, 2), 5, choice=7) == (Take(FIRST, 0, 2), Take(FIRST, 1, 2), Take(FIRST, 2, 1))


def test_what_is_not_there_is_not_taken() -> None:
    assert take_from([], 1, choice=0) is None
    assert take_from(slots(FIRST, 2, 2), 5, choice=0) is None


def test_what_came_from_two_blocks_goes_back_to_the_later_first() -> None:
    uses = [(SECOND, 0, 2), (FIRST, 1, 3)]
    assert give_back(uses, 1, lot_id=LOT) == (Take(SECOND, 0, -1, LOT),)
    assert give_back(uses, 4, lot_id=LOT) == (Take(SECOND, 0, -2, LOT), Take(FIRST, 1, -2, LOT))
    assert give_back([], 4, lot_id=LOT) == ()


@given(st.integers(0, 10**12), st.integers(1, 16))
def test_an_amount_is_spread_evenly_and_whole(amount: int, number: int) -> None:
    parts = spread(amount, number)
    assert (sum(parts), len(parts)) == (amount, number)
    assert max(parts) - min(parts) <= 1


@given(
    st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=5), max_size=4),
    st.integers(1, 100),
    st.integers(0, 100),
)
def test_exactly_the_amount_is_taken_never_more_than_a_slot_has(
    blocks: list[list[int]], amount: int, choice: int
) -> None:
    own = [each for number, block in enumerate(blocks) for each in slots(UUID(int=number), *block)]
    takes = take_from(own, amount, choice=choice)
    if sum(each.remaining for each in own) < amount:
        assert takes is None
        return
    assert takes is not None
    left = {(each.allowance_id, each.slot): each.remaining for each in own}
    assert sum(take.amount for take in takes) == amount
    assert all(0 < take.amount <= left[take.allowance_id, take.slot] for take in takes)
    latest = max(take.allowance_id.int for take in takes)
    if len(takes) > 1:
        gone = {(take.allowance_id, take.slot): take.amount for take in takes}
        before = [each for each in own if each.allowance_id.int < latest]
        assert all(gone.get((each.allowance_id, each.slot), 0) == each.remaining for each in before)
