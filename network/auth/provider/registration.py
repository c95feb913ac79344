"""Dynamic client registration (RFC 7591) behind an initial access token: clients for the sandbox."""

from typing import Any

from flask import Request, Response, jsonify

from network.auth.domain import Client, NewClient
from network.auth.errors import BadKey, BadMetadata, BadRedirectUri, InitialTokenInvalid, UnknownScope
from network.auth.service import register_in_sandbox

_CREATED, _BAD, _UNKNOWN = 201, 400, 401


def register(request: Request) -> Response:
    """Answer a registration: the client as it stands now, with its secret if it has one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    metadata = _body(request)
    if not isinstance(metadata, dict):
        return _failed(_BAD, "invalid_client_metadata", "Send the metadata as a JSON object.")
    try:
        client, made = register_in_sandbox(token.strip() if scheme.lower() == "bearer" else "", metadata)
    except InitialTokenInvalid as error:
        response = _failed(_UNKNOWN, "invalid_token", error.detail)
        response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return response
    except BadRedirectUri as error:
        return _failed(_BAD, "invalid_redirect_uri", error.detail)
    except (BadMetadata, BadKey, UnknownScope) as error:
        return _failed(_BAD, "invalid_client_metadata", error.detail)
    response = jsonify(metadata_of(client, made))
    response.status_code = _CREATED
    response.headers["Cache-Control"] = "no-store"
    return response


def _body(request: Request) -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError:  # brackets without end
        return None


def metadata_of(client: Client, made: NewClient | None = None) -> dict[str, Any]:
    """A client as RFC 7591 writes it, and its secret if it was just made."""
    told: dict[str, Any] = {
        "client_id": client.shown_id,
        "client_name": client.name,
        "token_endpoint_auth_method": client.auth_method,
        "grant_types": list(client.grant_types),
        "response_types": ["code"] if client.redirect_uris else [],
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "scope": " ".join(client.scopes),
        "id_token_signed_response_alg": client.id_token_alg,
        "dpop_bound_access_tokens": client.dpop_bound,
        "require_pushed_authorization_requests": client.require_par,
    }
    if client.keys:
        told["jwks"] = {"keys": [dict(key.jwk) for key in client.keys]}
    if made is not None:
        told["client_id_issued_at"] = (made.client_id.int >> 80) // 1000  # a UUIDv7 begins with its milliseconds
    if made is not None and made.client_secret:
        told |= {"client_secret": made.client_secret, "client_secret_expires_at": 0}
    return told


def _failed(status: int, error: str, description: str) -> Response:
    response = jsonify(error=error, error_description=description)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
