"""Flask's error handlers: whatever was raised leaves as a problem document, or outside the API as a plain page."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
import sqlalchemy.exc
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, InternalServerError

from network.kernel.errors import PeyvandError, Unavailable
from network.web.complaints import complaints
from network.web.problems import code_of_status, document, document_of, respond_with, status_of

HeadersOf = Callable[[PeyvandError], Mapping[str, str]]
"""What a room wants in the headers of the answers to its failures, such as the challenge of a 401."""

FailurePage = Callable[[int, PeyvandError | None], Response]
"""What shows a failure to people: the page of a status, or of a named failure."""

FAILURE = "peyvand.failure"
"""Where in the WSGI environment the named failure of a request stands, for those who look at the finished answer."""

_log = logging.getLogger(__name__)
_API = ("/v1", "/oauth", "/.well-known", "/healthz")
_BELOW_API = tuple(f"{path}/" for path in _API)
_HEADERS = "peyvand.problem_headers"
_PAGE = "peyvand.failure_page"
_DATABASE_FAILURES = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.TimeoutError,
)
_DETAILS = {
    "validation_failed": "Some values are missing or not valid; `errors` says which.",
    "internal_error": "Something went wrong on our side. Quote the request id when you report it.",
    "not_found": "There is no such resource.",
    "method_not_allowed": "The resource does not know this method; `Allow` names those it knows.",
    "payload_too_large": "The body is larger than what is taken here.",
    "unsupported_media_type": "The body must be JSON, sent as application/json.",
}


def init_failures(app: Flask) -> None:
    """Register the handlers."""
    app.extensions.setdefault(_HEADERS, [])
    app.register_error_handler(PeyvandError, on_named_failure)
    app.register_error_handler(HTTPException, on_http_failure)
    for kind in _DATABASE_FAILURES:
        app.register_error_handler(kind, on_database_failure)


def add_headers(app: Flask, kind: type[PeyvandError], headers_of: HeadersOf) -> None:
    """Let the answers to one kind of failure carry headers that its room knows how to write."""
    app.extensions.setdefault(_HEADERS, []).append((kind, headers_of))


def set_failure_page(app: Flask, page: FailurePage) -> None:
    """Show failures outside the API by this page. It must not need what may have failed: database and Redis."""
    app.extensions[_PAGE] = page


def is_api(path: str) -> bool:
    """Whether machines ask here, who are answered in JSON; people get pages everywhere else."""
    if path.startswith("//"):
        path = f"/{path.lstrip('/')}"  # as routes are found
    return path in _API or path.startswith(_BELOW_API)


def on_named_failure(error: PeyvandError) -> Response | HTTPException:
    """A failure of the domain, or one of our own at the edge."""
    request.environ[FAILURE] = error
    status = status_of(error)
    if status >= 500:
        _log.error("%s: %s", error.code, error.detail, exc_info=error)
    if not is_api(request.path):
        return _page(status, error.detail, error)
    response = respond_with(document_of(error))
    for kind, headers_of in current_app.extensions[_HEADERS]:
        if isinstance(error, kind):
            response.headers.update(headers_of(error))
    return response


def on_database_failure(error: Exception) -> Response | HTTPException:
    """The database is away, or sent us away: nothing can be said but that it may work later."""
    _log.error("the database failed", exc_info=error)
    if not is_api(request.path):
        return _page(503, Unavailable.detail)
    # Not Unavailable.detail: if the connection broke during a commit, nobody knows whether something was changed.
    detail = "The service is unavailable for a moment. Send the request again, with the same key if it has one."
    return respond_with(document(503, Unavailable.code, detail))


def on_http_failure(error: HTTPException) -> Response | HTTPException:
    """werkzeug's exceptions (no such route, too large), those of webargs and Authlib, and what nobody caught."""
    if error.code is None:
        return error
    if not is_api(request.path):
        return _page(error.code, _words(error), made=error) if error.code >= 400 else error
    status = error.code
    messages = (getattr(error, "data", None) or {}).get("messages")
    if messages:
        code = code_of_status(status)
        problem = document(status, code, _DETAILS.get(code, _words(error)), complaints(messages))
    else:
        code, detail = _named(error, status)
        problem = document(status, code, detail)
    response = respond_with(problem)
    # Allow, Retry-After and above all WWW-Authenticate, which flask-smorest's own handler would swallow.
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _named(error: HTTPException, status: int) -> tuple[str, str]:
    """Code and detail of an HTTP exception: its status', or those of an OAuth error in its body."""
    oauth = _oauth_error(getattr(error, "body", None))
    if oauth:
        return str(oauth["error"]), str(oauth.get("error_description") or _words(error))
    code = code_of_status(status)
    if isinstance(error, InternalServerError) or code in _DETAILS:
        return code, _DETAILS.get(code, _DETAILS["internal_error"])
    return code, _words(error)


def _oauth_error(body: Any) -> dict[str, Any] | None:
    try:
        told = json.loads(body) if isinstance(body, (str, bytes)) else None
    except ValueError:
        return None
    return told if isinstance(told, dict) and "error" in told else None


def _words(error: HTTPException) -> str:
    return error.description or error.name


def _page(
    status: int, detail: str, error: PeyvandError | None = None, made: HTTPException | None = None
) -> Response | HTTPException:
    """A failure for people; plain text where the application has no pages."""
    plain = made or HTTPException(detail)
    plain.code = status
    page: FailurePage | None = current_app.extensions.get(_PAGE)
    if page is None:
        return plain
    response = page(status, error)
    for name, value in plain.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response
