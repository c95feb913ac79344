"""Authorization requests: read, checked, pushed (RFC 9126), and the failures that go back to the client."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.errors import UnauthorizedClientError
from flask import Request

from network.auth.domain import AuthorizationRequest, Client
from network.auth.domain.details import POINTS_REDEMPTION, RedemptionDetail, read_detail
from network.auth.domain.requests import PROMPTS, SILENT
from network.auth.provider.authentication import find_client
from network.auth.provider.requests import ParametersRequest
from network.auth.provider.server import provider
from network.auth.provider.tokens import read_id_token
from network.auth.scopes import CONSENT_SCOPES
from network.auth.service.interactions import redirect_with
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read, show
from network.kernel.letters import is_printable

SCOPE_OF_CLAIM = {
    "name": "profile",
    "locale": "profile",
    "email": "email",
    "email_verified": "email",
    "phone_number": "phone",
    "phone_number_verified": "phone",
}
"""The claims that there are beside those of every id token, and the scope that shows each."""

_LONGEST = 4096
_LONGEST_PURPOSE = 300
_MOST_DETAILS = 5


class Unredirectable(Exception):
    """A request that can't be answered at the client, for nobody knows that it is the client's: a page says so."""


class RequestNotSupported(OAuth2Error):  # type: ignore[misc]  # ships no types
    error = "request_not_supported"
    description = "Request objects are not supported."


class RequestUriNotSupported(OAuth2Error):  # type: ignore[misc]
    error = "request_uri_not_supported"
    description = "The only request_uri is that of a pushed request."


class InvalidAuthorizationDetails(OAuth2Error):  # type: ignore[misc]
    error = "invalid_authorization_details"


def client_of(parameters: Mapping[str, str]) -> Client:
    """The active client that asks, by a redirect URI of its own. Raises Unredirectable."""
    client = find_client(parameters.get("client_id", ""))
    if client is None or client.state != "active":
        raise Unredirectable("client")
    if parameters.get("redirect_uri") not in client.redirect_uris:
        raise Unredirectable("redirect_uri")
    return client


def single(parameters: Any) -> dict[str, str]:
    """The parameters of a request, each of which stands in it once (RFC 6749, 3.1). Raises Unredirectable."""
    if any(len(values) > 1 or "\0" in values[0] for _, values in parameters.lists()):
        raise Unredirectable("twice")
    return dict(parameters.items())


def read_request(
    request: Request, parameters: Mapping[str, str], client: Client, *, pushed: bool, jkt: str | None = None
) -> AuthorizationRequest:
    """A client's request, checked. `jkt`: the key that was shown when it was pushed.

    Raises OAuth2Error: to be told at the client, whose redirect URI is known to be its own.
    """
    if "request" in parameters:
        raise RequestNotSupported
    if "request_uri" in parameters:
        raise RequestUriNotSupported
    if client.require_par and not pushed:
        raise InvalidRequestError("This client has to push its requests.")
    if parameters.get("response_type") != "code":  # Authlib would repeat what was sent, and break on quotation marks
        raise _error("unsupported_response_type", "The only response type is code.")
    if parameters.get("response_mode", "query") != "query":
        raise InvalidRequestError("The only response mode is query.")
    if any(len(value) > _LONGEST for value in parameters.values()):
        raise InvalidRequestError("A parameter is too long.")
    _check_by_authlib(request, parameters)
    claims = _object(parameters, "claims")
    told = _told_claims(claims)
    scopes = _scopes(parameters, client, told)
    enrolment = _object(parameters, "enrolment_claims")
    if enrolment and not pushed:
        raise InvalidRequestError("enrolment_claims are pushed: an address is no place for them.")
    bound = parameters.get("dpop_jkt") or jkt
    if jkt is not None and bound != jkt:
        raise _error("invalid_dpop_proof", "dpop_jkt is not of the key of the proof.")
    return AuthorizationRequest(
        client_id=client.client_id,
        redirect_uri=parameters["redirect_uri"],
        scopes=scopes,
        code_challenge=parameters["code_challenge"],
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        prompts=_prompts(parameters),
        max_age=_max_age(parameters),
        login_hint=parameters.get("login_hint"),
        hinted_subject=_hinted(parameters, claims),
        required_acr=_required_acr(claims),
        ui_locales=tuple(parameters.get("ui_locales", "").split()),
        claims=told,
        details=_details(parameters, client),
        enrolment_claims=enrolment,
        purpose=_purpose(parameters),
        dpop_jkt=bound,
    )


def failed_redirect(parameters: Mapping[str, str], error: OAuth2Error) -> str:
    """Where a browser goes with the failure of a request whose client and redirect URI are known."""
    answer = [("error", error.error), ("error_description", error.get_error_description() or None)]
    return redirect_with(parameters["redirect_uri"], [*answer, ("state", parameters.get("state"))])


def _check_by_authlib(request: Request, parameters: Mapping[str, str]) -> None:
    """Client, redirect URI, response type, scope and PKCE, as Authlib knows them. Raises OAuth2Error."""
    provider().get_consent_grant(ParametersRequest(request, parameters))


def _scopes(parameters: Mapping[str, str], client: Client, claims: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What the member is asked for: the scopes, and those that show the claims asked for by name."""
    asked = set(parameters.get("scope", "").split())
    if not asked or not asked <= set(CONSENT_SCOPES):
        raise InvalidScopeError("Ask for scopes that a member can consent to.")
    by_claim = {SCOPE_OF_CLAIM[name] for names in claims.values() for name in names}
    if "openid" in asked:
        asked |= by_claim & set(client.scopes)
    return tuple(scope for scope in CONSENT_SCOPES if scope in asked)


