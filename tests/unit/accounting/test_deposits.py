"""What partners pay ahead and put up is owed to them, until it is used or given back."""

from __future__ import annotations

from uuid import UUID

import pytest

from network.accounting.domain import (
    Account,
    block_sold,
    collateral_change,
    collateral_moved,
    default_covered,
    own_cover,
    trial_balance,
)
from network.settlement.domain import Cover, waterfall

A = UUID(int=1)


def test_a_block_that_is_sold_is_owed_in_points_and_earns_nothing() -> None:
    assert trial_balance(block_sold(UUID(int=9), A, 1_150)) == {
        (Account.CASH, None): 1_150,
        (Account.PREPAID, A): -1_150,
    }
    assert block_sold(UUID(int=9), A, 0) == []


@pytest.mark.parametrize(
    ("before", "after", "held", "change"),
    [
        (0, 500, 0, 500),
        (500, 500, 500, 0),
        (500, 200, 500, -300),
        (500, 0, 120, -120),  # the rest covered a default
        (500, 0, 0, 0),
        (500, 800, 0, 300),
    ],
)
def test_collateral_comes_in_as_contracts_say_and_no_more_goes_back_than_is_held(
    before: int, after: int, held: int, change: int
) -> None:
    assert collateral_change(before, after, held) == change
    assert trial_balance(collateral_moved("x", A, change)).get((Account.COLLATERAL, A), 0) == -change


def test_a_default_is_covered_by_what_is_held_and_cash_comes_in_for_the_rest_alone() -> None:
    covered = waterfall(1_000, Cover(prepaid_minor=100, collateral_minor=300, fund_minor={UUID(int=2): 200}))
    own = own_cover({Account.PREPAID: 100, Account.COLLATERAL: 300}, {Account.COLLATERAL: 250, Account.PREPAID: -5})
    assert own == {Account.PREPAID: 0, Account.COLLATERAL: 250}
    assert trial_balance(default_covered(A, covered, own)) == {
        (Account.COLLATERAL, A): 250,
        (Account.CASH, None): 350,
        (Account.CREDIT_LOSSES, None): 400,
        (Account.RECEIVABLE, A): -1_000,
    }
