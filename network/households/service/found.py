"""How a household begins, and how members come into it: invited, and by their own consent."""

from datetime import datetime
from uuid import UUID

from network.audit.service import record
from network.households import repository
from network.households.domain import (
    Consent,
    Household,
    Membership,
    Policy,
    Standing,
    check_consent,
    check_rested,
    check_room,
    spends_from,
)
from network.households.errors import AlreadyInHousehold, AlreadyInvited, NotInvited
from network.households.events import HouseholdFounded, HouseholdInvited, HouseholdJoined
from network.households.service.read import locked_household
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.members.domain import Member
from network.members.service import lock_member, set_household
from network.wallet.service import open_wallet


def found(member_id: UUID, consent: Consent) -> Household:
    """Open a household with an empty pool, of which the member is the head; it may spend from it at once.

    Raises MemberNotFound, MemberMerged, ConsentMissing, AlreadyInHousehold, CoolingOff.
    """
    check_consent(consent)
    with transaction():
        member, now = lock_member(member_id), network_now()
        _check_free(member, repository.policy(), now)
        household = Household(household_id=new_id(), wallet_id=open_wallet(), head_id=member_id, founded_at=now)
        repository.insert_household(household, consent.recorded_by)
        membership = _invitation(household.household_id, member, now)
        repository.insert_invitation(membership, consent.recorded_by)
        repository.activate(membership.membership_id, consent, now, now)
        set_household(member_id, household.household_id)
        _note("found", household.household_id, member_id)
        announce(HouseholdFounded(household_id=household.household_id, member_id=member_id, founded_at=now))
        return household


def invite(household_id: UUID, member_id: UUID, *, person: str) -> Membership:
    """Note that a household would like to have a member; nothing changes until the member consents.

    Raises HouseholdNotFound, MemberNotFound, MemberMerged, AlreadyInvited, HouseholdFull.
    """
    with transaction():
        household = locked_household(household_id)
        member, now = lock_member(member_id), network_now()
        if member.household_id == household_id or repository.find_invitation(household_id, member_id):
            raise AlreadyInvited
        _check_room(household)
        invitation = _invitation(household_id, member, now)
        repository.insert_invitation(invitation, person)
        _note("invite", household_id, member_id)
        announce(HouseholdInvited(household_id=household_id, member_id=member_id, invited_at=now))
        return invitation


def withdraw(household_id: UUID, member_id: UUID, *, person: str) -> None:
    """End an invitation that was not taken, from either side. Raises HouseholdNotFound, NotInvited."""
    with transaction():
        locked_household(household_id)
        repository.end(_invited(household_id, member_id).membership_id, Standing.WITHDRAWN, person, network_now())
        _note("withdraw", household_id, member_id)


def join(household_id: UUID, member_id: UUID, consent: Consent) -> Membership:
    """An invited member consents, and is in. It may put points in at once, and spend from the pool after the delay.

    Raises HouseholdNotFound, NotInvited, ConsentMissing, HouseholdFull, MemberNotFound, MemberMerged,
    AlreadyInHousehold, CoolingOff.
    """
    check_consent(consent)
    with transaction():
        household = locked_household(household_id)
        invitation = _invited(household_id, member_id)
        member, rules, now = lock_member(member_id), repository.policy(), network_now()
        _check_free(member, rules, now)
        _check_room(household)
        starts = spends_from(rules, now)
        repository.activate(invitation.membership_id, consent, now, starts)
        set_household(member_id, household_id)
        _note("join", household_id, member_id)
        announce(HouseholdJoined(household_id=household_id, member_id=member_id, joined_at=now, spends_from=starts))
        joined = repository.find_active(member_id)
        assert joined is not None, "it has just joined"
        return joined


def _note(verb: str, household_id: UUID, member_id: UUID) -> None:
    record(f"households.{verb}", "household", show("hsh", household_id), after={"member": show("mbr", member_id)})


def _check_free(member: Member, rules: Policy, now: datetime) -> None:
    if member.household_id is not None:
        raise AlreadyInHousehold
    check_rested(rules, repository.last_left_at(member.member_id), now)


def _check_room(household: Household) -> None:
    check_room(repository.policy(), len(repository.memberships(household.household_id, Standing.ACTIVE)))


def _invited(household_id: UUID, member_id: UUID) -> Membership:
    invitation = repository.find_invitation(household_id, member_id)
    if invitation is None:
        raise NotInvited
    return invitation


def _invitation(household_id: UUID, member: Member, now: datetime) -> Membership:
    return Membership(
        membership_id=new_id(),
        household_id=household_id,
        member_id=member.member_id,
        wallet_id=member.wallet_id,
        standing=Standing.INVITED,
        invited_at=now,
    )