def _told_claims(claims: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found = {}
    for place in ("id_token", "userinfo"):
        names = claims.get(place) or {}
        if not isinstance(names, dict):
            raise InvalidRequestError("claims is not as OpenID Connect Core, 5.5, has it.")
        found[place] = tuple(name for name in names if name in SCOPE_OF_CLAIM)
    return found


def _required_acr(claims: Mapping[str, Any]) -> tuple[str, ...]:
    wanted = (claims.get("id_token") or {}).get("acr")
    if not isinstance(wanted, dict) or wanted.get("essential") is not True:
        return ()
    values = wanted.get("values", [wanted.get("value")])
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def _hinted(parameters: Mapping[str, str], claims: Mapping[str, Any]) -> UUID | None:
    """The member who is meant: of an id token of ours, however old, or of the claim `sub`."""
    sub = (claims.get("id_token") or {}).get("sub")
    told = sub.get("value") if isinstance(sub, dict) else None
    if "id_token_hint" in parameters:
        try:
            told = read_id_token(parameters["id_token_hint"])["sub"]
        except ValueError as error:
            raise InvalidRequestError("id_token_hint is no id token of this provider.") from error
    try:
        return None if told is None else read("mbr", str(told))
    except PeyvandError as error:
        raise InvalidRequestError("The member who is hinted at is none.") from error


def _prompts(parameters: Mapping[str, str]) -> tuple[str, ...]:
    prompts = tuple(dict.fromkeys(parameters.get("prompt", "").split()))
    if not set(prompts) <= set(PROMPTS) or (SILENT in prompts and len(prompts) > 1):
        raise InvalidRequestError("prompt is none, or some of login, consent and create.")
    return prompts


def _max_age(parameters: Mapping[str, str]) -> int | None:
    told = parameters.get("max_age")
    if told is None:
        return None
    if not told.isascii() or not told.isdigit() or len(told) > 9:
        raise InvalidRequestError("max_age is a number of seconds.")
    return int(told)


def _purpose(parameters: Mapping[str, str]) -> str | None:
    told = parameters.get("purpose")
    if told is not None and (len(told) > _LONGEST_PURPOSE or not is_printable(told)):
        raise InvalidRequestError("purpose is one line.")
    return told


def _details(parameters: Mapping[str, str], client: Client) -> tuple[RedemptionDetail, ...]:
    if "authorization_details" not in parameters:
        return ()
    told = _json(parameters, "authorization_details")
    if not isinstance(told, list) or not 0 < len(told) <= _MOST_DETAILS:
        raise InvalidAuthorizationDetails(f"authorization_details is a list of one to {_MOST_DETAILS}.")
    if "points:redeem" not in parameters.get("scope", "").split():
        raise InvalidAuthorizationDetails(f"{POINTS_REDEMPTION} goes with the scope points:redeem.")
    try:
        return tuple(read_detail(each, show("par", client.partner_id)) for each in told)
    except ValueError as error:
        raise InvalidAuthorizationDetails(str(error)) from error


def _object(parameters: Mapping[str, str], name: str) -> dict[str, Any]:
    told = _json(parameters, name) if name in parameters else {}
    if not isinstance(told, dict):
        raise InvalidRequestError(f"{name} is a JSON object.")
    return told


def _json(parameters: Mapping[str, str], name: str) -> Any:
    try:
        told = json.loads(parameters[name])
        json.dumps(told, ensure_ascii=False).encode()  # half a letter (a lone surrogate) can be shown to nobody
        return told
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(f"{name} is not JSON.") from error


def _error(code: str, description: str) -> OAuth2Error:
    return OAuth2Error(description, error=code)


def check_may_push(client: Client) -> None:
    """Raises UnauthorizedClientError for a client that has no authorization codes."""
    if "authorization_code" not in client.grant_types:
        raise UnauthorizedClientError
