"""Receipts: what a partner can show when a line of its entry is missing from a statement, or altered (docs/proof.md).

The network signs a text that is made of the answer's own members, so that a partner has to keep nothing but the answer.
"""

from datetime import datetime

from network.auth.service import sign_text
from network.earning.presenting import entry_id, present_earn, present_redemption, present_reversal
from network.earning.results import Earned, Redeemed, RedemptionStatus, Reversed
from network.kernel.clock import show_instant
from network.kernel.identifiers import show
from network.partners.domain import PointType
from network.wallet.domain import Entry

_FORM = "receipt/1"
_FORM_OF_TYPE = "receipt/2"  # as the first, with the type of the points as its last member


def present_signed_earn(earned: Earned) -> str:
    """An Earn with its receipt's signature."""
    return present_earn(earned, sign_text(receipt_of_earn(earned)))


def present_signed_redemption(redeemed: Redeemed) -> str:
    """A Redemption with its receipt's signature."""
    return present_redemption(redeemed, sign_text(receipt_of_redemption(redeemed)))


def present_signed_reversal(returned: Reversed) -> str:
    """A Reversal with its receipt's signature."""
    return present_reversal(returned, sign_text(receipt_of_reversal(returned)))


def receipt_of_earn(earned: Earned) -> str:
    """The receipt's text: `_text` of the points issued, with their type unless they are base points."""
    entry = earned.entry
    text = _text(entry, "earn", entry.points, entry.slip.amount_minor or 0, entry.posted_at)
    if not earned.lots or earned.point_type is PointType.BASE:
        return text
    return text.replace(_FORM, _FORM_OF_TYPE, 1)[:-1] + f',"{earned.point_type}"]'


def receipt_of_redemption(redeemed: Redeemed) -> str:
    """The receipt's text: `_text` of the points drawn, at the time when they were; of a hold, those held."""
    entry = redeemed.entry
    points = entry.points if redeemed.status is RedemptionStatus.AUTHORIZED else redeemed.captured_points
    drawn_at = redeemed.captured_at or entry.posted_at
    return _text(entry, redeemed.status.value, points, redeemed.value_minor, drawn_at)


def receipt_of_reversal(returned: Reversed) -> str:
    """The receipt's text: `_text` of the points that clear, which are fewer where some were spent."""
    entry = returned.entry
    return _text(entry, "reversal", returned.cleared_points, entry.slip.amount_minor or 0, entry.posted_at)


def _text(entry: Entry, kind: str, points: int, amount_minor: int, posted_at: datetime) -> str:
    """A JSON array without white space: form, partner, kind, entry, points, amount, currency, and both times."""
    slip = entry.slip
    return (
        f'["{_FORM}","{show("par", slip.partner_id)}","{kind}","{entry_id(entry)}",{points},{amount_minor},'
        f'"{slip.currency}","{show_instant(slip.occurred_at)}","{show_instant(posted_at)}"]'
    )
