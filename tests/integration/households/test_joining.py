"""Who may be in a household: by invitation and consent, one at a time, with a time of waiting between two."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from network.households import service as households
from network.households.domain import Consent, Policy, Standing
from network.households.errors import (
    AlreadyInHousehold,
    AlreadyInvited,
    BadHouseholdRule,
    ConsentMissing,
    CoolingOff,
    HouseholdFull,
    HouseholdNotFound,
    NotAMember,
    NotInHousehold,
    NotInvited,
)
from network.infrastructure.database import db
from network.infrastructure.outbox import drain
from network.kernel.identifiers import new_id
from network.members.errors import InHousehold, MemberNotFound
from network.members.service import forget
from tests.fixtures import START, Coalition, Customer, Till
from tests.integration.households.people import CONSENT, join
from tests.integration.partners.listening import listen


def test_who_founds_a_household_is_its_head_and_may_spend_at_once(sara: Customer) -> None:
    household = households.found(sara.member_id, CONSENT)
    found, (head,) = households.get_household(household.household_id)
    assert (found.head_id, head.member_id, head.standing) == (sara.member_id, sara.member_id, Standing.ACTIVE)
    assert head.spends_from == START


def test_nobody_is_in_without_an_invitation_or_without_consent(sara: Customer, reza: Customer) -> None:
    household = households.found(sara.member_id, CONSENT).household_id
    with pytest.raises(NotInvited):
        households.join(household, reza.member_id, CONSENT)
    households.invite(household, reza.member_id, person="Laleh")
    assert [each.standing for each in households.get_household(household)[1]] == [Standing.ACTIVE, Standing.INVITED]
    for incomplete in (Consent("", "form 17", "Laleh"), Consent("2017-01", " ", "Laleh"), Consent("1", "x" * 101, "L")):
        with pytest.raises(ConsentMissing):
            households.join(household, reza.member_id, incomplete)
    with pytest.raises(NotInHousehold):
        households.household_of(reza.member_id)


def test_consent_is_kept_with_its_text_its_evidence_and_who_recorded_it(sara: Customer, reza: Customer) -> None:
    household = households.found(sara.member_id, CONSENT).household_id
    join(household, reza)
    kept = db.session.execute(
        text("SELECT consent_text, consent_evidence, consent_recorded_by, joined_at FROM household_member")
    ).all()
    assert [tuple(row) for row in kept] == [("2017-01", "form 17", "Laleh", START)] * 2


def test_a_member_is_in_one_household_only(coalition: Coalition, sara: Customer, reza: Customer) -> None:
    first, second = (households.found(each.member_id, CONSENT).household_id for each in (sara, reza))
    households.invite(second, sara.member_id, person="Laleh")
    with pytest.raises(AlreadyInHousehold):
        households.join(second, sara.member_id, CONSENT)
    with pytest.raises(AlreadyInHousehold):
        households.found(sara.member_id, CONSENT)
    assert households.household_of(sara.member_id) == first


def test_who_left_waits_before_the_next_household(coalition: Coalition, sara: Customer, home: UUID) -> None:
    households.leave(sara.member_id, person="Laleh")
    with pytest.raises(CoolingOff) as refusal:
        households.found(sara.member_id, CONSENT)
    assert refusal.value.extra == {"until": "2017-02-07T00:00:00+00:00"}
    households.invite(home, sara.member_id, person="Laleh")
    coalition.at(START + timedelta(days=36))
    with pytest.raises(CoolingOff):
        households.join(home, sara.member_id, CONSENT)
    coalition.at(START + timedelta(days=37))
    households.join(home, sara.member_id, CONSENT)


def test_a_household_has_room_for_so_many(coalition: Coalition, grocer: Till, sara: Customer, reza: Customer) -> None:
    households.set_policy(Policy(most_members=2))
    household = households.found(sara.member_id, CONSENT).household_id
    mina = coalition.enrol(grocer)
    households.invite(household, mina.member_id, person="Laleh")
    join(household, reza)
    with pytest.raises(HouseholdFull):
        households.join(household, mina.member_id, CONSENT)
    with pytest.raises(HouseholdFull):
        households.invite(household, coalition.enrol(grocer).member_id, person="Laleh")


def test_an_invitation_is_made_once_and_can_be_withdrawn(sara: Customer, reza: Customer) -> None:
    household = households.found(sara.member_id, CONSENT).household_id
    households.invite(household, reza.member_id, person="Laleh")
    with pytest.raises(AlreadyInvited):
        households.invite(household, reza.member_id, person="Laleh")
    households.withdraw(household, reza.member_id, person="Laleh")
    with pytest.raises(NotInvited):
        households.join(household, reza.member_id, CONSENT)
    households.invite(household, reza.member_id, person="Laleh")


def test_the_head_can_be_another_member_and_passes_on_with_leaving(
    coalition: Coalition, grocer: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    with pytest.raises(NotAMember):
        households.pass_headship(home, coalition.enrol(grocer).member_id)
    households.pass_headship(home, reza.member_id)
    assert households.get_household(home)[0].head_id == reza.member_id
    households.leave(reza.member_id, person="Laleh")
    assert households.get_household(home)[0].head_id == sara.member_id


def test_with_its_last_member_a_household_ends(sara: Customer, reza: Customer, home: UUID) -> None:
    for each in (sara, reza):
        households.leave(each.member_id, person="Laleh")
    found, members = households.get_household(home)
    assert (found.dissolved_at is not None, members) == (True, [])
    with pytest.raises(HouseholdNotFound):
        households.invite(home, sara.member_id, person="Laleh")


def test_what_is_not_there_is_refused(sara: Customer) -> None:
    with pytest.raises(HouseholdNotFound):
        households.get_household(new_id())
    with pytest.raises(MemberNotFound):
        households.found(new_id(), CONSENT)
    for asking in (
        lambda: households.leave(sara.member_id, person="Laleh"),
        lambda: households.contribute(sara.member_id, 1),
        lambda: households.set_share(sara.member_id, 5),
        lambda: households.set_caps(sara.member_id, spend_cap=1, contribute_cap=1),
    ):
        with pytest.raises(NotInHousehold):
            asking()


@pytest.mark.parametrize(
    "rule",
    [
        lambda: households.set_policy(Policy(most_members=1)),
        lambda: households.set_policy(Policy(delay_days=-1)),
        lambda: households.set_share(new_id(), 101),
        lambda: households.set_caps(new_id(), spend_cap=-1, contribute_cap=None),
    ],
)
def test_rules_that_make_no_sense_are_refused(rule: Callable[[], None]) -> None:
    with pytest.raises(BadHouseholdRule):
        rule()


def test_a_member_in_a_household_leaves_before_it_is_forgotten(sara: Customer, home: UUID) -> None:
    with pytest.raises(InHousehold):
        forget(sara.member_id)
    households.leave(sara.member_id, person="Laleh")
    forget(sara.member_id)


def test_everything_that_happens_is_announced(
    coalition: Coalition, sara: Customer, reza: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from network.households import events

    kinds = (
        events.HouseholdFounded,
        events.HouseholdInvited,
        events.HouseholdJoined,
        events.PointsContributed,
        events.HeadshipPassed,
        events.HouseholdLeft,
        events.HouseholdDissolved,
    )
    heard = {kind: listen(monkeypatch, kind) for kind in kinds}
    household = households.found(sara.member_id, CONSENT).household_id
    join(household, reza)
    households.contribute(sara.member_id, 30)
    households.leave(sara.member_id, person="Laleh")
    households.leave(reza.member_id, person="Laleh")
    drain()
    assert {kind.__name__: len(facts) for kind, facts in heard.items()} == {
        "HouseholdFounded": 1,
        "HouseholdInvited": 1,
        "HouseholdJoined": 1,
        "PointsContributed": 1,
        "HeadshipPassed": 1,
        "HouseholdLeft": 2,
        "HouseholdDissolved": 1,
    }
