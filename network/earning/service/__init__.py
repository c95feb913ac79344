"""The use cases of the till."""

from network.earning.service.earn import record_purchase
from network.earning.service.explain import ExplainedMovement, explain
from network.earning.service.follow import capture_hold, return_purchase, return_redemption, void_hold
from network.earning.service.quote import quote
from network.earning.service.read import earn_of, entries, member_balance, redemption_of
from network.earning.service.redeem import redeem_points
from network.earning.service.rules import set_earning_rule
from network.earning.service.statement import member_statement, whole_statement

__all__ = [
    "ExplainedMovement",
    "capture_hold",
    "earn_of",
    "entries",
    "explain",
    "member_balance",
    "member_statement",
    "quote",
    "record_purchase",
    "redeem_points",
    "redemption_of",
    "return_purchase",
    "return_redemption",
    "set_earning_rule",
    "void_hold",
    "whole_statement",
]
