"""The rules of staff, in plain Python."""

from network.staff.domain.attempts import ACCOUNT, FORGET_AFTER, PREFIX, TERMINAL, Patience, prefix_of
from network.staff.domain.passwords import check_password, normalized
from network.staff.domain.people import (
    FRESH,
    Clerk,
    Grant,
    Role,
    Staff,
    StaffState,
    check_allowed,
    check_login,
    check_name,
)
from network.staff.domain.permissions import (
    FOUR_EYES,
    RULES,
    Permission,
    Rule,
    Side,
    chosen_permissions,
    permissions_of,
)
from network.staff.domain.standard import ADMINISTRATOR, STANDARD_ROLES, StandardRole

__all__ = [
    "ACCOUNT",
    "ADMINISTRATOR",
    "FORGET_AFTER",
    "FOUR_EYES",
    "FRESH",
    "PREFIX",
    "RULES",
    "STANDARD_ROLES",
    "TERMINAL",
    "Clerk",
    "Grant",
    "Patience",
    "Permission",
    "Role",
    "Rule",
    "Side",
    "Staff",
    "StaffState",
    "StandardRole",
    "check_allowed",
    "check_login",
    "check_name",
    "check_password",
    "chosen_permissions",
    "normalized",
    "permissions_of",
    "prefix_of",
]
