"""Token endpoint, keys and discovery; and who am I."""

from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Response, current_app, jsonify

from network.auth import repository
from network.auth.authority import authority
from network.auth.errors import InvalidToken
from network.auth.guards import current_principal, guard
from network.auth.keys import published_keys
from network.auth.schemas import MeSchema
from network.auth.scopes import SCOPES
from network.auth.server import AUTHENTICATION_METHODS, GRANT, TokenServer
from network.infrastructure.network_clock import frozen_at
from network.web.blueprint import Blueprint

TOKEN_SERVER = "peyvand.token_server"
_PUBLIC_SECONDS = 300

blueprint = FlaskBlueprint("oauth", __name__)
me_blueprint = Blueprint("me", __name__, url_prefix="/v1", description="Who asks.")


@blueprint.post("/oauth/token")
def token() -> Response:
    """An access token for a client's credentials (RFC 6749, 4.4)."""
    server: TokenServer = current_app.extensions[TOKEN_SERVER]
    return server.create_token_response()


@blueprint.get("/oauth/jwks.json")
def keys() -> Response:
    """The public keys of access tokens (RFC 7517)."""
    return _cached(jsonify(keys=published_keys()))


@blueprint.get("/.well-known/oauth-authorization-server")
@blueprint.get("/.well-known/openid-configuration")
def discovery() -> Response:
    """What this authorization server can do (RFC 8414), at both places where clients look for it."""
    issuer = authority().issuer
    return _cached(
        jsonify(
            issuer=issuer,
            token_endpoint=f"{issuer}/oauth/token",
            jwks_uri=f"{issuer}/oauth/jwks.json",
            scopes_supported=list(SCOPES),
            response_types_supported=[],
            grant_types_supported=[GRANT],
            token_endpoint_auth_methods_supported=list(AUTHENTICATION_METHODS),
            service_documentation=f"{issuer}/v1/docs",
        )
    )


@me_blueprint.route("/me")
@guard()
@me_blueprint.response(200, MeSchema)
def me() -> dict[str, Any]:
    """Who asks, and what they may

    For a till to check its credentials with.
    """
    principal = current_principal()
    partner = repository.find_partner(principal.partner_id)
    if partner is None:
        raise InvalidToken
    code, name = partner
    return {
        "client_id": principal.client_id,
        "partner": {"id": principal.partner_id, "code": code, "name": name},
        "scopes": sorted(principal.scopes),
        "livemode": frozen_at() is None,
    }


def _cached(response: Response) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = _PUBLIC_SECONDS
    return response
