"""Idempotency-Key in, stored answers out.

The key is unique per partner. What must not differ under one key is the SHA-256 of method, path and the body as
canonical JSON (names sorted, no spaces, ASCII): not of its bytes, because a till may write the same request anew with
its names in another order, and that is the same request.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any, Protocol, TypeVar
from uuid import UUID

from flask import Response

from network.infrastructure.context import application
from network.infrastructure.requests import Answer, Asked, RequestKey
from network.kernel.errors import PeyvandError
from network.kernel.jsontext import writer
from network.web.application import WrittenResponse
from network.web.blueprint import document_operation
from network.web.current import current_request, environment
from network.web.errors import IdempotencyKeyMalformed, IdempotencyKeyMissing
from network.web.parsing import json_body
from network.web.problems import MEDIA_TYPE, advise, document_of, status_of

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
ANSWERED = "peyvand.answered"
"""Where in the WSGI environment it stands that the domain has answered, for those who look at the finished answer."""

_IN_ENVIRONMENT = "HTTP_IDEMPOTENCY_KEY"
_LONGEST = 255
_PRINTABLE = re.compile(r"[\x20-\x7e]+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\["\\])*"')  # a string of structured fields (RFC 9651)
_ESCAPED = re.compile(r'\\(["\\])')
_canonical = writer(ascii_only=True, sort_names=True)

View = TypeVar("View", bound=Callable[..., Any])


class Caller(Protocol):
    """Whoever asks, as far as keys are concerned."""

    @property
    def partner_id(self) -> UUID: ...


def takes_key(*, required: bool = True) -> Callable[[View], View]:
    """Say in the OpenAPI document that a view takes an idempotency key."""
    told = "The same key answers the same, however often and however late the request is repeated."
    schema = {"type": "string", "minLength": 1, "maxLength": _LONGEST}
    parameter = {"in": "header", "name": HEADER, "required": required, "description": told, "schema": schema}
    return lambda view: document_operation(view, parameters=[parameter])


def request_key(caller: Caller) -> RequestKey:
    """The key of the current request. Raises IdempotencyKeyMissing, IdempotencyKeyMalformed."""
    key = optional_request_key(caller)
    if key is None:
        raise IdempotencyKeyMissing(field=HEADER)
    return key


def optional_request_key(caller: Caller) -> RequestKey | None:
    """The key of the current request, or None if it has none. Raises IdempotencyKeyMalformed."""
    request = current_request()
    told = request.environ.get(_IN_ENVIRONMENT)
    if told is None:
        return None
    return RequestKey(caller.partner_id, read_key(told), body_hash(request.method, request.path, json_body(request)))


def read_key(told: str) -> str:
    """The key in a header's value; `"abc"` and `abc` are the same key. Raises IdempotencyKeyMalformed."""
    key = told.strip()
    if key.startswith('"'):
        if not _QUOTED.fullmatch(key):
            raise IdempotencyKeyMalformed(field=HEADER)
        key = _ESCAPED.sub(r"\1", key[1:-1])
    if len(key) > _LONGEST or not _PRINTABLE.fullmatch(key):
        raise IdempotencyKeyMalformed(field=HEADER)
    return key


def body_hash(method: str, path: str, body: Any) -> bytes:
    """SHA-256 of what is asked: 32 bytes."""
    return hashlib.sha256(f"{method} {path}\n{_canonical(body)}".encode()).digest()


def asked(key: RequestKey, present: Callable[[Any], str]) -> Asked:
    """The key with the ways to write down a result (`present`, as JSON text) and a refusal (a problem document)."""
    return Asked(key, present, refusal)


def refusal(error: PeyvandError) -> Answer:
    """A named failure as an answer to be kept."""
    return Answer(status_of(error), application().json.dumps(document_of(error)))


def respond(answer: Answer, location: str | None = None) -> Response:
    """A finished answer as a response, marked if it was given before. `location`: of what it made."""
    environment()[ANSWERED] = True
    media_type = "application/json" if answer.status < 400 else MEDIA_TYPE
    response = WrittenResponse(answer.body, answer.status, media_type)
    if answer.replayed:
        response.headers[REPLAYED] = "true"
    if location and answer.status < 400:
        response.headers["Location"] = location
    advise(response, answer.status)
    return response
