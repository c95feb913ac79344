"""The shapes of the till's requests and answers."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from network.earning.commands import Source
from network.earning.proof_schemas import ProofRequest
from network.partners.domain import PointType
from network.web.fields import (
    AmountMinor,
    AmountMinorOrZero,
    Currency,
    Day,
    Id,
    Instant,
    Points,
    Reference,
    Whole,
)
from network.web.pagination import PageQuery
from network.web.schemas import AnswerSchema, RequestSchema

_OPERATIONS = (
    "earn",
    "redemption",
    "hold",
    "capture",
    "void",
    "lapse",
    "redemption_reversal",
    "earn_reversal",
)


class ReceiptSignature(fields.String):
    """The network's signature of an answer's receipt (docs/proof.md)."""

    def __init__(self) -> None:
        told = "ES256 over the receipt's text, as base64url; null for a line of a batch, whose GET has it."
        super().__init__(required=True, allow_none=True, metadata={"description": told})


def _told_type() -> fields.String:
    """The type of points in an answer."""
    return fields.String(required=True, metadata={"enum": [each.value for each in PointType]})


def _asked_type() -> fields.Field[PointType]:
    """The type of points in a request."""
    told = "Of which type the points are; base, if left out. What a point buys is the same for all."
    return fields.Enum(PointType, by_value=True, metadata={"description": told})


class QuoteRequest(RequestSchema):
    """What would this basket earn, and could these points be burned?"""

    member = Id("mbr", required=True)
    currency = Currency(required=True)
    amount_minor = AmountMinorOrZero(metadata={"description": "The basket, in minor units."})
    points = Points(metadata={"description": "Points that the member would like to pay with."})
    point_type = _asked_type()


class QuoteAnswer(AnswerSchema):
    """A quote. The redeemable members are null for a partner that may not see the balance."""

    member = fields.String(required=True)
    currency = fields.String(required=True)
    earn_points = fields.Integer(required=True, allow_none=True)
    point_type = _told_type()
    redeemable_points = fields.Integer(required=True, allow_none=True)
    redeemable_minor = fields.Integer(required=True, allow_none=True)
    points = fields.Integer(required=True, allow_none=True)
    value_minor = fields.Integer(required=True, allow_none=True)
    sufficient = fields.Boolean(required=True, allow_none=True)
    as_of = Instant(required=True)


class BalanceAnswer(AnswerSchema):
    """Points of a wallet: spendable, not yet active, held, and owed."""

    available = fields.Integer(required=True)
    pending = fields.Integer(required=True)
    held = fields.Integer(required=True)
    debt = fields.Integer(required=True)


class BalanceQuery(RequestSchema):
    """As of which instant; now, if left out."""

    at = Instant()


class ExpiringAnswer(AnswerSchema):
    """Points that expire together."""

    points = fields.Integer(required=True)
    expires_at = Instant(required=True)


class PoolAnswer(AnswerSchema):
    """Points in the pool of the member's household, and how many of them this member may still spend this month."""

    available = fields.Integer(required=True)
    spendable = fields.Integer(required=True)


class MemberBalanceAnswer(BalanceAnswer):
    """A member's points, and the next ones to expire. `pool` is null for a member in no household, and for the past."""

    member = fields.String(required=True)
    as_of = Instant(required=True)
    expiring = fields.List(fields.Nested(ExpiringAnswer), required=True)
    pool = fields.Nested(PoolAnswer, required=True, allow_none=True)


class EntriesQuery(PageQuery):
    """Which page, and of which points: the member's own, or what it spent of its household's pool."""

    source = fields.Enum(Source, by_value=True, load_default=Source.OWN)


class EarnRequest(RequestSchema):
    """A purchase."""

    member = Id("mbr", required=True)
    amount_minor = AmountMinor(required=True, metadata={"description": "What was paid, in minor units."})
    currency = Currency(required=True)
    occurred_at = Instant(metadata={"description": "When it was paid; now, if left out."})
    receipt = Reference()
    store = Reference(metadata={"description": "The code of one of the partner's stores."})
    lines = fields.List(
        AmountMinor(),
        validate=validate.Length(1, 500),
        metadata={"description": "The basket's lines' amounts, in order, so that a return can name lines."},
    )
    point_type = _asked_type()


