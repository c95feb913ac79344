"""What this room answers."""

from marshmallow import fields

from network.web.fields import Id
from network.web.schemas import AnswerSchema


class PartnerSchema(AnswerSchema):
    """The partner whose client asks."""

    id = Id("par", required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)


class StoreSchema(AnswerSchema):
    """A store that the token is bound to."""

    id = Id("sto", required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)


class MeSchema(AnswerSchema):
    """Who asks, and what they may."""

    client_id = Id("cli", required=True)
    partner = fields.Nested(PartnerSchema, required=True)
    scopes = fields.List(fields.String(), required=True)
    stores = fields.List(
        fields.Nested(StoreSchema),
        required=True,
        metadata={"description": "The stores that the token may write for; all of the partner's, if there are none."},
    )
    livemode = fields.Boolean(
        required=True, metadata={"description": "False while the network's clock is stood, as in a demonstration."}
    )
