"""A purchase becomes points."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from .._checks import instant, member_id, whole
from .._exchange import get, post
from .._models import Earn, Member, Reversal
from .._raw import as_raw
from ._base import Resource

__all__ = ["Earns", "RawEarns"]


class Earns(Resource):
    """Points given for purchases."""

    @property
    def with_raw_response(self) -> RawEarns:
        """The same methods, returning the answer itself."""
        return RawEarns(Earns(self._send, raw=True))

    def create(
        self,
        *,
        member: Member | str,
        amount_minor: int,
        currency: str,
        occurred_at: datetime | None = None,
        receipt: str | None = None,
        store: str | None = None,
        lines: Sequence[int] | None = None,
        point_type: str | None = None,
    ) -> Earn:
        """Give the member the points of a purchase. Sent under an idempotency key, so it happens once.

        `amount_minor`: whole minor units of `currency` (ISO 4217). `occurred_at`: when the purchase was made, with a
        time zone; now when left out. `receipt`: the till's own number for it. `store`: the code of one of
        this partner's stores. `lines`: the amounts of the basket's lines, so that a return can name lines.
        `point_type`: "base", which it is when left out, "bonus" or "goodwill": it decides what the points cost, not
        what they buy. Scope `points:earn`. Raises NotFoundError, ValidationError (`wrong_currency`, `no_contract`,
        `purchase_in_future`, `purchase_too_old`), IdempotencyError; TypeError and ValueError before anything is sent.
        """
        fields = {
            "member": member_id(member),
            "amount_minor": whole("amount_minor", amount_minor),
            "currency": currency,
            "occurred_at": None if occurred_at is None else instant("occurred_at", occurred_at),
            "receipt": receipt,
            "store": store,
            "lines": None if lines is None else [whole("lines", line) for line in lines],
            "point_type": point_type,
        }
        return self._make(post("/v1/earns", fields, keyed=True), Earn._read_answer)

    def reverse(
        self,
        earn: Earn | str,
        *,
        amount_minor: int | None = None,
        lines: Sequence[int] | None = None,
        receipt: str | None = None,
    ) -> Reversal:
        """Take the points of a returned purchase back: of an amount, of lines (1 is the first), or of all that is left.

        Points that were spent already become a debt (`owed_points`), which later earning repays. Scope `points:earn`.
        Raises PaymentRequiredError (`return_too_large`, or what the partner's return policy refuses), ValidationError
        (`no_such_line`), NotFoundError, IdempotencyError.
        """
        fields = {
            "amount_minor": None if amount_minor is None else whole("amount_minor", amount_minor),
            "lines": None if lines is None else [whole("lines", line) for line in lines],
            "receipt": receipt,
        }
        told = earn.id if isinstance(earn, Earn) else earn
        call = post("/v1/earns/{earn_id}/reverse", fields, keyed=True, earn_id=told)
        return self._make(call, Reversal._read_answer)

    def get(self, earn_id: str) -> Earn:
        """An earn of this partner. Scope `points:read`. Raises NotFoundError (`entry_not_found`) for others."""
        return self._make(get("/v1/earns/{earn_id}", earn_id=earn_id), Earn._read_answer)


class RawEarns:
    """`Earns`, returning the answers themselves."""

    def __init__(self, earns: Earns) -> None:
        self.create = as_raw(earns.create)
        self.reverse = as_raw(earns.reverse)
        self.get = as_raw(earns.get)
