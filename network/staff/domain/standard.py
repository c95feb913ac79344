"""The roles that every business begins with. They are data like others: a business changes them and adds its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from network.staff.domain.permissions import Permission as May
from network.staff.domain.permissions import Side

ADMINISTRATOR = "administrator"
"""The code of the role that manages people; the first person of a business has it."""


@dataclass(frozen=True, slots=True)
class StandardRole:
    """A role before it is a business's own."""

    code: str
    name: str
    permissions: tuple[May, ...]


STANDARD_ROLES: Mapping[Side, tuple[StandardRole, ...]] = {
    Side.OPERATOR: (
        StandardRole(
            ADMINISTRATOR,
            "Administrator",
            (
                May.PARTNERS_READ,
                May.PARTNERS_MANAGE,
                May.STORES_MANAGE,
                May.TILLS_MANAGE,
                May.CLIENTS_MANAGE,
                May.CONTRACTS_READ,
                May.STAFF_READ,
                May.STAFF_MANAGE,
                May.AUDIT_READ,
            ),
        ),
        StandardRole(
            "contracts",
            "Contracts",
            (
                May.PARTNERS_READ,
                May.CONTRACTS_READ,
                May.CONTRACTS_PROPOSE,
                May.CONTRACTS_SIGN,
                May.PREPAID_SELL,
                May.EXPIRY_MANAGE,
            ),
        ),
        StandardRole(
            "care",
            "Customer care",
            (May.MEMBERS_READ, May.ADJUSTMENTS_REQUEST, May.MERGES_REQUEST, May.HOUSEHOLDS_MANAGE),
        ),
        StandardRole(
            "care_lead",
            "Head of customer care",
            (
                May.MEMBERS_READ,
                May.MEMBERS_FORGET,
                May.ADJUSTMENTS_REQUEST,
                May.ADJUSTMENTS_APPROVE,
                May.MERGES_REQUEST,
                May.MERGES_APPROVE,
                May.HOUSEHOLDS_MANAGE,
            ),
        ),
        StandardRole(
            "settlement",
            "Settlement",
            (
                May.PARTNERS_READ,
                May.CONTRACTS_READ,
                May.SETTLEMENT_READ,
                May.SETTLEMENT_CONFIGURE,
                May.SETTLEMENT_PREPARE,
                May.PAYMENTS_RECONCILE,
                May.BOOKS_READ,
            ),
        ),
        StandardRole(
            "treasury",
            "Treasury",
            (
                May.PARTNERS_READ,
                May.CONTRACTS_READ,
                May.SETTLEMENT_READ,
                May.SETTLEMENT_APPROVE,
                May.DISPUTES_DECIDE,
                May.PAYMENTS_ACCOUNTS,
                May.PAYMENTS_INSTRUCT,
                May.ADJUSTMENTS_LIMITS,
                May.BOOKS_READ,
                May.BOOKS_WRITE,
            ),
        ),
        StandardRole(
            "auditor",
            "Auditor",
            (
                May.PARTNERS_READ,
                May.CONTRACTS_READ,
                May.SETTLEMENT_READ,
                May.BOOKS_READ,
                May.STAFF_READ,
                May.AUDIT_READ,
            ),
        ),
    ),
    Side.PARTNER: (
        StandardRole(
            ADMINISTRATOR,
            "Administrator",
            (May.STORES_MANAGE, May.TILLS_MANAGE, May.CLIENTS_MANAGE, May.STAFF_READ, May.STAFF_MANAGE),
        ),
        StandardRole("signatory", "Signatory", (May.CONTRACTS_READ, May.CONTRACTS_SIGN)),
        StandardRole("finance", "Finance", (May.CONTRACTS_READ, May.SETTLEMENT_READ, May.DISPUTES_OPEN)),
        StandardRole("store", "Store manager", (May.TILLS_MANAGE, May.MEMBERS_READ)),
    ),
}
