"""Whose things a page of staff shows: a partner's people see their own, the operator's any (`?partner=grocer`)."""

from flask import request

from network.kernel.errors import NotFound
from network.partners import service as partners
from network.partners.domain import Partner
from network.staff.domain import Clerk, Side


def business_of(clerk: Clerk) -> Partner:
    """The business that is asked for; a partner's staff gets its own, whatever is asked for. Raises NotFound."""
    code = request.args.get("partner")
    if clerk.staff.side is Side.PARTNER or code is None:
        return partners.get_partner(clerk.staff.partner_id)
    found = partners.find_partner_by_code(code)
    if found is None:
        raise NotFound
    return found


def businesses_of(clerk: Clerk) -> list[Partner]:
    """Those that a person can choose from; a partner's people have no choice."""
    return partners.list_partners() if clerk.staff.side is Side.OPERATOR else []
