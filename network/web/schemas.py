"""The bases of all request and answer schemas, and the shape of a problem for the OpenAPI document."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, missing
from marshmallow.types import StrSequenceOrSet, UnknownOption


class _Step(NamedTuple):
    """How one field is loaded: from which name to which, by what, and what stands for it if it was left out."""

    key: str
    name: str
    field: fields.Field[Any]
    default: Any


class RequestSchema(Schema):
    """What a client sends: an unknown name is a mistake worth telling.

    What is right is loaded by the fields alone, which costs a fifth of marshmallow's own loading. Whatever they don't
    take, marshmallow loads once more: what is wrong with it is told by marshmallow alone.
    """

    class Meta:
        unknown = RAISE

    def load(
        self,
        data: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        many: bool | None = None,
        partial: bool | StrSequenceOrSet | None = None,
        unknown: UnknownOption | None = None,
    ) -> Any:
        """As marshmallow's. Raises ValidationError."""
        if isinstance(data, dict) and self._steps is not None and many is partial is unknown is None:
            loaded = self._loaded(data, self._steps)
            if loaded is not None:
                return loaded
        return super().load(data, many=many, partial=partial, unknown=unknown)

    @cached_property
    def _steps(self) -> Sequence[_Step] | None:
        """None if fields alone don't make this schema: it has hooks, or a callable default."""
        if self.many or self.partial or self.unknown != RAISE or any(self._hooks.values()):
            return None
        steps = [
            _Step(field.data_key or name, field.attribute or name, field, field.load_default)
            for name, field in self.load_fields.items()
        ]
        by_fields_alone = all(
            not (step.field.pre_load or step.field.post_load or callable(step.default) or "." in step.name)
            for step in steps
        )
        return steps if by_fields_alone else None

    def _loaded(self, data: dict[str, Any], steps: Sequence[_Step]) -> dict[str, Any] | None:
        """What the fields make of an object; None unless each takes what is there, and nothing else is."""
        loaded: dict[str, Any] = {}
        left = len(data)
        try:
            for key, name, field, default in steps:
                value = data.get(key, missing)
                if value is missing:
                    if field.required:
                        return None
                    if default is not missing:
                        loaded[name] = default
                    continue
                left -= 1
                if value is None:
                    if not field.allow_none:
                        return None
                    loaded[name] = None
                    continue
                loaded[name] = value = field._deserialize(value, key, data)
                for validate in field.validators:
                    validate(value)
        except ValidationError:
            return None
        return None if left else loaded


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
