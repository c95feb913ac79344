"""Answers as values: tolerant of what is new, exact about what is needed."""

import copy
import dataclasses
import json
import operator
import pickle
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_sdk import (
    Balance,
    CardProof,
    Earn,
    Me,
    Member,
    PeyvandError,
    Quote,
    Redemption,
    ResponseError,
    Settlement,
    TillCodeProof,
)
from partner_sdk._exchange import Answer, Headers
from tests.unit.partner_sdk import shapes

SHAPES: list[tuple[type, Mapping[str, Any]]] = [
    (Member, shapes.ENROLLED),
    (Balance, shapes.BALANCE),
    (Earn, shapes.EARN),
    (Redemption, shapes.REDEMPTION),
    (Quote, shapes.QUOTE),
    (Settlement, shapes.SETTLEMENT_WITH_LINES),
    (Me, shapes.ME),
]


def answer(body: Any, status: int = 200) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status_code=status, headers=Headers({"Request-Id": "req_9"}), content=content)


def read(kind: Any, body: Any) -> Any:
    return kind._read_answer(answer(body))


@pytest.mark.parametrize(("kind", "shape"), SHAPES)
def test_a_field_from_the_future_passes_and_is_kept(kind: type, shape: Mapping[str, Any]) -> None:
    value = read(kind, {**shape, "mood": {"colours": ["red"]}})
    assert value == read(kind, shape)
    assert value.raw["mood"] == {"colours": ("red",)}


def test_a_word_from_the_future_passes() -> None:
    assert read(Member, {**shapes.MEMBER, "status": "hibernating", "identified_by": "face"}).status == "hibernating"


CHANGES: list[Callable[[Any], Any]] = [
    lambda raw: raw.update(a=1),
    lambda raw: raw.clear(),
    lambda raw: raw.pop("id"),
    lambda raw: raw.popitem(),
    lambda raw: raw.setdefault("a", 1),
    lambda raw: raw.__setitem__("a", 1),
    lambda raw: raw.__delitem__("id"),
    lambda raw: operator.ior(raw, {"a": 1}),  # type: ignore[no-untyped-call]
]


@pytest.mark.parametrize(("kind", "shape"), SHAPES)
def test_values_cannot_be_changed(kind: type, shape: Mapping[str, Any]) -> None:
    value = read(kind, shape)
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.raw = {}
    for change in CHANGES:
        with pytest.raises(TypeError, match=r"dict\(...\) makes a copy"):
            change(value.raw)
    assert dict(value.raw).keys() == shape.keys()


@pytest.mark.parametrize(("kind", "shape"), SHAPES)
def test_values_travel_by_pickle_copy_and_json(kind: type, shape: Mapping[str, Any]) -> None:
    value = read(kind, shape)
    for twin in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):
        assert twin == value
        assert (twin.raw, twin.request_id) == (value.raw, "req_9")
        assert hash(twin) == hash(value)
    assert json.loads(json.dumps(value.raw)) == shape
    assert dataclasses.asdict(value)["raw"] == value.raw


def test_the_parts_of_an_answer_have_their_own_raw_and_its_request_id() -> None:
    earn = read(Earn, {**shapes.EARN, "lots": [{**shapes.EARN["lots"][0], "shelf": 3}]})  # type: ignore[index]
    assert earn.lots[0].raw["shelf"] == 3
    assert earn.lots[0].request_id == earn.balance.request_id == "req_9"


def test_a_partners_own_tests_can_make_values_without_a_network() -> None:
    fields = {name: getattr(read(Quote, shapes.QUOTE), name) for name in shapes.QUOTE}
    assert Quote(**fields) == read(Quote, shapes.QUOTE)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"points": None}, "Earn.points is missing"),
        ({"points": "12"}, "Earn.points is text instead of a whole number"),
        ({"points": 12.0}, "Earn.points is a fraction instead of a whole number"),
        ({"points": True}, "Earn.points is true or false instead of a whole number"),
        ({"id": 7}, "Earn.id is a whole number instead of text"),
        ({"receipt": 17}, "Earn.receipt is a whole number instead of text"),
        ({"occurred_at": "yesterday"}, "Earn.occurred_at is not an RFC 3339 instant"),
        ({"occurred_at": "2017-01-03T10:00:00"}, "Earn.occurred_at is an instant without an offset"),
        ({"occurred_at": "0001-01-01T00:00:00+23:00"}, "Earn.occurred_at is not an RFC 3339 instant"),
        ({"lots": {}}, "Earn.lots is an object instead of an array"),
        ({"lots": ["lot_1"]}, r"Earn.lots\[0\] is not an object"),
        ({"lots": [{"id": "lot_1"}]}, r"Earn.lots\[0\].points is missing"),
        ({"balance": 712}, "Earn.balance is a whole number instead of an object"),
        ({"balance": {}}, "Earn.balance.available is missing"),
    ],
)
def test_a_broken_field_is_named_and_its_value_is_not_told(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ResponseError, match=complaint) as caught:
        read(Earn, {**shapes.EARN, **change})
    assert caught.value.request_id == "req_9"
    assert caught.value.status_code == 200
    assert "yesterday" not in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"<html>Log in</html>", b"\xff", b"[1]", b"null", b"{", b"[" * 100_000])
def test_an_answer_that_is_no_json_object_is_a_typed_error(body: bytes) -> None:
    with pytest.raises(ResponseError, match=r"not (JSON|a JSON object)"):
        read(Earn, body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("2017-Z:é", max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(shapes.EARN)), inner, max_size=5)
    ),
    max_leaves=8,
)


@given(changes=st.dictionaries(st.sampled_from(sorted(shapes.EARN)), json_values))
def test_no_answer_however_odd_raises_anything_but_our_own_error(changes: dict[str, Any]) -> None:
    try:
        earn = read(Earn, {**shapes.EARN, **changes})
    except PeyvandError:
        return
    assert isinstance(earn, Earn)


def test_card_numbers_stay_out_of_repr() -> None:
    assert "4821" not in repr(CardProof("6274000000004821"))
    shown = TillCodeProof.from_qr(" pv1:0123456789ab:46119246\n")
    assert (shown.alias, shown.code) == ("0123456789AB", "46119246")
    assert "46119246" not in repr(shown) and "0123456789AB" not in repr(shown)
    member = read(Member, shapes.ENROLLED)
    assert "62740000" not in repr(member)
    assert "mbr_1" in repr(member)
