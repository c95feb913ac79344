"""Settlement's shapes over HTTP."""

from marshmallow import fields

from network.settlement.domain import Leg, State
from network.web.fields import Id, Instant
from network.web.schemas import AnswerSchema

_SIGNED = "May be negative: reversals turn the sign."


class SettlementSummaryAnswer(AnswerSchema):
    """One cycle's statement. `net_minor` = redemption - issue - deferred; positive: the partner receives."""

    id = Id("stm", required=True, attribute="statement_id")
    cycle = Id("cyc", required=True, attribute="cycle_id")
    cycle_name = fields.String(required=True, metadata={"example": "USD 2017-01"})
    currency = fields.String(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    status = fields.Enum(State, by_value=True, required=True)
    issue_minor = fields.Integer(required=True, attribute="position.issue_minor", metadata={"description": _SIGNED})
    redemption_minor = fields.Integer(required=True, attribute="position.redemption_minor")
    deferred_minor = fields.Integer(required=True, attribute="position.deferred_minor")
    net_minor = fields.Integer(required=True, attribute="position.net_minor")
    stated_at = Instant(required=True)


class SettlementLineAnswer(AnswerSchema):
    """One line. `counterparty`: whose points were redeemed here, who redeemed its own, or `operator` for an issue."""

    leg = fields.Enum(Leg, by_value=True, required=True)
    counterparty = fields.String(required=True, metadata={"description": "A partner's code, or `operator`."})
    points = fields.Integer(required=True, metadata={"description": _SIGNED})
    amount_minor = fields.Integer(required=True, metadata={"description": _SIGNED})


class SettlementAnswer(SettlementSummaryAnswer):
    """A statement with its lines."""

    lines = fields.List(fields.Nested(SettlementLineAnswer), required=True)


class SettlementPageAnswer(AnswerSchema):
    """Statements, newest first."""

    data = fields.List(fields.Nested(SettlementSummaryAnswer), required=True)
    has_more = fields.Boolean(required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CycleProofAnswer(AnswerSchema):
    """A cycle's signed commitment, the same for every partner. `document`: a compact JWS (docs/proof.md)."""

    cycle = Id("cyc", required=True, attribute="cycle_id")
    cycle_name = fields.String(required=True, metadata={"example": "USD 2017-01"})
    currency = fields.String(required=True)
    number = fields.Integer(required=True, metadata={"description": "Among those of the currency, from 1."})
    document = fields.String(required=True)
    signed_at = Instant(required=True)


class CycleProofPageAnswer(AnswerSchema):
    """Signed commitments, newest first."""

    data = fields.List(fields.Nested(CycleProofAnswer), required=True)
    has_more = fields.Boolean(required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ProofKeysAnswer(AnswerSchema):
    """A JWK Set (RFC 7517): every key that receipts and proofs were ever signed with."""

    keys = fields.List(fields.Dict(), required=True)


class EntryProofAnswer(AnswerSchema):
    """That an own entry's lines are in the signed cycle: each with its place and path, as docs/proof.md has them."""

    document = fields.String(required=True)
    entry = fields.Dict(required=True)
    lines = fields.List(fields.Dict(), required=True)
