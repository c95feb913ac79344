"""What the ledger tells is written by hand, and read as every other fact."""

import json
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from network.wallet.events import PointsEarned


@given(
    st.builds(
        PointsEarned,
        wallet_id=st.uuids(),
        sequence=st.integers(1),
        partner_id=st.uuids(),
        points=st.integers(0),
        posted_at=st.datetimes(timezones=st.just(UTC)),
    )
)
def test_a_fact_written_by_hand_comes_back_as_it_was(fact: PointsEarned) -> None:
    told = json.loads(fact.as_json())
    assert PointsEarned.from_payload(told) == fact
    assert told.keys() == fact.as_payload().keys()
