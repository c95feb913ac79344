"""The use cases of the till."""

from network.earning.service.earn import record_purchase
from network.earning.service.quote import quote
from network.earning.service.read import earn_of, entries, member_balance, redemption_of
from network.earning.service.redeem import redeem_points
from network.earning.service.rules import set_earning_rule

__all__ = [
    "earn_of",
    "entries",
    "member_balance",
    "quote",
    "record_purchase",
    "redeem_points",
    "redemption_of",
    "set_earning_rule",
]
