"""Points pay at the till."""

from __future__ import annotations

from datetime import datetime

from .._checks import instant, member_id, whole
from .._exchange import Call, Draw, get, post
from .._models import Member, Proof, Redemption, Reversal
from .._raw import as_raw
from ._base import Resource

__all__ = ["RawRedemptions", "Redemptions"]

_DRAWS = {"capture": "capture", "reverse": "return"}


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
        proof: Proof | None = None,
        capture: bool = True,
        hold_seconds: int | None = None,
        source: str | None = None,
        occurred_at: datetime | None = None,
        receipt: str | None = None,
        store: str | None = None,
        authorization: str | None = None,
    ) -> Redemption:
        """Take `points` from the member as payment. Sent under an idempotency key, so it happens once.

        `proof`: that the member wants this, mostly a `TillCodeProof`; not needed with an `authorization`.
        `capture`: take them at once; False holds them for `hold_seconds` (half an hour when left out), to be captured
        or voided. `source`: "pool" for the household's points. `occurred_at`, `receipt`, `store`: as for an earn.
        `authorization`: what the member has agreed to by itself, `aut_...`, in place of a proof.
        Scope `points:redeem`. Raises InsufficientPointsError,
        PermissionDeniedError (`proof_refused`, `till_code_needed`, `spend_locked`, `cooling_off`, `partner_not_opened`,
        `over_spend_limit`, `authorization_refused`), NotFoundError, ValidationError (`wrong_currency`, `no_contract`),
        IdempotencyError; TypeError and ValueError before anything is sent.
        """
        if not (proof is None and authorization) and not isinstance(proof, Proof):
            raise TypeError(f"proof is a TillCodeProof, ConsentProof or CardProof; got a {type(proof).__name__}.")
        fields = {
            "member": member_id(member),
            "points": whole("points", points),
            "currency": currency,
            "proof": proof._fields() if proof else None,
            "capture": capture,
            "hold_seconds": None if hold_seconds is None else whole("hold_seconds", hold_seconds),
            "source": source,
            "occurred_at": None if occurred_at is None else instant("occurred_at", occurred_at),
            "receipt": receipt,
            "store": store,
            "authorization": authorization,
        }
        draw = Draw("redemption" if capture else "hold", points, currency)
        return self._make(post("/v1/redemptions", fields, keyed=True, draw=draw), Redemption._read_answer)

    def capture(
        self, redemption: Redemption | str, *, points: int | None = None, receipt: str | None = None
    ) -> Redemption:
        """Take held points, `points` of them or all; the rest goes back to the member. Once per hold.

        Scope `points:redeem`. Raises ConflictError (`hold_over`) for a hold that was captured, voided or has lapsed,
        ValidationError (`capture_too_large`), NotFoundError, IdempotencyError; with a signing key ValueError without
        `points`, or for an id alone.
        """
        call = _follow(redemption, "capture", points=points, receipt=receipt)
        return self._make(call, Redemption._read_answer)

    def void(self, redemption: Redemption | str, *, receipt: str | None = None) -> Redemption:
        """Give held points back to the member. Scope `points:redeem`. Raises as `capture` does."""
        return self._make(_follow(redemption, "void", receipt=receipt), Redemption._read_answer)

    def reverse(
        self, redemption: Redemption | str, *, points: int | None = None, receipt: str | None = None
    ) -> Reversal:
        """Return points that were paid with, `points` of them or all that are left, to where they came from.

        Scope `points:redeem`. Raises PaymentRequiredError (`reversal_too_large`), NotFoundError, IdempotencyError; with
        a signing key ValueError without `points`, or for an id alone.
        """
        return self._make(_follow(redemption, "reverse", points=points, receipt=receipt), Reversal._read_answer)

    def get(self, redemption_id: str) -> Redemption:
        """A redemption of this partner. Scope `points:read`. Raises NotFoundError (`entry_not_found`) for others."""
        call = get("/v1/redemptions/{redemption_id}", redemption_id=redemption_id)
        return self._make(call, Redemption._read_answer)


class RawRedemptions:
    """`Redemptions`, returning the answers themselves."""

    def __init__(self, redemptions: Redemptions) -> None:
        self.create = as_raw(redemptions.create)
        self.capture = as_raw(redemptions.capture)
        self.void = as_raw(redemptions.void)
        self.reverse = as_raw(redemptions.reverse)
        self.get = as_raw(redemptions.get)


def _follow(redemption: Redemption | str, verb: str, *, points: int | None = None, receipt: str | None = None) -> Call:
    fields = {"points": None if points is None else whole("points", points), "receipt": receipt}
    told, currency = (redemption.id, redemption.currency) if isinstance(redemption, Redemption) else (redemption, None)
    draw = Draw(_DRAWS[verb], points, currency) if verb in _DRAWS else None
    return post("/v1/redemptions/{redemption_id}/" + verb, fields, keyed=True, draw=draw, redemption_id=told)
