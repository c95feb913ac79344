"""Settlement's shapes over HTTP."""

import json
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from network.kernel.identifiers import show_entry
from network.partners.domain import Document
from network.settlement.domain import DisputeVerdict, Leg, State
from network.settlement.rendering import LOCALES, Format
from network.settlement.service import LineEntry
from network.wallet.domain import Operation
from network.web.fields import MOST, Id, Instant, Reference, Text, Whole
from network.web.schemas import AnswerSchema, RequestSchema

_SIGNED = "May be negative: reversals turn the sign."
_PREFIXES = {
    Operation.EARN: "ern",
    Operation.REDEMPTION: "rdm",
    Operation.HOLD: "rdm",
    Operation.REDEMPTION_REVERSAL: "rev",
    Operation.EARN_REVERSAL: "rev",
}


class SettlementSummaryAnswer(AnswerSchema):
    """One cycle's statement. `net_minor` = redemption + breakage + adjustment - issue - deferred - fee - tax - penalty;
    positive: the partner receives.
    """

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
    breakage_minor = fields.Integer(required=True, attribute="position.breakage_minor")
    fee_minor = fields.Integer(required=True, attribute="position.fee_minor")
    tax_minor = fields.Integer(
        required=True,
        attribute="position.tax_minor",
        metadata={"description": "What is owed as tax, less what is due; negative if more is due."},
    )
    penalty_minor = fields.Integer(
        required=True,
        attribute="position.penalty_minor",
        metadata={"description": "Interest on what was paid late; negative: days that are given back."},
    )
    adjustment_minor = fields.Integer(required=True, attribute="position.adjustment_minor")
    net_minor = fields.Integer(required=True, attribute="position.net_minor")
    stated_at = Instant(required=True)


class SettlementLineAnswer(AnswerSchema):
    """One line. `counterparty`: whose points were redeemed here, who redeemed its own, or `operator` for an issue."""

    leg = fields.Enum(Leg, by_value=True, required=True)
    base_leg = fields.Enum(
        Leg, by_value=True, required=True, allow_none=True, metadata={"description": "Of a tax: what it is on."}
    )
    document = fields.Enum(
        Document, by_value=True, required=True, metadata={"description": "Which document tells of it."}
    )
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