class ReturnPurchaseRequest(RequestSchema):
    """What of a purchase is returned: an amount, or lines of its basket; all that is left, if neither is told."""

    amount_minor = AmountMinor()
    lines = fields.List(
        Whole(minimum=1, maximum=500),
        validate=validate.Length(1, 500),
        metadata={"description": "Numbers of the basket's lines; 1 is the first."},
    )
    receipt = Reference()

    @validates_schema
    def _one_way(self, data: dict[str, Any], **_options: Any) -> None:
        if "amount_minor" in data and "lines" in data:
            raise ValidationError("Tell an amount or lines, not both.", "lines")


class LotAnswer(AnswerSchema):
    """Points earned together."""

    id = fields.String(required=True)
    points = fields.Integer(required=True)
    point_type = _told_type()
    activates_at = Instant(required=True)
    expires_at = Instant(required=True, allow_none=True)


class EarnAnswer(AnswerSchema):
    """A purchase that became points. `balance` is null for a partner that may not see it."""

    id = fields.String(required=True)
    member = fields.String(required=True)
    points = fields.Integer(required=True)
    amount_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    receipt = fields.String(required=True, allow_none=True)
    store = fields.String(required=True, allow_none=True)
    occurred_at = Instant(required=True)
    posted_at = Instant(required=True)
    lots = fields.List(fields.Nested(LotAnswer), required=True)
    balance = fields.Nested(BalanceAnswer, required=True, allow_none=True)
    receipt_signature = ReceiptSignature()


class RedemptionRequest(RequestSchema):
    """Points to pay with."""

    member = Id("mbr", required=True)
    points = Points(required=True)
    currency = Currency(required=True)
    proof = fields.Nested(
        ProofRequest, metadata={"description": "That the member wants this; left out with an `authorization` alone."}
    )
    capture = fields.Boolean(
        load_default=True,
        truthy={True},
        falsy={False},
        metadata={"description": "false: hold the points for a later capture."},
    )
    hold_seconds = Whole(
        minimum=60,
        maximum=604_800,
        metadata={"description": "How long a hold waits for its capture; 1800 if left out."},
    )
    source = fields.Enum(
        Source,
        by_value=True,
        metadata={"description": "Whose points: the member's own, or the pool's of its household; own, if left out."},
    )
    occurred_at = Instant()
    receipt = Reference()
    store = Reference()
    authorization = Id(
        "aut",
        metadata={"description": "A burn that the member has agreed to by itself: this one fits it, and uses it up."},
    )


class FollowUpRequest(RequestSchema):
    """How many points of a redemption are captured or returned; all that are left, if not told."""

    points = Points()
    receipt = Reference()


class VoidRequest(RequestSchema):
    """A hold is given back whole."""

    receipt = Reference()


class ReversalAnswer(AnswerSchema):
    """A return. `owed_points` were spent already: the member owes them, and later earning repays them."""

    id = fields.String(required=True)
    original = fields.String(required=True)
    member = fields.String(required=True)
    points = fields.Integer(required=True)
    owed_points = fields.Integer(required=True)
    cleared_points = fields.Integer(
        required=True, metadata={"description": "Those that were still there: what of the return settlement clears."}
    )
    amount_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    receipt = fields.String(required=True, allow_none=True)
    posted_at = Instant(required=True)
    balance = fields.Nested(BalanceAnswer, required=True, allow_none=True)
    receipt_signature = ReceiptSignature()


class RedemptionAnswer(AnswerSchema):
    """Points held or paid with, and what they are worth. `balance` is that of the wallet that they came from."""

    id = fields.String(required=True)
    member = fields.String(required=True)
    points = fields.Integer(required=True)
    captured_points = fields.Integer(required=True)
    reversed_points = fields.Integer(required=True)
    value_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    status = fields.String(required=True, metadata={"enum": ["authorized", "captured", "voided", "lapsed"]})
    source = fields.String(required=True, metadata={"enum": [each.value for each in Source]})
    hold_expires_at = Instant(required=True, allow_none=True)
    captured_at = Instant(required=True, allow_none=True)
    receipt = fields.String(required=True, allow_none=True)
    store = fields.String(required=True, allow_none=True)
    occurred_at = Instant(required=True)
    posted_at = Instant(required=True)
    balance = fields.Nested(BalanceAnswer, required=True)
    receipt_signature = ReceiptSignature()


