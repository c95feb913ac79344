"""Guards: who may call a view. A guarded view finds its principal in `current_principal()`.

    @blueprint.route("/quotes", methods=["POST"])
    @guard("points:read")
    @blueprint.arguments(QuoteRequest)
    @blueprint.response(200, QuoteAnswer)
    def quote(asked): ...

By default the guard reads the client's state itself, in a query of its own. With `confirm_later` the first query of the
use case reads it (`client_state_sql`) and hands it to `confirm`; an answer that leaves unconfirmed is an error. Of a
token that carries a grant the guard always reads both states itself: what the use case reads has no grant in it.

A member's consent and a terminal's token open what says so, and nothing else: `member="member_id"` lets a consent in
where that part of the path is its member; `tills=True` lets in what is bound to stores, and the use case looks at them.
"""

import math
import time
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, Request, Response

from network.auth import dpop
from network.auth.authority import authority
from network.auth.domain import Principal, confirm
from network.auth.errors import (
    ClientTooFast,
    DpopRefused,
    InsufficientScope,
    InvalidToken,
    NonceNeeded,
    NotForThisToken,
    TokenMissing,
)
from network.auth.repository.clients import find_client_state, find_token_state
from network.auth.scopes import SCOPES
from network.kernel.errors import PeyvandError, Unauthenticated
from network.kernel.identifiers import show
from network.web.access import access_of, mark
from network.web.blueprint import document_operation
from network.web.current import current_request, environment
from network.web.failures import FAILURE, add_headers
from network.web.idempotency import ANSWERED
from network.web.limits import count_stranger
from network.web.request_ids import note_caller

View = TypeVar("View", bound=Callable[..., Any])

ANY_TOKEN = "any token"
_ALGORITHMS = f'algs="{" ".join(dpop.ALGORITHMS)}"'
_PLACE = "peyvand.principal"
_BEFORE_ANY_DATA = ("network.web.", "network.auth.", "network.kernel.")  # failures that no query has led to
_NOT_A_VIEW = {"HEAD", "OPTIONS"}
_STRANGE = (TokenMissing, InvalidToken, DpopRefused)  # to be told another nonce is nobody's fault
_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)


class UnconfirmedPrincipal(RuntimeError):
    """A view guarded with `confirm_later` has answered, and nobody has read the client's state."""


def guard(
    scope: str | None = None, *, confirm_later: bool = False, member: str | None = None, tills: bool = False
) -> Callable[[View], View]:
    """Let only clients with this scope call a view; without a scope, any client with a token.

    `member`: the part of the path that has to name the member whose consent the token is of; without it no such token
    opens the view. `tills`: so may terminals, and other clients that are bound to stores.
    """
    if scope is not None and scope not in SCOPES:
        raise ValueError(f"there is no scope {scope}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            try:
                principal = authenticate(current_request())
            except _STRANGE:
                count_stranger()
                raise
            if principal.grant_id is not None:
                confirm(principal, find_token_state(principal.client_id, principal.grant_id))
                _check_member(principal, named.get(member) if member else None)
            elif not confirm_later:
                confirm(principal, find_client_state(principal.client_id))
            if principal.stores and not tills:
                raise NotForThisToken
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
    add_headers(app, NotForThisToken, challenge)
    add_headers(app, NonceNeeded, lambda error: {dpop.NONCE_HEADER: dpop.current_nonce()})
    app.after_request(_check_confirmed)


def challenge(error: PeyvandError) -> Mapping[str, str]:
    """The WWW-Authenticate header of RFC 6750, 3: bare where no token was sent, with the reason where one was; in the
    scheme in which the token came (RFC 9449, 7.1).
    """
    if isinstance(error, InsufficientScope):
        return _challenge(f'error="{error.code}", scope="{error.extra["scope"]}"')
    if isinstance(error, NotForThisToken):  # the RFC has three codes; this one is the nearest
        return _challenge(f'error="{InsufficientScope.code}", error_description="{error.detail}"')
    if isinstance(error, InvalidToken):
        return _challenge(f'error="{error.code}", error_description="{error.detail}"')
    if isinstance(error, DpopRefused | NonceNeeded):
        return {"WWW-Authenticate": f'DPoP error="{error.code}", {_ALGORITHMS}'}
    return {"WWW-Authenticate": "Bearer"}


def _challenge(why: str) -> Mapping[str, str]:
    is_proven = current_request().headers.get("Authorization", "").lower().startswith("dpop ")
    return {"WWW-Authenticate": f"DPoP {why}, {_ALGORITHMS}" if is_proven else f"Bearer {why}"}


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


def authenticate(request: Request, token: str | None = None) -> Principal:
    """Whom the access token of a request speaks for, not confirmed yet. `token`: one that came in the body instead.

    Raises TokenMissing, InvalidToken, DpopRefused, NonceNeeded, ClientTooFast.
    """
    environ = request.environ
    scheme, _, sent = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    is_proven = scheme.lower() == "dpop"
    if token is None:
        if not is_proven and scheme.lower() != "bearer":
            raise TokenMissing
        token = sent.strip()
    held = authority()
    verified = held.verifier.verify(token)
    if is_proven or verified.jkt is not None:
        _check_possession(request, verified.jkt if is_proven else None, token)
    note_caller(verified.shown_client)
    if held.pace is not None and (seconds := held.pace.wait(verified.shown_client, time.monotonic())):
        raise ClientTooFast(retry_after=math.ceil(seconds))
    principal = Principal(
        verified.client_id,
        verified.partner_id,
        verified.scopes,
        verified.token_id,
        verified.grant_id,
        verified.member_id,
        verified.stores,
    )
    environ[_PLACE] = principal
    return principal


def _check_possession(request: Request, jkt: str | None, token: str) -> None:
    """A token that is bound to a key comes with a proof of it, and one that isn't doesn't (RFC 9449, 7)."""
    if jkt is None:
        raise InvalidToken("An access token that is bound to a key is sent as `DPoP`, any other as `Bearer`.")
    proofs = request.headers.getlist(dpop.HEADER)
    if len(proofs) != 1:
        raise DpopRefused
    url = f"{authority().issuer}{request.path}"
    if dpop.verify_proof(proofs[0], method=request.method, url=url, access_token=token) != jkt:
        raise DpopRefused("The DPoP proof is of another key than the access token.")


def _check_member(principal: Principal, member: str | None) -> None:
    """A consent opens its own member's data, where the view knows which part of its path that is."""
    if principal.member_id is not None and member != show("mbr", principal.member_id):
        raise NotForThisToken


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
    refusals = {int(status): status.name for status in _REFUSALS}
    return document_operation(view, security=[{"oauth2": [scope] if scope else []}], responses=refusals)
