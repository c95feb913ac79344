"""Facts travel as JSON values and come back as they were."""

import json
from dataclasses import FrozenInstanceError, dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.kernel.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOpened(Fact):
    topic: ClassVar[str] = "test.lot_opened"

    lot_id: UUID
    points: int
    opened_at: datetime
    expires_at: datetime | None
    store_id: UUID | None = None
    note: str = ""


def fact(**changes: object) -> LotOpened:
    values = {"lot_id": UUID(int=7), "points": 5, "opened_at": datetime(2017, 1, 1, tzinfo=UTC), "expires_at": None}
    return LotOpened(**{**values, **changes})


@given(
    st.builds(
        LotOpened,
        lot_id=st.uuids(),
        points=st.integers(),
        opened_at=st.datetimes(timezones=st.just(UTC)),
        expires_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        store_id=st.none() | st.uuids(),
        note=st.text(),
    )
)
def test_a_fact_survives_its_way_through_json(told: LotOpened) -> None:
    assert LotOpened.from_payload(json.loads(json.dumps(told.as_payload()))) == told


def test_a_fact_of_newer_software_is_read_without_what_is_new() -> None:
    assert LotOpened.from_payload({**fact().as_payload(), "colour": "blue"}) == fact()


def test_a_fact_of_older_software_gets_the_defaults_of_what_it_lacks() -> None:
    payload = fact().as_payload()
    del payload["store_id"], payload["note"]
    assert LotOpened.from_payload(payload) == fact()


def test_a_fact_without_what_it_must_have_is_refused() -> None:
    payload = fact().as_payload()
    del payload["points"]
    with pytest.raises(TypeError):
        LotOpened.from_payload(payload)


def test_facts_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        fact().points = 6  # type: ignore[misc]
