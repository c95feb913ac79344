"""The shape of a member's proof in a till's request."""

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, fields

from network.earning.commands import ProofType
from network.kernel.errors import Invalid
from network.members.domain import read_card_number, read_phone
from network.signin.domain import read_alias, read_till_code
from network.web.fields import Id, Pattern
from network.web.schemas import RequestSchema


class Shown(Pattern):
    """What a member shows or tells, in any digits, with spaces and dashes: `reads` says whether it can be that."""

    def __init__(self, reads: Callable[[str], str], pattern: str, **options: Any) -> None:
        super().__init__(pattern, **options)
        self._reads = reads

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> str:
        text = super()._deserialize(value, *arguments, **options)
        try:
            self._reads(text)
        except Invalid as refusal:
            raise ValidationError(refusal.detail) from refusal
        return text


class ProofRequest(RequestSchema):
    """Proof that the member wants this.

    `till_code`: the code that its phone shows, with exactly one of `card_number`, `phone` and `alias`, to which it
    belongs. `consent`: the approval of this burn that the member gave in its account. `card`: the card alone, where
    that was agreed with the partner.
    """

    type = fields.Enum(ProofType, by_value=True, required=True)
    code = Shown(
        read_till_code,
        "[0-9۰-۹٠-٩ -]{8,20}",
        refusal="Must be a code of eight digits.",
        metadata={"description": "Eight digits, which change every thirty seconds and are good once."},
    )
    card_number = Shown(read_card_number, "[0-9۰-۹٠-٩ -]{8,40}", refusal="Must be a card number.")
    phone = Shown(
        read_phone,
        "[0-9۰-۹٠-٩ +().-]{7,40}",
        refusal="Must be a phone number.",
        metadata={"description": "E.164, or the national form of Iran."},
    )
    alias = Shown(read_alias, "[0-9A-Za-z]{12}", refusal="Must be the alias in the member's QR.")
    approval = Id("apr", attribute="approval_id")
