"""What a member allows to be spent, and what has to be proved for the rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from network.signin.errors import CoolingOff, NewPartner, OverSpendLimit, SpendLocked

STEP_UP_WITHIN = timedelta(minutes=10)
"""How long a proof lasts for what weakens a member's protection: older, and it is asked for again."""

COOLING_OFF = timedelta(hours=24)
"""For how long nothing is spent after a change of phone: who took a number over is to be found out by its owner."""

APPROVAL_LIVES = timedelta(minutes=15)
DEFAULT_LIMIT_POINTS = 50_000
"""How many points a code at the till may burn at once where the member has set no other limit."""


@dataclass(frozen=True, slots=True)
class SpendRules:
    """`is_locked`: the member wants nothing to be spent. `asks_first`: nothing at a partner it has never used, unless
    it opened that partner. `limit_points`: of one burn; None: the network's. `cooling_until`: nothing before then.
    """

    is_locked: bool = False
    asks_first: bool = True
    limit_points: int | None = None
    cooling_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """That a member, having proved who it is, allows one burn of at most so many points at one partner."""

    approval_id: UUID
    member_id: UUID
    partner_id: UUID
    points: int
    expires_at: datetime

    def covers(self, member_id: UUID, partner_id: UUID, points: int, now: datetime) -> bool:
        """Whether it is for this burn. That it is used once, the ledger sees to."""
        same = (self.member_id, self.partner_id) == (member_id, partner_id)
        return same and points <= self.points and now < self.expires_at


def check_spending(
    rules: SpendRules,
    points: int,
    now: datetime,
    *,
    is_used: bool,
    is_approved: bool = False,
    trusts_cards: bool = False,
) -> None:
    """May these points be burned here? `now`: the system's instant.

    `is_used`: the member has been at this partner, or opened it. `is_approved`: the member allowed this very burn,
    which lifts the two questions that it answers. `trusts_cards`: a partner whose contract lets a card alone burn has
    no question asked that nobody could answer there; what the member itself has set holds everywhere.
    Raises SpendLocked, CoolingOff, NewPartner, OverSpendLimit.
    """
    if rules.is_locked:
        raise SpendLocked
    if rules.cooling_until is not None and now < rules.cooling_until:
        raise CoolingOff
    if is_approved:
        return
    if rules.asks_first and not is_used and not trusts_cards:
        raise NewPartner
    limit = rules.limit_points
    if limit is None:
        limit = points if trusts_cards else DEFAULT_LIMIT_POINTS
    if points > limit:
        raise OverSpendLimit
