"""A value is a frozen dataclass in all but what mypy looks after."""

import dataclasses
from dataclasses import field

import pytest

from network.kernel.values import replace, value


@value(frozen=True, slots=True)
class Coin:
    """Metal."""

    worth: int
    marks: list[str] = field(default_factory=list, compare=False)


@value(frozen=True, slots=True, kw_only=True)
class Note:
    """Paper."""

    worth: int


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    """What a value is to the type checker."""

    worth: int
    marks: list[str] = field(default_factory=list, compare=False)


def test_values_are_compared_hashed_and_shown_as_frozen_dataclasses_are() -> None:
    assert Coin(1) == Coin(1, ["worn"]) != Coin(2)
    assert len({Coin(1), Coin(1), Coin(2)}) == 2
    assert hash(Coin(1)) == hash(Frozen(1))
    assert repr(Coin(1)) == repr(Frozen(1)).replace("Frozen", "Coin")
    assert Coin(1) != Note(worth=1)


def test_a_value_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        Coin(1).weight = 2  # type: ignore[attr-defined]


def test_a_replaced_value_is_a_new_one() -> None:
    coin = Coin(1, ["worn"])
    changed = replace(coin, worth=2)
    assert (changed, changed.marks) == (Coin(2), ["worn"])
    assert coin == Coin(1)
    assert changed == dataclasses.replace(coin, worth=2)


def test_only_fields_can_be_replaced() -> None:
    with pytest.raises(AttributeError):
        replace(Coin(1), weight=2)  # type: ignore[call-arg]


def test_names_are_kept_for_keywords() -> None:
    with pytest.raises(TypeError):
        Note(1)  # type: ignore[misc]
