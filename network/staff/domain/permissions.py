"""What staff may do, by area, and the rules that hold whatever a role says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from network.staff.errors import BadRole


class Side(StrEnum):
    """Whose people: the operator's, or a partner's."""

    OPERATOR = "operator"
    PARTNER = "partner"


class Permission(StrEnum):
    """One thing that a person may do. The name is stable: roles are kept by it, and the audit trail tells it."""

    PARTNERS_READ = "partners.read"
    PARTNERS_MANAGE = "partners.manage"
    STORES_MANAGE = "stores.manage"
    TILLS_MANAGE = "tills.manage"
    CLIENTS_MANAGE = "clients.manage"
    CONTRACTS_READ = "contracts.read"
    CONTRACTS_PROPOSE = "contracts.propose"
    CONTRACTS_SIGN = "contracts.sign"
    PREPAID_SELL = "prepaid.sell"
    EXPIRY_MANAGE = "expiry.manage"
    MEMBERS_READ = "members.read"
    MEMBERS_FORGET = "members.forget"
    MERGES_REQUEST = "merges.request"
    MERGES_APPROVE = "merges.approve"
    HOUSEHOLDS_MANAGE = "households.manage"
    ADJUSTMENTS_REQUEST = "adjustments.request"
    ADJUSTMENTS_APPROVE = "adjustments.approve"
    ADJUSTMENTS_LIMITS = "adjustments.limits"
    SETTLEMENT_READ = "settlement.read"
    SETTLEMENT_CONFIGURE = "settlement.configure"
    SETTLEMENT_PREPARE = "settlement.prepare"
    SETTLEMENT_APPROVE = "settlement.approve"
    DISPUTES_OPEN = "disputes.open"
    DISPUTES_DECIDE = "disputes.decide"
    PAYMENTS_ACCOUNTS = "payments.accounts"
    PAYMENTS_INSTRUCT = "payments.instruct"
    PAYMENTS_RECONCILE = "payments.reconcile"
    BOOKS_READ = "books.read"
    BOOKS_WRITE = "books.write"
    STAFF_READ = "staff.read"
    STAFF_MANAGE = "staff.manage"
    AUDIT_READ = "audit.read"


@dataclass(frozen=True, slots=True)
class Rule:
    """About one permission.

    `sides`: whose people can have it; `is_money`: it moves money or rights, so the proof of who asks has to be fresh;
    `per_store`: a role may give it for one store alone; `never_after`: who did that to a thing can't do this to it.
    """

    says: str
    sides: frozenset[Side]
    is_money: bool = False
    per_store: bool = False
    never_after: Permission | None = None


_O, _P, _BOTH = frozenset({Side.OPERATOR}), frozenset({Side.PARTNER}), frozenset(Side)
_Is = Permission

RULES: Mapping[Permission, Rule] = {
    _Is.PARTNERS_READ: Rule("See partners and their state.", _O),
    _Is.PARTNERS_MANAGE: Rule("Let partners in, suspend them, part with them.", _O),
    _Is.STORES_MANAGE: Rule("Open stores.", _BOTH),
    _Is.TILLS_MANAGE: Rule("Activate and revoke tills.", _BOTH, per_store=True),
    _Is.CLIENTS_MANAGE: Rule("Make, suspend and revoke the clients of a partner's servers.", _BOTH),
    _Is.CONTRACTS_READ: Rule("See contracts and proposals.", _BOTH),
    _Is.CONTRACTS_PROPOSE: Rule("Lay new terms before both sides.", _O),
    _Is.CONTRACTS_SIGN: Rule("Sign new terms for one's own side.", _BOTH, is_money=True),
    _Is.PREPAID_SELL: Rule("Sell prepaid points.", _O, is_money=True),
    _Is.EXPIRY_MANAGE: Rule("Set for how long points live.", _O),
    _Is.MEMBERS_READ: Rule("See members, as far as the partner knows them.", _BOTH, per_store=True),
    _Is.MEMBERS_FORGET: Rule("Forget a member who asks for it.", _O),
    _Is.MERGES_REQUEST: Rule("Say that two accounts are one person's.", _O),
    _Is.MERGES_APPROVE: Rule("Merge accounts.", _O, never_after=_Is.MERGES_REQUEST),
    _Is.HOUSEHOLDS_MANAGE: Rule("Found and end households for members who ask.", _O),
    _Is.ADJUSTMENTS_REQUEST: Rule("Give or take points, alone up to one's limit.", _O),
    _Is.ADJUSTMENTS_APPROVE: Rule("Agree to points above a limit.", _O, True, never_after=_Is.ADJUSTMENTS_REQUEST),
    _Is.ADJUSTMENTS_LIMITS: Rule("Set how many points a person may give alone.", _O),
    _Is.SETTLEMENT_READ: Rule("See cycles and statements.", _BOTH),
    _Is.SETTLEMENT_CONFIGURE: Rule("Set calendars and payment terms.", _O),
    _Is.SETTLEMENT_PREPARE: Rule("Put a cycle up for approval.", _O),
    _Is.SETTLEMENT_APPROVE: Rule("Stand for the amounts of a cycle.", _O, True, never_after=_Is.SETTLEMENT_PREPARE),
    _Is.DISPUTES_OPEN: Rule("Dispute the partner's own statements.", _P),
    _Is.DISPUTES_DECIDE: Rule("Answer disputes.", _O, is_money=True),
    _Is.PAYMENTS_ACCOUNTS: Rule("Change bank details.", _O, is_money=True),
    _Is.PAYMENTS_INSTRUCT: Rule("Have an approved cycle paid.", _O, True, never_after=_Is.SETTLEMENT_PREPARE),
    _Is.PAYMENTS_RECONCILE: Rule("Match bank statements.", _O, is_money=True),
    _Is.BOOKS_READ: Rule("See the operator's books.", _O),
    _Is.BOOKS_WRITE: Rule("Book the cover of a default or a buy-out.", _O, is_money=True),
    _Is.STAFF_READ: Rule("See who works here, and with which roles.", _BOTH),
    _Is.STAFF_MANAGE: Rule("Invite and suspend people, define and give roles.", _BOTH, is_money=True),
    _Is.AUDIT_READ: Rule("Read the audit trail.", _O),
}
"""A payment is not instructed by whoever prepared the cycle, whoever has approved it."""

FOUR_EYES = {permission: rule.never_after for permission, rule in RULES.items() if rule.never_after}
"""Permission -> what its owner must not have done to the same thing. A role may hold both: then for others' work."""


def permissions_of(side: Side) -> frozenset[Permission]:
    """All that people of a side can be given."""
    return frozenset(each for each, rule in RULES.items() if side in rule.sides)


def chosen_permissions(told: list[str], side: Side) -> tuple[Permission, ...]:
    """Permissions for a role of a side, each once, in the order of `Permission`. Raises BadRole."""
    known = {each.value: each for each in permissions_of(side)}
    strange = sorted(set(told) - known.keys())
    if strange:
        raise BadRole(f"People of the {side} can't be given {', '.join(strange)}.", field="permissions")
    if not told:
        raise BadRole("A role gives at least one permission.", field="permissions")
    return tuple(each for each in Permission if each.value in set(told))
