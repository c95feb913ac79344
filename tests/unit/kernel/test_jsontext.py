"""The same text as `json.JSONEncoder`, whatever the value."""

import json
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.kernel.jsontext import writer

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
)


class Fruit(StrEnum):
    APPLE = "apple"


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("sort_names", [True, False])
@given(value=VALUES)
def test_a_value_is_written_as_by_the_standard_library(value: object, ascii_only: bool, sort_names: bool) -> None:
    encoder = json.JSONEncoder(ensure_ascii=ascii_only, sort_keys=sort_names, separators=(",", ":"))
    assert writer(ascii_only=ascii_only, sort_names=sort_names)(value) == encoder.encode(value)


def test_an_enum_of_texts_is_a_text() -> None:
    assert writer()([Fruit.APPLE, {"سیب": Fruit.APPLE}]) == '["apple",{"سیب":"apple"}]'


def test_what_is_no_json_value_is_refused() -> None:
    with pytest.raises(TypeError):
        writer()({"a": object()})
