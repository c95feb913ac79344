"""How guesses are slowed down."""

from __future__ import annotations

import pytest

from network.staff.domain import ACCOUNT, PREFIX, prefix_of


def test_a_few_attempts_are_free_then_each_waits_twice_as_long_up_to_a_bound() -> None:
    assert [ACCOUNT.wait_seconds(each) for each in (0, 4, 5, 6, 7, 10, 11, 1000)] == [0, 0, 1, 2, 4, 32, 60, 60]
    assert PREFIX.wait_seconds(29) == 0
    assert PREFIX.wait_seconds(10**9) == PREFIX.longest_seconds


def test_nobody_is_locked_out_for_longer_than_a_minute_by_others() -> None:
    assert ACCOUNT.longest_seconds <= 60


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("shell", "shell"),
    ],
)
def test_an_address_stands_for_its_network(address: str, prefix: str) -> None:
    assert prefix_of(address) == prefix
