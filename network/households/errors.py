"""How households can refuse."""

from network.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused


class HouseholdNotFound(NotFound):
    code = "household_not_found"
    detail = "There is no such household."


class NotInHousehold(Refused):
    code = "not_in_household"
    detail = "The member is in no household, so there is no pool."


class AlreadyInHousehold(Conflict):
    code = "already_in_household"
    detail = "The member is in a household, and can be in one only."


class CoolingOff(Refused):
    code = "household_cooling_off"
    detail = "The member has left a household not long ago, and can't join one yet."


class HouseholdFull(Refused):
    code = "household_full"
    detail = "The household has as many members as it may have."


class NotInvited(Refused):
    code = "not_invited"
    detail = "The member is not invited into this household."


class AlreadyInvited(Conflict):
    code = "already_invited"
    detail = "The member is invited into this household."


class ConsentMissing(Invalid):
    code = "consent_missing"
    detail = "Consent needs the version of its text and a reference to its evidence, 1 to 100 characters each."


class PoolDelay(Refused):
    code = "pool_delay"
    detail = "The member joined not long ago, and can't spend from the pool yet."


class PoolCapReached(Refused):
    code = "pool_cap_reached"
    detail = "This is more than the member may still spend from the pool this month."


class ContributionCapReached(Refused):
    code = "contribution_cap_reached"
    detail = "This is more than the member may still put into the pool this month."


class PoolHoldsOpen(Conflict):
    code = "pool_holds_open"
    detail = "Points of the pool are on hold. They have to be captured, voided, or lapse first."


class NotAMember(Forbidden):
    code = "not_a_member"
    detail = "Only a member of the household can be its head."


class BadHouseholdRule(Invalid):
    code = "household_rule_invalid"
    detail = "Shares are 0 to 100 percent, days and caps not negative, members at least two."


class NothingToContribute(Invalid):
    code = "nothing_to_contribute"
    detail = "A contribution is at least one point."
