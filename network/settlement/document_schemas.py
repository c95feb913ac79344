"""The shapes of statements as documents over HTTP."""

from typing import Any

from marshmallow import fields, validate

from network.kernel.identifiers import show_entry
from network.settlement.rendering import LOCALES, Format
from network.settlement.service import LineEntry
from network.wallet.domain import Operation
from network.web.fields import Id, Instant
from network.web.schemas import AnswerSchema, RequestSchema

_PREFIXES = {
    Operation.EARN: "ern",
    Operation.REDEMPTION: "rdm",
    Operation.HOLD: "rdm",
    Operation.REDEMPTION_REVERSAL: "rev",
    Operation.EARN_REVERSAL: "rev",
}


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

    data: Any = fields.List(fields.Nested(LineEntryAnswer), required=True)
    has_more = fields.Boolean(required=True)
    next_cursor = fields.String(required=True, allow_none=True)
