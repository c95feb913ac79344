"""From an answer that refuses to the exception to raise: by the network's code first, then by HTTP status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from . import _errors as errors
from ._errors import APIStatusError, FieldError, PeyvandError
from ._exchange import Answer

__all__ = ["error_from"]

LONGEST_TEXT = 2000

BY_CODE: Mapping[str, type[APIStatusError]] = {
    "account_exists": errors.AccountExistsError,
    "idempotency_in_flight": errors.IdempotencyError,
    "idempotency_key_malformed": errors.IdempotencyError,
    "idempotency_key_missing": errors.IdempotencyError,
    "idempotency_key_reused": errors.IdempotencyError,
    "insufficient_points": errors.InsufficientPointsError,
    "invalid_client": errors.AuthenticationError,
}

BY_STATUS: Mapping[int, type[APIStatusError]] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    402: errors.PaymentRequiredError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    422: errors.ValidationError,
    429: errors.RateLimitError,
}


def error_from(answer: Answer, *, retry_after: float | None = None) -> PeyvandError:
    """The exception for an answer that is not 2xx; a redirect is a ResponseError, since the API has none."""
    if answer.status_code < 400:
        return answer.misunderstood("The answer is a redirect; is base_url the address of the network itself?")
    body = _body(answer)
    problem = body if isinstance(body, Mapping) else {}
    # "error" and "error_description" are OAuth's words for code and detail (RFC 6749, section 5.2).
    code = _text(problem, "code") or _text(problem, "error") or _challenge_code(answer)
    detail = _text(problem, "detail") or _text(problem, "error_description") or _text(problem, "title")
    return _kind(answer.status_code, code)(
        status_code=answer.status_code,
        code=code,
        detail=detail or _phrase(answer.status_code),
        errors=_field_errors(problem.get("errors")),
        request_id=answer.request_id or _text(problem, "request_id"),
        body=body,
        retry_after=retry_after,
    )


def _kind(status_code: int, code: str | None) -> type[APIStatusError]:
    by_code = BY_CODE.get(code or "")
    if by_code:
        return by_code
    if status_code >= 500:
        return errors.ServerError
    return BY_STATUS.get(status_code, APIStatusError)


def _body(answer: Answer) -> Any:
    try:
        return answer.json()
    except ValueError:
        # A proxy's page, most likely: enough of it to recognise it by.
        return answer.content[:LONGEST_TEXT].decode(errors="replace") or None


def _text(problem: Mapping[str, Any], name: str) -> str | None:
    value = problem.get(name)
    return value if isinstance(value, str) and value else None


def _challenge_code(answer: Answer) -> str | None:
    """The error code of an RFC 6750 challenge, for a 401 whose body was lost on the way."""
    found = re.search(r'\berror="([^"]+)"', answer.headers.get("www-authenticate", ""))
    return found.group(1) if found else None


def _field_errors(found: Any) -> list[FieldError]:
    lines = [line for line in found if isinstance(line, Mapping)] if isinstance(found, tuple) else []
    return [FieldError(pointer=str(line.get("pointer", "#")), message=str(line.get("message", ""))) for line in lines]


def _phrase(status_code: int) -> str | None:
    try:
        return HTTPStatus(status_code).phrase
    except ValueError:
        return None
