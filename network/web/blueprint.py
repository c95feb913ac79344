"""The blueprint of every JSON resource: flask-smorest's, with the strict parser and with types."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import flask_smorest
from flask import Response
from marshmallow import Schema, ValidationError, missing

from network.web.current import current_request
from network.web.parsing import StrictParser, read_body

View = TypeVar("View", bound=Callable[..., Any])
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # ships no types
    """Use it as flask-smorest's own. Decorators from outside in: route, guard, arguments, response."""

    ARGUMENTS_PARSER = StrictParser()

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view and its documentation; its name is the operation's, for those who generate clients."""
        register: Callable[[View], View] = super().route(rule, **options)

        def decorate(view: View) -> View:
            named = view if isinstance(view, type) else document_operation(view, operationId=view.__name__)
            return register(named)

        return decorate

    def arguments(self, schema: type[Schema] | Schema, *, location: str = "json", **options: Any) -> Decorator:
        """Parse the body (or `location="query"`) and give it to the view as its next positional argument."""
        # webargs would make a new schema of a class for every request, which costs more than loading with it
        once = schema() if isinstance(schema, type) else schema
        decorate: Decorator = super().arguments(once, location=location, **options)
        return decorate if location != "json" or options else _read_plainly(once, decorate)

    def response(self, status: int, schema: type[Schema] | Schema | None = None, **options: Any) -> Decorator:
        """Document the answer, and dump what the view returns unless that is a response already."""
        return _dump_unless_response(super().response(status, schema, **options))


def _read_plainly(schema: Schema, by_webargs: Decorator) -> Decorator:
    """Load a body that is right without webargs; whatever is wrong, webargs reads it again and tells."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        parsing = by_webargs(view)

        @wraps(parsing)
        def read(*arguments: Any, **named: Any) -> Any:
            body = read_body(current_request())
            try:
                loaded = schema.load({} if body is missing else body)
            except ValidationError:
                return parsing(*arguments, **named)
            return view(*arguments, loaded, **named)

        return read

    return decorate


def _dump_unless_response(by_smorest: Decorator) -> Decorator:
    """Let flask-smorest document the answer, and dump it only where the view has not written it itself."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        dump = by_smorest(lambda outcome: outcome)

        @wraps(by_smorest(view))
        def answer(*arguments: Any, **named: Any) -> Any:
            outcome = view(*arguments, **named)
            return outcome if isinstance(outcome, Response) else dump(outcome)

        return answer

    return decorate


def document_operation(view: View, **documentation: Any) -> View:
    """Add to what OpenAPI says of a view: members are merged, lists appended."""
    documents: dict[str, Any] = {**getattr(view, "_apidoc", {})}
    documents["manual_doc"] = _merged(documents.get("manual_doc", {}), documentation)
    view.__dict__["_apidoc"] = documents
    return view


def _merged(before: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(before)
    for name, value in more.items():
        known = merged.get(name)
        if isinstance(known, Mapping) and isinstance(value, Mapping):
            merged[name] = _merged(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            merged[name] = [*known, *value]
        else:
            merged[name] = value
    return merged
