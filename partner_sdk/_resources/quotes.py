"""Asking before doing."""

from __future__ import annotations

from .._checks import member_id, whole
from .._exchange import post
from .._models import Member, Quote
from .._raw import as_raw
from ._base import Resource

__all__ = ["Quotes", "RawQuotes"]


class Quotes(Resource):
    """What a purchase would earn, and what could be redeemed."""

    @property
    def with_raw_response(self) -> RawQuotes:
        """The same methods, returning the answer itself."""
        return RawQuotes(Quotes(self._send, raw=True))

    def create(
        self,
        *,
        member: Member | str,
        currency: str,
        amount_minor: int | None = None,
        points: int | None = None,
        point_type: str | None = None,
    ) -> Quote:
        """Ask what `amount_minor` would earn and what `points` would pay; moves nothing and promises nothing.

        `amount_minor`: whole minor units of `currency` (ISO 4217). `point_type`: of the points earned. Scope
        `points:read`. Raises NotFoundError, ValidationError (`wrong_currency`, `no_contract`), TypeError for amounts
        and points that are not int.
        """
        fields = {
            "member": member_id(member),
            "currency": currency,
            "amount_minor": None if amount_minor is None else whole("amount_minor", amount_minor),
            "points": None if points is None else whole("points", points),
            "point_type": point_type,
        }
        return self._make(post("/v1/quotes", fields, keyed=False), Quote._read_answer)


class RawQuotes:
    """`Quotes`, returning the answers themselves."""

    def __init__(self, quotes: Quotes) -> None:
        self.create = as_raw(quotes.create)
