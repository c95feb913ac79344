"""What fields load alone, marshmallow would have loaded just so; what is wrong is told by marshmallow."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, post_load

import network.api  # noqa: F401 - all of the house's schemas
from network.earning.schemas import EarnRequest, RedemptionRequest
from network.kernel.identifiers import new_id, show
from network.members.domain import make_card_number
from network.web.fields import Points
from network.web.schemas import RequestSchema


def _narrower(kind: type[RequestSchema]) -> Iterator[type[RequestSchema]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("network."):
            yield each
        yield from _narrower(each)


_SCHEMAS = sorted(set(_narrower(RequestSchema)), key=lambda each: each.__name__)
_CARD = make_card_number(lambda most: most // 2)
_VALUES: list[Any] = [
    *[show("mbr", new_id()), "mbr_" + "z" * 26, "mbr_", "USD", "usd", "1-77", _CARD, _CARD[:-1] + "x", "card", "en"],
    *["2017-01-03T10:00:00Z", "2017-01-03T10:00:00", "2017-02-30T10:00:00Z", "+989121234567", "a@b.example"],
    *["", " ", "نام", "\0", "\ud800", "1", "x" * 300],
    *[1, 60, 1000, 0, -1, 10**12, 10**12 + 1, 10**30, 1.0, 1.5, True, False, None],
    *[
        [],
        [1, 2],
        [0],
        [1.0],
        ["1"],
        {},
        {"type": "card", "card_number": _CARD},
        {"type": "card"},
        {"type": "x", "y": 1},
    ],
]


def _outcome(load: Any, body: Any) -> tuple[str, str]:
    try:
        loaded = load(body)
    except ValidationError as error:
        return "refused", repr(error.messages)
    return "loaded", repr(sorted(loaded.items()))  # and so 1 is not 1.0 and not true


@pytest.mark.parametrize("schema", _SCHEMAS)
@given(data=st.data())
def test_a_body_is_loaded_or_refused_as_by_marshmallow_alone(schema: type[RequestSchema], data: st.DataObject) -> None:
    once = schema()
    names = st.sampled_from([*once.fields, "unknown"])
    body = data.draw(st.dictionaries(names, st.sampled_from(_VALUES)))
    assert _outcome(once.load, body) == _outcome(lambda told: Schema.load(once, told), body)


@pytest.mark.parametrize("body", [None, [], [{}], "x", 1, True], ids=repr)
def test_what_is_no_object_is_refused_as_by_marshmallow_alone(body: Any) -> None:
    once = EarnRequest()
    assert _outcome(once.load, body) == _outcome(lambda told: Schema.load(once, told), body)


_MEMBER = {"member": show("mbr", new_id()), "currency": "USD", "receipt": "1-77"}
_EARN = _MEMBER | {"amount_minor": 1000, "lines": [400, 600], "occurred_at": "2017-01-03T10:00:00Z"}
_REDEMPTION = _MEMBER | {"points": 250, "proof": {"type": "card", "card_number": _CARD}}


@pytest.mark.parametrize(("schema", "body"), [(EarnRequest, _EARN), (RedemptionRequest, _REDEMPTION)])
def test_the_till_s_plain_requests_are_loaded_by_fields_alone(schema: type[RequestSchema], body: Any) -> None:
    once = schema()
    assert once._steps is not None
    assert once._loaded(body, once._steps) == once.load(body)


def test_a_schema_with_hooks_is_left_to_marshmallow() -> None:
    class Doubled(RequestSchema):
        points = Points(required=True)

        @post_load
        def _double(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
            return {"points": 2 * data["points"]}

    assert Doubled().load({"points": 2}) == {"points": 4}


def test_options_and_defaults_that_are_made_are_left_to_marshmallow() -> None:
    class Made(RequestSchema):
        points = Points(load_default=lambda: 7)
        names = fields.String(required=True)

    assert Made().load({"names": "x"}) == {"points": 7, "names": "x"}
    assert Made().load({}, partial=True) == {}
    assert Made().load([{"names": "x"}], many=True) == [{"points": 7, "names": "x"}]
    assert Made().load({"names": "x", "more": 1}, unknown="exclude") == {"points": 7, "names": "x"}
