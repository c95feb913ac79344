"""Partners and stores."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.kernel.letters import is_blank, is_printable
from network.partners.errors import BadPartner

OPERATOR_CODE = "operator"
"""The operator's own code; no other partner may have it."""

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_STORE_CODE = re.compile(r"[A-Za-z0-9._:/#-]{1,64}")  # what the API takes for a reference
_LONGEST_NAME = 120  # characters


class PartnerStatus(StrEnum):
    """`SUSPENDED` stops the issuing at a partner's tills, `LEFT` the burning too, and for good.

    Neither stops the burning, at other tills, of points that it has issued.
    """

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """One business of the coalition, or the operator. `name` is for readers of English, `name_fa` of Persian.

    `trusts_cards`: agreed with it, a card alone lets its bearer burn here, at the partner's risk.
    """

    partner_id: UUID
    code: str
    name: str
    name_fa: str
    is_operator: bool
    status: PartnerStatus
    created_at: datetime
    trusts_cards: bool = False

    @property
    def may_issue(self) -> bool:
        """Whether purchases at its tills become points."""
        return self.status is PartnerStatus.ACTIVE

    @property
    def may_redeem(self) -> bool:
        """Whether members can burn points at its tills."""
        return self.status is not PartnerStatus.LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A place of a partner; `code` is the partner's own name for it."""

    store_id: UUID
    partner_id: UUID
    code: str
    name: str


def check_code(code: str) -> str:
    """A partner's code: lower case letters, digits, `-` and `_`, at most 32. Raises BadPartner."""
    if _CODE.fullmatch(code) is None:
        raise BadPartner("A code is 1 to 32 lower case letters, digits, hyphens or underscores.", field="code")
    return code


def check_store_code(code: str) -> str:
    """A store's code, as its partner writes it: letters, digits and `._:/#-`, at most 64. Raises BadPartner."""
    if _STORE_CODE.fullmatch(code) is None:
        raise BadPartner("A store's code is 1 to 64 of A-Z a-z 0-9 . _ : / # -", field="code")
    return code


def check_name(name: str, *, field: str = "name") -> str:
    """A name without white space around it. Raises BadPartner if it is empty, too long, or not printable."""
    name = " ".join(name.split())
    if is_blank(name) or len(name) > _LONGEST_NAME or not is_printable(name):
        raise BadPartner(f"A name has 1 to {_LONGEST_NAME} printable characters.", field=field)
    return name
