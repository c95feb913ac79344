"""A pace for each client: so many a second, as many at once, and little memory."""

import pytest

from network.kernel.pace import Pace

_NOW = 86_400.0  # of a machine that has run for a day


def _let_through(pace: Pace, name: str, at: float, times: int) -> int:
    return sum(not pace.wait(name, at) for _ in range(times))


@pytest.mark.parametrize("rate", [1, 3, 7, 50, 5000])
def test_a_second_s_worth_gets_through_at_once_and_then_none(rate: int) -> None:
    assert _let_through(Pace(rate), "till", _NOW, 2 * rate) == rate


@pytest.mark.parametrize("rate", [3, 5000])
def test_whoever_keeps_asking_gets_its_rate(rate: int) -> None:
    pace = Pace(rate)
    assert _let_through(pace, "till", _NOW, 2 * rate) == rate
    through = sum(_let_through(pace, "till", _NOW + tenth / 10, rate) for tenth in range(1, 101))
    assert through == pytest.approx(10 * rate, abs=1)


def test_whoever_waits_as_long_as_it_is_told_gets_through() -> None:
    pace, now = Pace(3), _NOW
    assert _let_through(pace, "till", now, 3) == 3
    for _ in range(5):
        seconds = pace.wait("till", now)
        assert 0 < seconds <= 1 / 3
        now += seconds
        assert pace.wait("till", now) == 0


def test_asking_in_vain_costs_nothing() -> None:
    pace = Pace(10)
    assert _let_through(pace, "till", _NOW, 1000) == 10
    assert pace.wait("till", _NOW + 0.1) == 0


def test_less_than_one_a_second_is_one_at_once() -> None:
    pace = Pace(0.1)
    assert pace.wait("till", _NOW) == 0
    assert pace.wait("till", _NOW + 1) == pytest.approx(4)
    assert pace.wait("till", _NOW + 10) == 0


def test_each_has_its_own() -> None:
    pace = Pace(2)
    assert _let_through(pace, "grocer", _NOW, 5) == 2
    assert _let_through(pace, "baker", _NOW, 5) == 2


def test_whoever_rests_is_forgotten_when_room_is_needed() -> None:
    pace = Pace(10, most=100)
    for number in range(1000):
        assert pace.wait(number, _NOW + number) == 0
        assert len(pace) <= 100


def test_a_crowd_that_does_not_rest_costs_no_memory_either() -> None:
    pace = Pace(0.001, most=100)
    assert all(pace.wait(number, _NOW) == 0 for number in range(1000))
    assert len(pace) <= 100
