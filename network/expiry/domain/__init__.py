"""How long points live: values and rules in plain Python."""

from network.expiry.domain.choice import EVERYWHERE, Choice, PolicyVersion, applicable, check_version, choose
from network.expiry.domain.notices import Expiring, Notice, horizon, notices_due
from network.expiry.domain.policy import DEFAULT_NOTICE_DAYS, ExpiryPolicy, Life, Rule, check_policy, longer

__all__ = [
    "DEFAULT_NOTICE_DAYS",
    "EVERYWHERE",
    "Choice",
    "Expiring",
    "ExpiryPolicy",
    "Life",
    "Notice",
    "PolicyVersion",
    "Rule",
    "applicable",
    "check_policy",
    "check_version",
    "choose",
    "horizon",
    "longer",
    "notices_due",
]
