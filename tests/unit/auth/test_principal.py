"""A principal is confirmed by its client's present state, and by nothing else."""

import pytest

from network.auth.domain import PARTNER_LEFT, REVOKED, SUSPENDED, Principal, confirm
from network.auth.errors import InvalidToken
from network.kernel.identifiers import new_id


def _principal() -> Principal:
    return Principal(new_id(), new_id(), frozenset(), "jti")


def test_an_active_client_confirms_its_principal() -> None:
    principal = _principal()
    assert not principal.is_confirmed
    confirm(principal, "active")
    assert principal.is_confirmed


@pytest.mark.parametrize("state", [SUSPENDED, REVOKED, PARTNER_LEFT, None, ""])
def test_any_other_state_is_an_invalid_token(state: str | None) -> None:
    principal = _principal()
    with pytest.raises(InvalidToken):
        confirm(principal, state)
    assert not principal.is_confirmed


def test_principals_are_confirmed_each_for_themselves() -> None:
    one = Principal(new_id(), new_id(), frozenset(), "jti")
    other = Principal(one.client_id, one.partner_id, one.scopes, one.token_id)
    confirm(one, "active")
    assert one == other
    assert not other.is_confirmed
