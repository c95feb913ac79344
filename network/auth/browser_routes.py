"""Where browsers are sent: authorization requests and the way back, logout; and what a client is told of a member."""

from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request

from network.auth.authority import authority
from network.auth.cookies import current_browser, new_browser, remember_browser
from network.auth.domain import confirm
from network.auth.errors import InsufficientScope, InteractionGone, InvalidToken
from network.auth.guards import authenticate
from network.auth.provider import authorize, logout
from network.auth.provider.authentication import find_client
from network.auth.provider.pushed import PREFIX, find_pushed, hash_of
from network.auth.provider.requests import ParametersRequest
from network.auth.provider.server import provider
from network.auth.repository.clients import find_token_state
from network.auth.service.interactions import begin_interaction, next_step
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import show
from network.sessions.cookies import clear_cookie, current_session
from network.sessions.domain import Realm
from network.sessions.service import end_session
from network.web.headers import POLICY, page_policy

blueprint = Blueprint("oauth_browser", __name__, template_folder="templates")

_SEE_OTHER = 303  # whatever brought the browser here, it goes on with a GET
_BAD_REQUEST = 400


@blueprint.route("/oauth/authorize", methods=["GET", "POST"])
def authorization() -> Response:
    """A client sends a member (RFC 6749, 4.1; OpenID Connect Core, 3.1.2)."""
    try:
        parameters = authorize.single(request.form if request.method == "POST" else request.args)
        if parameters.get("request_uri", "").startswith(PREFIX):
            return _begin_pushed(parameters)
        client = authorize.client_of(parameters)
        try:
            asked = authorize.read_request(request, parameters, client, pushed=False)
        except OAuth2Error as error:
            return _to(authorize.failed_redirect(parameters, error))
        return _begin(asked, None)
    except authorize.Unredirectable as failure:
        return _refused(str(failure))


@blueprint.get("/oauth/continue/<interaction_id>")
def proceed(interaction_id: str) -> Response:
    """The member has done what was needed: on to the next step."""
    try:
        return _to(next_step(interaction_id, current_browser(), current_session(Realm.MEMBER)))
    except (InteractionGone, PeyvandError):
        return _refused("interaction")


@blueprint.route("/oauth/userinfo", methods=["GET", "POST"])
def userinfo() -> Response:
    """What a member lets a client know (OpenID Connect Core, 5.3), by a token in the header or in the body."""
    in_body = request.method == "POST" and "Authorization" not in request.headers
    principal = authenticate(request, request.form.get("access_token") if in_body else None)
    if principal.grant_id is None or principal.member_id is None:
        confirm(principal, None)
    assert principal.grant_id is not None
    assert principal.member_id is not None
    confirm(principal, find_token_state(principal.client_id, principal.grant_id))
    if "openid" not in principal.scopes:
        raise InsufficientScope(scope="openid")
    claims = authority().claims_of(principal.member_id, principal.scopes)
    if claims is None:
        raise InvalidToken
    subject = show("mbr", principal.member_id)
    return jsonify({**claims, "sub": subject, "member_id": subject})


@blueprint.route("/oauth/logout", methods=["GET", "POST"])
def end_of_session() -> Response:
    """A client has a member signed out here too (OpenID Connect RP-Initiated Logout 1.0)."""
    try:
        parameters = authorize.single(request.form if request.method == "POST" else request.args)
        checked = provider().validate_endpoint_request("end_session", ParametersRequest(request, parameters))
    except (authorize.Unredirectable, OAuth2Error):
        return _refused("logout")
    session = current_session(Realm.MEMBER)
    subject = None if session is None else show("mbr", session.subject_id)
    if session is not None and not logout.means(checked, session, subject):
        confirmation = logout.confirmation_of(session)
        if request.method != "POST" or parameters.get("confirmation") != confirmation:
            return _ask_to_sign_out(parameters, confirmation, checked.redirect_uri)
    if session is not None:
        end_session(Realm.MEMBER, session.subject_id, session.session_id)
    target = checked.redirect_uri
    response = _to(target) if target else make_response(render_template("auth/signed_out.html"))
    clear_cookie(response, Realm.MEMBER)
    return response


def _begin_pushed(parameters: dict[str, str]) -> Response:
    """RFC 9126, 4: what was pushed counts, nothing that came with the address does."""
    client = find_client(parameters.get("client_id", ""))
    asked = None if client is None else find_pushed(parameters["request_uri"], client)
    if asked is None:
        raise authorize.Unredirectable("request_uri")
    return _begin(asked, hash_of(parameters["request_uri"]))


def _begin(asked: Any, pushed_hash: bytes | None) -> Response:
    browser = current_browser() or new_browser()
    interaction_id = begin_interaction(asked, browser, pushed_hash)
    response = _to(next_step(interaction_id, browser, current_session(Realm.MEMBER)))
    remember_browser(response, browser)
    return response


def _ask_to_sign_out(parameters: dict[str, str], confirmation: str, target: str | None) -> Response:
    kept = {name: parameters[name] for name in logout.CARRIED if name in parameters}
    response = make_response(render_template("auth/sign_out.html", kept=kept, confirmation=confirmation))
    if target:
        parts = urlsplit(target)
        place = f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
        # browsers hold the form to where its answer leads, too
        response.headers[POLICY] = page_policy([place])
    return response


def _to(address: str) -> Response:
    response = redirect(address, code=_SEE_OTHER)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response  # type: ignore[return-value]


def _refused(what: str) -> Response:
    response = make_response(render_template("auth/refused.html", what=what), _BAD_REQUEST)
    response.headers["Cache-Control"] = "no-store"
    return response
