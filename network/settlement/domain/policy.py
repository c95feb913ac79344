"""The network's own terms of settlement: how long a statement can be disputed, and when it is to be paid."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from network.settlement.errors import BadPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementPolicy:
    """Days of 24 hours. A statement can be disputed `dispute_days` after it was stated; it is to be paid
    `payment_days` after its cycle was approved. A payer is reminded `reminder_days` before, and dunned when it is due
    and every `dunning_days` after, at most `dunning_levels` times.
    """

    dispute_days: int = 14
    payment_days: int = 7
    reminder_days: int = 2
    dunning_days: int = 7
    dunning_levels: int = 3

    def disputable_until(self, stated_at: datetime) -> datetime:
        return stated_at + timedelta(days=self.dispute_days)

    def due_at(self, approved_at: datetime) -> datetime:
        return approved_at + timedelta(days=self.payment_days)

    def pay_on(self, approved_at: datetime, now: datetime) -> date:
        """The day by which a payment that is told now is to be made: no day that has gone by."""
        return max(self.due_at(approved_at), now).date()


def check_policy(policy: SettlementPolicy) -> None:
    """Raises BadPolicy with the field that makes no sense."""
    for name in policy.__dataclass_fields__:
        least = 1 if name == "dunning_days" else 0  # every day at most
        if not least <= getattr(policy, name) <= _MOST:
            raise BadPolicy(field=name)


class NoticeKind(StrEnum):
    """What a partner is told of its payment."""

    ADVICE = "advice"
    REMINDER = "reminder"
    DUNNING = "dunning"


def notices_due(
    policy: SettlementPolicy, approved_at: datetime, now: datetime, net_minor: int
) -> list[tuple[NoticeKind, int]]:
    """What a partner is to have been told by now, each with its level (0 but for dunning).

    The advice, whoever pays; and for one that pays (`net_minor` negative) the latest of reminder and dunning alone, so
    that whoever was not told in time is not told all at once.
    """
    advice = [(NoticeKind.ADVICE, 0)]
    due_at = policy.due_at(approved_at)
    if net_minor >= 0 or now < due_at - timedelta(days=policy.reminder_days):
        return advice
    if now < due_at or not policy.dunning_levels:
        return [*advice, (NoticeKind.REMINDER, 0)]
    level = min(1 + (now - due_at) // timedelta(days=policy.dunning_days), policy.dunning_levels)
    return [*advice, (NoticeKind.DUNNING, level)]


_MOST = 365
