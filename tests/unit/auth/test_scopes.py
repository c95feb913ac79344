"""Which scopes a client holds, and how many of them a token carries."""

import pytest

from network.auth.errors import UnknownScope
from network.auth.scopes import SCOPES, chosen_scopes, granted_scope

HELD = ("members:lookup", "points:read", "points:earn")


def test_a_token_that_asks_for_nothing_carries_everything_the_client_holds() -> None:
    assert granted_scope(HELD, None) == granted_scope(HELD, "") == "members:lookup points:read points:earn"


def test_a_token_carries_no_more_than_it_asks_for() -> None:
    assert granted_scope(HELD, "points:earn") == "points:earn"


def test_the_order_of_asking_and_repeating_changes_nothing() -> None:
    assert granted_scope(HELD, "points:earn points:read points:earn") == "points:read points:earn"


@pytest.mark.parametrize(
    "asked", ["points:redeem", "points:earn points:redeem", "nothing", " ", "points:earn  points:read"]
)
def test_asking_for_more_than_the_client_holds_grants_nothing(asked: str) -> None:
    assert granted_scope(HELD, asked) is None


def test_a_clients_scopes_are_kept_once_and_in_order() -> None:
    assert chosen_scopes(["points:earn", "members:lookup", "points:earn"]) == ["members:lookup", "points:earn"]
    assert chosen_scopes(SCOPES) == list(SCOPES)


@pytest.mark.parametrize("scopes", [[], ["points:mint"], ["points:earn", ""]])
def test_a_client_needs_scopes_that_exist(scopes: list[str]) -> None:
    with pytest.raises(UnknownScope):
        chosen_scopes(scopes)
