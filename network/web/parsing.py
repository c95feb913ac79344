"""Reading requests strictly: what is silently misread here becomes a wrong posting there.

webargs alone takes a body of another content type for an empty one, accepts NaN and a name given twice, lets a number
of 5,000 digits or ten thousand brackets crash the view, and ignores unknown names in the query.
"""

import json
from typing import Any, NoReturn

import marshmallow as ma
from flask import Request
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from network.web.errors import MalformedJson

_PLACE = "peyvand.json"
_JSON = "application/json"
_PLAIN_DIGITS = 5  # of a length that is surely below every limit


def json_body(req: Request) -> Any:
    """A request's body, decoded once; None if there is none.

    Raises MalformedJson, UnsupportedMediaType, RequestEntityTooLarge.
    """
    body = read_body(req)
    return None if body is missing else body


def read_body(req: Request) -> Any:
    """As `json_body`, but marshmallow's `missing` if there is no body, which may be `null` too."""
    environment = req.environ
    if _PLACE not in environment:
        environment[_PLACE] = _decoded(req)
    return environment[_PLACE]


class StrictParser(FlaskParser):
    """webargs' parser for Flask with the gaps closed."""

    def __init__(self) -> None:
        super().__init__(unknown=None)  # what a schema says of unknown names holds for the query as for the body

    def _raw_load_json(self, req: Request) -> Any:
        return read_body(req)

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """The query's parameters, each given once."""
        twice = [name for name, values in req.args.lists() if len(values) > 1]
        if twice:
            raise ma.ValidationError({name: ["Given more than once."] for name in twice})
        return req.args.to_dict()


def _decoded(req: Request) -> Any:
    body = _plain_body(req.environ)
    if body is None:
        body = _checked_body(req)
    if not body:
        return missing
    try:
        return _decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise MalformedJson from error


def _plain_body(environ: dict[str, Any]) -> bytes | None:
    """The body of a request that says plainly that it is JSON and how long; None of any other."""
    length = environ.get("CONTENT_LENGTH", "")
    plain = environ.get("CONTENT_TYPE") == _JSON and "HTTP_TRANSFER_ENCODING" not in environ
    if not plain or not length.isdecimal() or len(length) > _PLAIN_DIGITS:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _checked_body(req: Request) -> bytes:
    body = req.get_data(cache=True)
    if req.content_length is None and len(body) >= (req.max_content_length or 0):
        raise RequestEntityTooLarge  # werkzeug cuts a chunked body at the limit, and says nothing
    if not is_json_request(req):
        if body or req.mimetype:
            raise UnsupportedMediaType
        return b""
    return body


def _decode(text: str) -> Any:
    if text[0] == "{":
        value, end = _DECODER.raw_decode(text)
        if end == len(text):
            return value
    return _DECODER.decode(text)  # there is white space around it, or what should not be there


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_each_name_once, parse_constant=_no_constant)
