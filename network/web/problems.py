"""Failures as problem documents (RFC 9457): one body for validation, the domain, and HTTP itself.

Members: `type`, `title`, `status`, `detail`, `code`, `request_id`, then `errors` if fields are to blame, then
whatever the failure itself adds. `code` is stable; `detail` is for people and may change.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, current_app

from network.infrastructure.requests import RequestInFlight
from network.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    PeyvandError,
    Refused,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from network.web.complaints import Complaint, complaint
from network.web.request_ids import request_id

MEDIA_TYPE = "application/problem+json"

STATUS_OF_KIND: Mapping[type[PeyvandError], HTTPStatus] = {
    Malformed: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Refused: HTTPStatus.PAYMENT_REQUIRED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The one table from kinds of failure to HTTP."""

_LATER = (int(HTTPStatus.SERVICE_UNAVAILABLE), int(HTTPStatus.TOO_MANY_REQUESTS))
_CONFLICT = int(HTTPStatus.CONFLICT)
_CODE_OF_STATUS = {
    HTTPStatus.BAD_REQUEST: Malformed.code,
    HTTPStatus.UNAUTHORIZED: Unauthenticated.code,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "payload_too_large",
    HTTPStatus.REQUEST_URI_TOO_LONG: "uri_too_long",
    HTTPStatus.UNPROCESSABLE_ENTITY: Invalid.code,
    HTTPStatus.INTERNAL_SERVER_ERROR: PeyvandError.code,
    HTTPStatus.SERVICE_UNAVAILABLE: Unavailable.code,
}


def status_of(error: PeyvandError) -> int:
    """The HTTP status of a named failure; 500 for one of no known kind."""
    for kind in type(error).__mro__:
        if kind in STATUS_OF_KIND:
            return int(STATUS_OF_KIND[kind])
    return int(HTTPStatus.INTERNAL_SERVER_ERROR)


def code_of_status(status: int) -> str:
    """The stable code of an HTTP error that has no better name: `not_found`, `method_not_allowed`, ..."""
    try:
        known = HTTPStatus(status)
    except ValueError:
        return f"http_{status}"
    return _CODE_OF_STATUS.get(known) or known.name.lower()


def document(
    status: int, code: str, detail: str, errors: Sequence[Complaint] = (), extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A problem document for the current request. `extra` may add members, but not replace the standard ones."""
    standard: dict[str, Any] = {
        "type": f"{current_app.config['PEYVAND_PUBLIC_URL']}/v1/problems/{code}",
        "title": title_of(code),
        "status": int(status),
        "detail": detail,
        "code": code,
        "request_id": request_id(),
    }
    if errors:
        standard["errors"] = list(errors)
    return standard | {name: value for name, value in (extra or {}).items() if name not in standard}


def document_of(error: PeyvandError) -> dict[str, Any]:
    """The problem document of a named failure."""
    errors = [complaint(error.field, error.detail)] if error.field else []
    return document(status_of(error), error.code, error.detail, errors, error.extra)


def respond_with(problem: Mapping[str, Any]) -> Response:
    """A problem document as the answer, with the advice whether to send the request again."""
    status = int(problem["status"])
    response = current_app.response_class(current_app.json.dumps(problem), status=status, content_type=MEDIA_TYPE)
    advise(response, status, str(problem["code"]))
    return response


def advise(response: Response, status: int, code: str | None = None) -> None:
    """Set `Should-Retry` where the status alone would mislead a client that follows common rules.

    Those rules repeat a 409, which helps only against a twin in flight, and a 503, which helps as nothing was done.
    """
    if status in _LATER or code == RequestInFlight.code:
        response.headers["Should-Retry"] = "true"
        response.headers.setdefault("Retry-After", "1")
    elif status == _CONFLICT:
        response.headers["Should-Retry"] = "false"


def title_of(code: str) -> str:
    """The same few words for every problem of a code: `insufficient_points` is `Insufficient points`."""
    return code.replace("_", " ").capitalize()
