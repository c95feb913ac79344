"""The shapes of batches."""

from marshmallow import fields

from network.batches.domain import Status
from network.web.fields import Instant
from network.web.schemas import AnswerSchema


class BatchAnswer(AnswerSchema):
    """A file of lines, and how far it is. `done` counts what was posted, what had been before, and what was refused."""

    id = fields.String(required=True)
    status = fields.String(required=True, metadata={"enum": [each.value for each in Status]})
    total = fields.Integer(required=True, metadata={"description": "Lines, without blank ones and the header."})
    done = fields.Integer(required=True)
    posted = fields.Integer(required=True)
    duplicates = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    created_at = Instant(required=True)
    completed_at = Instant(required=True, allow_none=True)