class DisputeRequest(RequestSchema):
    """What is wrong. `leg` and `counterparty`, as the statement shows them, name one line; without both, all of it."""

    claimed_minor = Whole(
        minimum=-MOST,
        required=True,
        metadata={"description": "How much more is due than stated; less, if negative. Not 0."},
    )
    reason = Text(required=True, maximum=500)
    leg = fields.Enum(Leg, by_value=True)
    counterparty = Reference()
    base_leg = fields.Enum(
        Leg, by_value=True, metadata={"description": "Of a tax: what it is on. Without it the first tax is meant."}
    )
    evidence = Text(maximum=4000)
    attachment = Text(maximum=500, metadata={"description": "Where more is to be found, such as a ticket's address."})

    @validates_schema
    def _names_a_line_or_none(self, data: dict[str, Any], **_: Any) -> None:
        if ("leg" in data) != ("counterparty" in data):
            raise ValidationError("Name both, or neither.", "leg" if "counterparty" in data else "counterparty")

    @validates_schema
    def _tells_the_base_of_a_tax_alone(self, data: dict[str, Any], **_: Any) -> None:
        if "base_leg" in data and data.get("leg") is not Leg.TAX:
            raise ValidationError("Only a tax is on another leg.", "base_leg")

    @validates_schema
    def _claims_something(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("claimed_minor") == 0:
            raise ValidationError("Must not be 0.", "claimed_minor")


class DisputeAnswer(AnswerSchema):
    """A dispute and what came of it: what is granted is in the statement of the cycle that was open then."""

    id = Id("dsp", required=True, attribute="dispute_id")
    settlement = Id("stm", required=True, attribute="statement_id")
    cycle = Id("cyc", required=True, attribute="cycle_id")
    currency = fields.String(required=True)
    leg = fields.Enum(Leg, by_value=True, required=True, allow_none=True)
    counterparty = fields.String(required=True, allow_none=True)
    base_leg = fields.Enum(Leg, by_value=True, required=True, allow_none=True)
    claimed_minor = fields.Integer(required=True)
    reason = fields.String(required=True)
    evidence = fields.String(required=True, allow_none=True)
    attachment = fields.String(required=True, allow_none=True)
    opened_at = Instant(required=True)
    status = fields.Enum(DisputeVerdict, by_value=True, required=True, attribute="verdict")
    granted_minor = fields.Integer(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class DisputePageAnswer(AnswerSchema):
    """Disputes, newest first."""

    data = fields.List(fields.Nested(DisputeAnswer), required=True)
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


class PartnerKeyAnswer(AnswerSchema):
    """A public key (RFC 7517), and when it could sign; `valid_until` is null while it is good."""

    kid = fields.String(required=True)
    jwk = fields.Function(lambda key: json.loads(key.jwk), required=True, metadata={"type": "object"})
    valid_from = Instant(required=True)
    valid_until = Instant(required=True, allow_none=True)


class SigningRuleAnswer(AnswerSchema):
    """Whether redemptions, captures and returns of them have to be signed, from an instant on."""

    since = Instant(required=True)
    required = fields.Boolean(required=True, attribute="is_required")


class SignerAnswer(AnswerSchema):
    """All keys that a partner ever had, and all rules, oldest first."""

    partner = Id("par", required=True, attribute="partner_id")
    code = fields.String(required=True)
    keys = fields.List(fields.Nested(PartnerKeyAnswer), required=True)
    rules = fields.List(fields.Nested(SigningRuleAnswer), required=True)


class SignersAnswer(AnswerSchema):
    """Every partner that signs what it asks, or did, or has to."""

    signers = fields.List(fields.Nested(SignerAnswer), required=True)


class EntryProofAnswer(AnswerSchema):
    """That an own entry's lines are in the signed cycle: each with its place and path, as docs/proof.md has them."""

    document = fields.String(required=True)
    entry = fields.Dict(required=True)
    lines = fields.List(fields.Dict(), required=True)


class DocumentQuery(RequestSchema):
    """`?format=pdf|html|csv|json&locale=en|fa`; without a format, `Accept` chooses."""

    format = fields.String(load_default=None, validate=validate.OneOf([form.value for form in Format]))
    locale = fields.String(load_default="en", validate=validate.OneOf(list(LOCALES)))


class LineEntryAnswer(AnswerSchema):
    """One movement of a line. `points` after what they clear: reversals are negative."""

    entry = fields.Method(
        "_entry",
        required=True,
        allow_none=True,
        metadata={"type": "string", "description": "One of your own entries; null for one that another partner made."},
    )
    operation = fields.String(required=True, allow_none=True)
    receipt = fields.String(required=True, allow_none=True)
    posted_at = Instant(required=True)
    kind = fields.String(required=True)
    lot = Id("lot", required=True, attribute="lot_id")
    points = fields.Integer(required=True)
    amount = fields.Method(
        "_amount",
        required=True,
        allow_none=True,
        metadata={"type": "string", "description": "Exact, in major units; positive: you receive."},
    )

    def _entry(self, entry: LineEntry) -> str | None:
        if entry.wallet_id is None or entry.sequence is None:
            return None
        prefix = _PREFIXES.get(Operation(entry.operation), "ent") if entry.operation else "ent"
        return show_entry(prefix, entry.wallet_id, entry.sequence)

    def _amount(self, entry: LineEntry) -> str | None:
        return None if entry.amount is None else f"{entry.amount:f}"


class LineEntryPageAnswer(AnswerSchema):
    """A line's movements in the order of posting."""

    data = fields.List(fields.Nested(LineEntryAnswer), required=True)
    has_more = fields.Boolean(required=True)
    next_cursor = fields.String(required=True, allow_none=True)
