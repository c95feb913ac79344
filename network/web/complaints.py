"""What is wrong with which field: marshmallow's nested messages as a flat list with JSON pointers (RFC 6901)."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NotRequired, TypedDict
from urllib.parse import quote

_MOST = 100  # a body of 1 MiB can hold very many unknown names; nobody reads more
_SCHEMA = "_schema"  # where marshmallow puts what concerns an object as a whole
_LOCATIONS = {"query": "query", "querystring": "query", "headers": "header", "view_args": "path", "path": "path"}
_FRAGMENT_SAFE = "~!$&'()*+,;=:@/?"


class Complaint(TypedDict):
    """One line of a problem's `errors`. `location` is told where it isn't the body: `query`, `path` or `header`."""

    pointer: str
    message: str
    location: NotRequired[str]


def complaint(field: str, message: str, location: str | None = None) -> Complaint:
    """A complaint about a field: `amount_minor`, or `proof.card_number` for one inside another."""
    return _line(field.split("."), message, location or ("header" if "-" in field else None))


def complaints(messages: Mapping[str, Any]) -> list[Complaint]:
    """webargs' messages, `{location: {field: [message]}}`, as a flat list."""
    lines = (
        _line(path, message, _LOCATIONS.get(location))
        for location, nested in messages.items()
        for path, message in _flatten(nested, [])
    )
    return list(islice(lines, _MOST))


def _line(path: list[str], message: str, location: str | None) -> Complaint:
    pointer = "".join(f"/{_escape(step)}" for step in path if step)
    line = Complaint(pointer=f"#{pointer}", message=message)
    if location:
        line["location"] = location
    return line


def _flatten(nested: Any, path: list[str]) -> Iterator[tuple[list[str], str]]:
    if isinstance(nested, Mapping):
        for step, inner in nested.items():
            yield from _flatten(inner, path if step == _SCHEMA else [*path, str(step)])
    elif isinstance(nested, (list, tuple)):
        for inner in nested:
            yield from _flatten(inner, path)
    else:
        yield path, str(nested)


def _escape(step: str) -> str:
    """A step of a pointer inside a URI's fragment; names come from the client and may hold anything."""
    return quote(step.replace("~", "~0").replace("/", "~1"), safe=_FRAGMENT_SAFE, errors="replace")
