"""Points pay at the till."""

from __future__ import annotations

from datetime import datetime

from .._checks import instant, member_id, whole
from .._exchange import get, post
from .._models import CardProof, Member, Redemption
from .._raw import as_raw
from ._base import Resource

__all__ = ["RawRedemptions", "Redemptions"]


class Redemptions(Resource):
    """Points that members pay with."""

    @property
    def with_raw_response(self) -> RawRedemptions:
        """The same methods, returning the answer itself."""
        return RawRedemptions(Redemptions(self._send, raw=True))

    def create(
        self,
        *,
        member: Member | str,
        points: int,
        currency: str,
        proof: CardProof,
        capture: bool = True,
        occurred_at: datetime | None = None,
        receipt: str | None = None,
        store: str | None = None,
    ) -> Redemption:
        """Take `points` from the member as payment. Sent under an idempotency key, so it happens once.

        `proof`: that the member is there. `capture`: take them at once. `occurred_at`, `receipt`, `store`: as for an
        earn. Scope `points:redeem`. Raises InsufficientPointsError, PermissionDeniedError (`proof_refused`),
        NotFoundError, ValidationError (`wrong_currency`, `no_contract`), IdempotencyError; TypeError and ValueError
        before anything is sent.
        """
        if not isinstance(proof, CardProof):
            raise TypeError(f"proof is a CardProof(card_number=...); got a {type(proof).__name__}.")
        fields = {
            "member": member_id(member),
            "points": whole("points", points),
            "currency": currency,
            "proof": proof._fields(),
            "capture": capture,
            "occurred_at": None if occurred_at is None else instant("occurred_at", occurred_at),
            "receipt": receipt,
            "store": store,
        }
        return self._make(post("/v1/redemptions", fields, keyed=True), Redemption._read_answer)

    def get(self, redemption_id: str) -> Redemption:
        """A redemption of this partner. Scope `points:read`. Raises NotFoundError (`entry_not_found`) for others."""
        call = get("/v1/redemptions/{redemption_id}", redemption_id=redemption_id)
        return self._make(call, Redemption._read_answer)


class RawRedemptions:
    """`Redemptions`, returning the answers themselves."""

    def __init__(self, redemptions: Redemptions) -> None:
        self.create = as_raw(redemptions.create)
        self.get = as_raw(redemptions.get)
