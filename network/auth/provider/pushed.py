"""Pushed authorization requests (RFC 9126): the parameters come from the client itself, not through a browser."""

import hashlib
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import Request, Response, jsonify

from network.auth.client_secrets import new_secret
from network.auth.domain import AuthorizationRequest, Client
from network.auth.domain.requests import PUSHED_LASTS
from network.auth.provider.authentication import METHODS, without_credentials
from network.auth.provider.authorize import check_may_push, read_request
from network.auth.provider.requests import FormRequest, check_form, prove, proven_key
from network.auth.provider.server import provider
from network.auth.repository import requests
from network.auth.service.interactions import open_request, seal_request
from network.kernel.clock import SystemClock

PREFIX = "urn:ietf:params:oauth:request_uri:"
_STATUS = 201


def push(request: Request) -> Response:
    """Answer a pushed request: the address of it, for one authorization within a minute and a half."""
    try:
        check_form(request)
        prove(request)
        client = provider().authenticate_client(FormRequest(request), METHODS, "pushed").client
        check_may_push(client)
        kept = _read(request, client)
    except OAuth2Error as error:
        error.redirect_uri = None  # Authlib would send a browser there; here the client itself has asked
        answer: Response = provider().handle_error_response(None, error)
        return answer
    uri = f"{PREFIX}{new_secret()}"
    expires_at = SystemClock().now() + PUSHED_LASTS
    requests.insert_pushed(hash_of(uri), client.client_id, seal_request(kept, uri), expires_at)
    response = jsonify(request_uri=uri, expires_in=int(PUSHED_LASTS.total_seconds()))
    response.status_code = _STATUS
    response.headers["Cache-Control"] = "no-store"
    return response


def find_pushed(uri: str, client: Client) -> AuthorizationRequest | None:
    """What was pushed under an address, if the client hasn't got its answer and the address lives."""
    sealed = requests.find_pushed(hash_of(uri), client.client_id, SystemClock().now())
    return None if sealed is None else open_request(sealed, uri)


def hash_of(uri: str) -> bytes:
    """By which a pushed request is kept."""
    return hashlib.sha256(uri.encode(errors="surrogatepass")).digest()


def _read(request: Request, client: Client) -> AuthorizationRequest:
    parameters: dict[str, Any] = {**without_credentials(request.form), "client_id": client.shown_id}
    if any("\0" in value for value in parameters.values()):
        raise InvalidRequestError("A parameter holds a NUL.")
    if "request_uri" in parameters:
        raise InvalidRequestError("A pushed request has no request_uri.")
    if parameters.get("redirect_uri") not in client.redirect_uris:
        raise InvalidRequestError("redirect_uri is none of the client's.")
    return read_request(request, parameters, client, pushed=True, jkt=proven_key(request))
