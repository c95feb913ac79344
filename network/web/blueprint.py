"""The blueprint of every JSON resource: flask-smorest's, with the strict parser and with types."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import flask_smorest
from marshmallow import Schema

from network.web.parsing import StrictParser

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
        return decorate

    def response(self, status: int, schema: type[Schema] | Schema | None = None, **options: Any) -> Decorator:
        """Document the answer, and dump what the view returns unless that is a response already."""
        decorate: Decorator = super().response(status, schema, **options)
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
