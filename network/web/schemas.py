"""The bases of all request and answer schemas, and the shape of a problem for the OpenAPI document."""

from marshmallow import EXCLUDE, RAISE, Schema, fields


class RequestSchema(Schema):
    """What a client sends: an unknown name is a mistake worth telling."""

    class Meta:
        unknown = RAISE


class AnswerSchema(Schema):
    """What the network answers. Not closed: a client built from the document lives through a new member."""

    class Meta:
        unknown = EXCLUDE


class ComplaintSchema(AnswerSchema):
    """What is wrong with one field."""

    pointer = fields.String(required=True, metadata={"description": "JSON pointer, such as #/amount_minor."})
    message = fields.String(required=True)
    location = fields.String(
        metadata={"description": "Told where the field isn't in the body.", "enum": ["query", "path", "header"]}
    )


class ProblemSchema(AnswerSchema):
    """RFC 9457. Branch on `code`, which is stable; show `detail` to people."""

    type = fields.Url(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    request_id = fields.String(required=True)
    errors = fields.List(fields.Nested(ComplaintSchema))
