"""What a person may do: every rule of every permission, for both sides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from network.kernel.errors import NotFound
from network.kernel.identifiers import new_id
from network.sessions.domain import Realm, Session
from network.staff.domain import (
    ADMINISTRATOR,
    FOUR_EYES,
    FRESH,
    RULES,
    STANDARD_ROLES,
    Clerk,
    Grant,
    Permission,
    Role,
    Side,
    Staff,
    StaffState,
    check_allowed,
    chosen_permissions,
    permissions_of,
)
from network.staff.errors import BadRole, NotAllowed, NotSignedIn, OwnWork, ProofTooOld

NOW = datetime(2026, 1, 1, 9, tzinfo=UTC)
HERE, ELSEWHERE = new_id(), new_id()
STORE, OTHER_STORE = new_id(), new_id()


def clerk(
    side: Side,
    *permissions: Permission,
    store_id: UUID | None = None,
    proved: timedelta = timedelta(),
    state: StaffState = StaffState.ACTIVE,
) -> Clerk:
    staff = Staff(new_id(), HERE, side, "sara", "Sara", state, NOW)
    session = Session(new_id(), Realm.STAFF, staff.staff_id, ("pwd", "otp"), NOW - proved, NOW - proved, NOW, "")
    grants = (Grant(Role(new_id(), HERE, "role", "Role", permissions), store_id),) if permissions else ()
    return Clerk(staff, session, grants)


def of(side: Side) -> UUID | None:
    """A thing that this side may touch: the network's, or the partner's own."""
    return None if side is Side.OPERATOR else HERE


SIDES = [(permission, side) for permission in Permission for side in Side]


@pytest.mark.parametrize(("permission", "side"), SIDES)
def test_who_has_a_permission_may_if_it_is_one_of_its_side(permission: Permission, side: Side) -> None:
    holder = clerk(side, permission)
    if side in RULES[permission].sides:
        check_allowed(holder, permission, NOW, partner_id=of(side))
    else:  # whatever a role says
        with pytest.raises(NotAllowed):
            check_allowed(holder, permission, NOW, partner_id=of(side))


@pytest.mark.parametrize(("permission", "side"), SIDES)
def test_who_has_all_others_may_not(permission: Permission, side: Side) -> None:
    for holder in (clerk(side, *(set(Permission) - {permission})), clerk(side)):
        with pytest.raises(NotAllowed) as refused:
            check_allowed(holder, permission, NOW, partner_id=of(side))
        assert refused.value.extra == {"permission": permission.value}


@pytest.mark.parametrize("permission", Permission)
def test_nothing_leads_from_one_partner_to_another(permission: Permission) -> None:
    everything = clerk(Side.PARTNER, *Permission)
    with pytest.raises(NotFound):
        check_allowed(everything, permission, NOW, partner_id=ELSEWHERE)
    with pytest.raises(NotAllowed):  # nor to what is the network's as a whole
        check_allowed(everything, permission, NOW)


@pytest.mark.parametrize("permission", permissions_of(Side.OPERATOR))
def test_the_operators_people_serve_every_partner(permission: Permission) -> None:
    check_allowed(clerk(Side.OPERATOR, permission), permission, NOW, partner_id=ELSEWHERE)


@pytest.mark.parametrize("permission", permissions_of(Side.PARTNER))
def test_a_role_at_one_store_gives_nothing_elsewhere(permission: Permission) -> None:
    there = clerk(Side.PARTNER, permission, store_id=STORE)
    if RULES[permission].per_store:
        check_allowed(there, permission, NOW, partner_id=HERE, store_id=STORE)
        assert there.stores(permission) == {STORE}
    else:
        assert there.stores(permission) == frozenset()
    for store_id in (OTHER_STORE, None):
        with pytest.raises(NotAllowed):
            check_allowed(there, permission, NOW, partner_id=HERE, store_id=store_id)
    assert clerk(Side.PARTNER, permission).stores(permission) is None


@pytest.mark.parametrize(("permission", "before"), FOUR_EYES.items())
def test_four_eyes_are_never_two_though_a_role_has_both(permission: Permission, before: Permission) -> None:
    both = clerk(Side.OPERATOR, permission, before)
    check_allowed(both, permission, NOW, prepared_by="stf_somebody")
    for own in (both.who, both.who.upper(), f" {both.who} "):
        with pytest.raises(OwnWork):
            check_allowed(both, permission, NOW, prepared_by=own)


def test_the_four_eyes_are_these() -> None:
    assert {str(each): str(before) for each, before in FOUR_EYES.items()} == {
        "adjustments.approve": "adjustments.request",
        "merges.approve": "merges.request",
        "settlement.approve": "settlement.prepare",
        "payments.instruct": "settlement.prepare",
    }


@pytest.mark.parametrize(("permission", "side"), [(p, s) for p, s in SIDES if s in RULES[p].sides])
def test_what_moves_money_or_rights_needs_a_proof_of_the_last_five_minutes(permission: Permission, side: Side) -> None:
    check_allowed(clerk(side, permission, proved=FRESH), permission, NOW, partner_id=of(side))
    older = clerk(side, permission, proved=FRESH + timedelta(seconds=1))
    if RULES[permission].is_money:
        with pytest.raises(ProofTooOld):
            check_allowed(older, permission, NOW, partner_id=of(side))
    else:
        check_allowed(older, permission, NOW, partner_id=of(side))


@pytest.mark.parametrize("state", [StaffState.INVITED, StaffState.SUSPENDED, StaffState.LEFT])
def test_who_is_not_active_may_nothing(state: StaffState) -> None:
    gone = clerk(Side.OPERATOR, *Permission, state=state)
    with pytest.raises(NotSignedIn):
        check_allowed(gone, Permission.STAFF_READ, NOW)


def test_a_session_that_is_over_gives_nothing() -> None:
    with pytest.raises(NotSignedIn):
        check_allowed(clerk(Side.OPERATOR, *Permission), Permission.STAFF_READ, NOW + timedelta(hours=13))


@pytest.mark.parametrize("side", Side)
def test_standard_roles_give_what_their_side_can_have_and_leave_nothing_out(side: Side) -> None:
    roles = STANDARD_ROLES[side]
    given = {permission for role in roles for permission in role.permissions}
    assert given == permissions_of(side)
    assert len({role.code for role in roles}) == len(roles)
    (administrator,) = (role for role in roles if role.code == ADMINISTRATOR)
    assert Permission.STAFF_MANAGE in administrator.permissions
    assert not any(Permission.STAFF_MANAGE in role.permissions for role in roles if role is not administrator)


def test_no_standard_role_both_prepares_a_cycle_and_stands_for_it() -> None:
    for role in STANDARD_ROLES[Side.OPERATOR]:
        assert not {Permission.SETTLEMENT_PREPARE, Permission.SETTLEMENT_APPROVE} <= set(role.permissions)


def test_a_role_holds_known_permissions_of_its_side_alone() -> None:
    assert chosen_permissions(["tills.manage", "tills.manage", "stores.manage"], Side.PARTNER) == (
        Permission.STORES_MANAGE,
        Permission.TILLS_MANAGE,
    )
    for told in (["settlement.approve"], ["tills.burn"], []):
        with pytest.raises(BadRole):
            chosen_permissions(told, Side.PARTNER)


def test_every_permission_says_what_it_is_for() -> None:
    assert RULES.keys() == set(Permission)
    assert all(rule.says and rule.sides for rule in RULES.values())
    assert all(Side.PARTNER in rule.sides for rule in RULES.values() if rule.per_store)
