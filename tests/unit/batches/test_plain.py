"""Plain earns are decided exactly as the ledger's own rule decides them, hash included."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from network.kernel.identifiers import new_id
from network.wallet.domain import GENESIS, Balance, Draft, Earn, Head, Slip, earn
from network.wallet.domain.plain import PlainHead, PlainTerms, earn_plainly

NOW = datetime(2017, 1, 10, 12, 0, 0, 123456, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PARTNER, CONTRACT, STORE = new_id(), new_id(), new_id()

references = st.none() | st.from_regex(r"[A-Za-z0-9._:/#-]{1,64}", fullmatch=True)
instants = st.integers(-400 * 86_400 * 10**6, 400 * 86_400 * 10**6).map(lambda us: NOW + timedelta(microseconds=us))
purchases = st.tuples(
    st.integers(0, 10**9),
    references,
    st.sampled_from([None, STORE]),
    instants,
    instants,
    st.none() | instants.filter(lambda at: at > NOW + timedelta(9)),  # what has expired is not plain
    st.uuids(),
)


def us(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1)


@given(st.lists(purchases, min_size=1, max_size=6), st.integers(0, 10**6), st.timedeltas(timedelta(-9), timedelta(9)))
def test_a_plain_earn_is_an_earn(
    told: list[tuple[int, str | None, UUID | None, datetime, datetime, datetime | None, UUID]],
    held: int,
    ahead: timedelta,
) -> None:
    wallet_id = new_id()
    head = Head(wallet_id, 7, GENESIS, Balance(5, 3, held, 0), NOW + ahead, None)
    draft = Draft(head, (), NOW)
    plain = PlainHead(wallet_id.bytes, 7, GENESIS, 5, 3, held, 0, us(NOW + ahead), None)
    for points, receipt, store, occurred_at, activates_at, expires_at, lot_id in told:
        slip = Slip(PARTNER, occurred_at, store, receipt, 1250, "USD")
        entry = earn(draft, Earn(points, slip, lot_id, PARTNER, CONTRACT, "USD", activates_at, expires_at))
        terms = PlainTerms(
            PARTNER.bytes,
            None if store is None else store.bytes,
            "USD",
            CONTRACT.bytes,
            None if expires_at is None else us(expires_at),
        )
        is_pending = earn_plainly(
            plain, terms, points, 1250, receipt, us(occurred_at), us(activates_at), lot_id.bytes, us(NOW)
        )
        assert plain.hash == entry.hash
        assert (plain.sequence, plain.posted_us) == (entry.sequence, us(entry.posted_at))
        if points:
            assert draft.lot(lot_id).is_pending is is_pending
    after = draft.posting().after
    assert (plain.available, plain.pending, plain.held, plain.debt) == (
        after.balance.available,
        after.balance.pending,
        after.balance.held,
        after.balance.debt,
    )
    assert plain.due_us == (None if after.due_at is None else us(after.due_at))


def test_a_wallet_with_a_debt_or_with_something_due_is_not_plain() -> None:
    def head(debt: int = 0, due_us: int | None = None) -> PlainHead:
        return PlainHead(bytes(16), 1, GENESIS, 0, 0, 0, debt, 0, due_us)

    assert head().is_plain(10)
    assert head(due_us=11).is_plain(10)
    assert not head(due_us=10).is_plain(10)
    assert not head(debt=1).is_plain(10)
