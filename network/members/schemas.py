"""The shapes of the members' requests and answers."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from network.members.domain import KnownBy, MemberStatus
from network.members.domain.member import LOCALES
from network.web.fields import Id, Instant, Pattern, Text
from network.web.schemas import AnswerSchema, RequestSchema

_LONGEST_TYPED = 64  # characters: a number in any digits, with spaces and dashes
_LONGEST_EMAIL = 254


class EnrolRequest(RequestSchema):
    """A new member. Everything may be left out: a card alone makes a member."""

    name = Text(maximum=120, allow_none=True)
    phone = Text(
        maximum=_LONGEST_TYPED,
        allow_none=True,
        metadata={"description": "E.164, or the national form of Iran: +989123456789, 0912 345 6789."},
    )
    email = Text(maximum=_LONGEST_EMAIL, allow_none=True)
    card_number = Text(
        maximum=_LONGEST_TYPED,
        allow_none=True,
        metadata={"description": "Of a card of this network; the network makes one if it is left out."},
    )
    locale = fields.String(allow_none=True, validate=validate.OneOf(LOCALES))
    jurisdiction = Pattern(
        "[A-Z]{2}(-[A-Z0-9]{1,3})?",
        refusal="Must be a code of ISO 3166 such as IR or CA-QC.",
        allow_none=True,
        metadata={"description": "Whose law the points are under, ISO 3166; the network's own, if left out."},
    )


class LookupRequest(RequestSchema):
    """What the member shows: exactly one of them."""

    card_number = Text(maximum=_LONGEST_TYPED)
    phone = Text(maximum=_LONGEST_TYPED)
    alias = Text(
        maximum=_LONGEST_TYPED,
        metadata={"description": "Of the QR on the member's phone, `PV1:<alias>:<code>`."},
    )

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_options: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Exactly one of card_number, phone and alias is needed.")


class MemberAnswer(AnswerSchema):
    """A member as the calling partner sees it. `card_number` is null except in the answer of an enrolment."""

    id = Id("mbr", attribute="member.member_id", required=True)
    status = fields.String(attribute="member.status", required=True, metadata={"enum": [MemberStatus.ACTIVE.value]})
    name_masked = fields.String(required=True, allow_none=True)
    card_masked = fields.String(required=True)
    card_number = fields.String(required=True, allow_none=True)
    locale = fields.String(attribute="member.locale", required=True, metadata={"enum": list(LOCALES)})
    enrolled_at = Instant(attribute="member.enrolled_at", required=True)
    identified_by = fields.String(required=True, metadata={"enum": [each.value for each in KnownBy]})