class EntryAnswer(AnswerSchema):
    """An entry that the calling partner made."""

    id = fields.String(required=True)
    operation = fields.String(required=True, metadata={"enum": list(_OPERATIONS)})
    member = fields.String(required=True)
    points = fields.Integer(required=True)
    amount_minor = fields.Integer(required=True, allow_none=True)
    currency = fields.String(required=True, allow_none=True)
    receipt = fields.String(required=True, allow_none=True)
    store = fields.String(required=True, allow_none=True)
    occurred_at = Instant(required=True)
    posted_at = Instant(required=True)


class EntryPageAnswer(AnswerSchema):
    """A page of entries, newest first."""

    data = fields.List(fields.Nested(EntryAnswer), required=True)
    has_more = fields.Boolean(required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class StatementQuery(RequestSchema):
    """The first and the last day of a statement, in the network's own time zone; both are part of it."""

    class Meta(RequestSchema.Meta):
        include = {"from": Day(required=True)}  # noqa: RUF012  (a word of Python, so no name of a field here)

    to = Day(required=True)


class OperationTotalAnswer(AnswerSchema):
    """Own entries of one operation, added up. `change`: by how many points they changed the balance less the debt."""

    operation = fields.String(required=True, metadata={"enum": list(_OPERATIONS)})
    entries = fields.Integer(required=True)
    points = fields.Integer(required=True)
    change = fields.Integer(required=True)


class StatementAnswer(AnswerSchema):
    """A member's period. The changes of the totals, what was done elsewhere, and what expired lead from opening to
    closing, each the points of the balance less its debt.
    """

    class Meta(AnswerSchema.Meta):
        include = {"from": Day(required=True)}  # noqa: RUF012

    member = fields.String(required=True)
    to = Day(required=True)
    begins_at = Instant(required=True)
    ends_at = Instant(required=True)
    opening = fields.Nested(BalanceAnswer, required=True)
    closing = fields.Nested(BalanceAnswer, required=True)
    totals = fields.List(fields.Nested(OperationTotalAnswer), required=True)
    elsewhere_points = fields.Integer(
        required=True, metadata={"description": "What all others gave and took, as one sum; negative: they took more."}
    )
    expired_points = fields.Integer(required=True)
    expiring = fields.List(fields.Nested(ExpiringAnswer), required=True)
    entries = fields.List(fields.Nested(EntryAnswer), required=True)


class ClaimAnswer(AnswerSchema):
    """Who owes whom for one leg of a movement. `amount`: exact, in major units; rounding is done once per cycle."""

    leg = fields.String(required=True, metadata={"enum": ["issue", "redemption", "deferred"]})
    debtor = fields.String(required=True)
    creditor = fields.String(required=True)
    amount = fields.String(required=True)


class ExplainedMovementAnswer(AnswerSchema):
    """What an entry did to one lot, and what that makes due. `origin_lot`: as which moved points were issued."""

    lot = fields.String(required=True)
    origin_lot = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    points = fields.Integer(required=True)
    issuer = fields.String(required=True)
    issuer_contract_version = fields.Integer(required=True)
    point_type = _told_type()
    redeemer = fields.String(required=True, allow_none=True)
    redeemer_contract_version = fields.Integer(required=True, allow_none=True)
    claims = fields.List(fields.Nested(ClaimAnswer), required=True)


class RuleAnswer(AnswerSchema):
    """The earning rule of the purchase's own day."""

    points_per_unit = fields.String(required=True)
    pending_days = fields.Integer(required=True)
    return_policy = fields.String(required=True)


class ExplanationAnswer(AnswerSchema):
    """Why an entry is as it is."""

    id = fields.String(required=True)
    operation = fields.String(required=True)
    points = fields.Integer(required=True)
    cycle = fields.String(required=True, allow_none=True)
    rule = fields.Nested(RuleAnswer, required=True, allow_none=True)
    movements = fields.List(fields.Nested(ExplainedMovementAnswer), required=True)
