"""Where machines ask: tokens, terminals, pushed requests, introspection, revocation, keys, discovery; and who am I."""

from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Response, jsonify, request

from network.auth.errors import InvalidToken
from network.auth.guards import current_principal, guard
from network.auth.keys import published_keys
from network.auth.provider import metadata, registration
from network.auth.provider.pushed import push
from network.auth.provider.server import provider
from network.auth.repository import clients as repository
from network.auth.schemas import MeSchema
from network.infrastructure.network_clock import frozen_at
from network.web.blueprint import Blueprint

_PUBLIC_SECONDS = 300

blueprint = FlaskBlueprint("oauth", __name__)
me_blueprint = Blueprint("me", __name__, url_prefix="/v1", description="Who asks.")


@blueprint.post("/oauth/token")
def token() -> Response:
    """Tokens for credentials, a code, a refresh token or a device code (RFC 6749)."""
    return provider().create_token_response()


@blueprint.post("/oauth/par")
def pushed() -> Response:
    """An authorization request, pushed before the browser is sent (RFC 9126)."""
    return push(request)


@blueprint.post("/oauth/device")
def device() -> Response:
    """Codes for a terminal that asks to be let in (RFC 8628)."""
    return provider().create_form_response("device_authorization")


@blueprint.post("/oauth/introspect")
def introspect() -> Response:
    """Whether a token is still good (RFC 7662)."""
    return provider().create_form_response("introspection")


@blueprint.post("/oauth/revoke")
def revoke() -> Response:
    """A token is given back (RFC 7009)."""
    return provider().create_form_response("revocation")


@blueprint.post("/oauth/register")
def register() -> Response:
    """A client for the sandbox (RFC 7591)."""
    return registration.register(request)


@blueprint.get("/oauth/jwks.json")
def keys() -> Response:
    """The public keys of tokens (RFC 7517)."""
    return _cached(jsonify(keys=published_keys()))


@blueprint.get("/.well-known/oauth-authorization-server")
@blueprint.get("/.well-known/openid-configuration")
def discovery() -> Response:
    """What this authorization server can do (RFC 8414), at both places where clients look for it."""
    return _cached(jsonify(metadata.document()))


@me_blueprint.route("/me")
@guard(tills=True)
@me_blueprint.response(200, MeSchema)
def me() -> dict[str, Any]:
    """Who asks, and what they may

    For a till to check its credentials with, and to learn in which store it stands.
    """
    principal = current_principal()
    partner = repository.find_partner(principal.partner_id)
    if partner is None:
        raise InvalidToken
    code, name = partner
    stores = repository.find_stores(principal.partner_id, list(principal.stores))
    return {
        "client_id": principal.client_id,
        "partner": {"id": principal.partner_id, "code": code, "name": name},
        "scopes": sorted(principal.scopes),
        "stores": [{"id": store_id, "code": its_code, "name": its_name} for store_id, its_code, its_name in stores],
        "livemode": frozen_at() is None,
    }


def _cached(response: Response) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = _PUBLIC_SECONDS
    return response
