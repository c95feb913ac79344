"""Guards: who may call a view. A guarded view finds its principal in `current_principal()`.

    @blueprint.route("/quotes", methods=["POST"])
    @guard("points:read")
    @blueprint.arguments(QuoteRequest)
    @blueprint.response(200, QuoteAnswer)
    def quote(asked): ...

By default the guard reads the client's state itself, in a query of its own. With `confirm_later` the first query of the
use case reads it (`client_state_sql`) and hands it to `confirm`; an answer that leaves unconfirmed is an error.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, Response

from network.auth.authority import authority
from network.auth.domain import Principal, confirm
from network.auth.errors import InsufficientScope, InvalidToken, TokenMissing
from network.auth.repository import find_client_state
from network.auth.scopes import SCOPES
from network.kernel.errors import PeyvandError, Unauthenticated
from network.web.access import access_of, mark
from network.web.blueprint import document_operation
from network.web.current import current_request, environment
from network.web.failures import FAILURE, add_headers
from network.web.idempotency import ANSWERED
from network.web.request_ids import note_caller

View = TypeVar("View", bound=Callable[..., Any])

ANY_TOKEN = "any token"
_PLACE = "peyvand.principal"
_BEFORE_ANY_DATA = ("network.web.", "network.auth.", "network.kernel.")  # failures that no query has led to
_NOT_A_VIEW = {"HEAD", "OPTIONS"}


class UnconfirmedPrincipal(RuntimeError):
    """A view guarded with `confirm_later` has answered, and nobody has read the client's state."""


def guard(scope: str | None = None, *, confirm_later: bool = False) -> Callable[[View], View]:
    """Let only clients with this scope call a view; without a scope, any client with a token."""
    if scope is not None and scope not in SCOPES:
        raise ValueError(f"there is no scope {scope}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            principal = _authenticate(environment())
            if not confirm_later:
                confirm(principal, find_client_state(principal.client_id))
            if scope is not None and scope not in principal.scopes:
                raise InsufficientScope(scope=scope)
            return view(*arguments, **named)

        return _documented(mark(guarded, scope or ANY_TOKEN), scope)  # type: ignore[return-value]

    return decorate


def current_principal() -> Principal:
    """On whose behalf the current request runs. Only in a guarded view."""
    principal: Principal = environment()[_PLACE]
    return principal


def init_guards(app: Flask) -> None:
    """Challenges on 401 and 403, and the check that no answer leaves unconfirmed."""
    add_headers(app, Unauthenticated, challenge)
    add_headers(app, InsufficientScope, challenge)
    app.after_request(_check_confirmed)


def challenge(error: PeyvandError) -> Mapping[str, str]:
    """The WWW-Authenticate header of RFC 6750, 3: bare where no token was sent, with the reason where one was."""
    if isinstance(error, InsufficientScope):
        return {"WWW-Authenticate": f'Bearer error="{error.code}", scope="{error.extra["scope"]}"'}
    if isinstance(error, InvalidToken):
        return {"WWW-Authenticate": f'Bearer error="{error.code}", error_description="{error.detail}"'}
    return {"WWW-Authenticate": "Bearer"}


def unguarded_routes(app: Flask) -> list[str]:
    """Routes under /v1 (`GET /v1/me`) whose view says neither which scope it needs nor that it is public."""
    return sorted(
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/") and not rule.endpoint.endswith(".static")
        for method in (rule.methods or set()) - _NOT_A_VIEW
        if access_of(_view(app, rule.endpoint, method)) is None
    )


def _view(app: Flask, endpoint: str, method: str) -> Any:
    """What answers a method: the view itself, or that method of its class unless the class is guarded as a whole."""
    view = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    return view if view_class is None or access_of(view) else getattr(view_class, method.lower(), None)


def _authenticate(environ: dict[str, Any]) -> Principal:
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer":
        raise TokenMissing
    verified = authority().verifier.verify(token.strip())
    note_caller(verified.shown_client)
    principal = Principal(verified.client_id, verified.partner_id, verified.scopes, verified.token_id)
    environ[_PLACE] = principal
    return principal


def _check_confirmed(response: Response) -> Response:
    request = current_request()
    principal: Principal | None = request.environ.get(_PLACE)
    if principal is None or principal.is_confirmed or not _tells_of_data(response.status_code, request.environ):
        return response
    raise UnconfirmedPrincipal(f"{request.method} {request.url_rule} answered without confirming its client")


def _tells_of_data(status: int, environ: Mapping[str, Any]) -> bool:
    """Whether an answer says what only the database knows. Refusals at the edge don't, nor do breakdowns."""
    if status < HTTPStatus.BAD_REQUEST:
        return True
    failure = environ.get(FAILURE)
    of_the_domain = failure is not None and not type(failure).__module__.startswith(_BEFORE_ANY_DATA)
    return status < HTTPStatus.INTERNAL_SERVER_ERROR and (ANSWERED in environ or of_the_domain)


def _documented(view: Callable[..., Any], scope: str | None) -> Callable[..., Any]:
    refusals = {int(status): status.name for status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)}
    return document_operation(view, security=[{"oauth2": [scope] if scope else []}], responses=refusals)
