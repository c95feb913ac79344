"""Rich authorization requests (RFC 9396): the one type there is, a redemption of a member's points."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

POINTS_REDEMPTION = "points_redemption"
_MOST = 10**12
_KNOWN = {"type", "partner", "points", "amount_minor", "currency"}


@dataclass(frozen=True, slots=True)
class RedemptionDetail:
    """A burn at one partner (`par_...`): `points` at most, and if told, for `amount_minor` of `currency` at most."""

    partner: str
    points: int
    amount_minor: int | None = None
    currency: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As RFC 9396 writes it."""
        told = {"type": POINTS_REDEMPTION, "partner": self.partner, "points": self.points}
        return (
            told if self.amount_minor is None else told | {"amount_minor": self.amount_minor, "currency": self.currency}
        )


def read_detail(told: Any, partner: str) -> RedemptionDetail:
    """One element of `authorization_details`. `partner`: the client's own, the only one it can ask for.

    Raises ValueError with what is wrong.
    """
    if not isinstance(told, Mapping) or told.get("type") != POINTS_REDEMPTION:
        raise ValueError(f"The only type is {POINTS_REDEMPTION}.")
    if not told.keys() <= _KNOWN:
        raise ValueError("There is a member that this type does not have.")
    if told.get("partner", partner) != partner:
        raise ValueError("A client asks for redemptions at its own partner.")
    amount, currency = told.get("amount_minor"), told.get("currency")
    if (amount is None) != (currency is None):
        raise ValueError("amount_minor and currency go together.")
    if not _is_count(told.get("points")) or not (amount is None or _is_count(amount)):
        raise ValueError("points and amount_minor are whole numbers above zero.")
    if currency is not None and not (isinstance(currency, str) and len(currency) == 3 and currency.isupper()):
        raise ValueError("currency is a code of ISO 4217.")
    return RedemptionDetail(partner, told["points"], amount, currency)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST
