"""Households as they are, and the locks under which they are changed."""

from uuid import UUID

from network.households import repository
from network.households.domain import Household, Membership, Standing
from network.households.errors import HouseholdNotFound, NotInHousehold


def get_household(household_id: UUID) -> tuple[Household, list[Membership]]:
    """A household with those who are in it or invited. Raises HouseholdNotFound."""
    household = repository.find_household(household_id)
    if household is None:
        raise HouseholdNotFound
    return household, repository.memberships(household_id, Standing.ACTIVE, Standing.INVITED)


def household_of(member_id: UUID) -> UUID:
    """The household that a member is in. Raises NotInHousehold."""
    membership = repository.find_active(member_id)
    if membership is None:
        raise NotInHousehold
    return membership.household_id


def locked_household(household_id: UUID) -> Household:
    """A household that is not dissolved, kept to the end of the unit of work. Raises HouseholdNotFound."""
    household = repository.lock_household(household_id)
    if household is None or household.dissolved_at is not None:
        raise HouseholdNotFound
    return household


def locked_membership(member_id: UUID) -> tuple[Household, Membership]:
    """A member's household and its part in it, kept to the end of the unit of work. Raises NotInHousehold."""
    found = repository.find_active(member_id)
    household = repository.lock_household(found.household_id) if found else None
    membership = repository.find_active(member_id)  # once more: it may have ended while we waited for the lock
    if household is None or membership is None or membership.household_id != household.household_id:
        raise NotInHousehold
    return household, membership
