"""What discovery tells (RFC 8414, OpenID Connect Discovery): all that there is, and no more."""

from typing import Any

from network.auth import dpop
from network.auth.authority import authority
from network.auth.domain.details import POINTS_REDEMPTION
from network.auth.domain.registration import GRANT_TYPES, ID_TOKEN_ALGORITHMS
from network.auth.domain.requests import ONE_FACTOR, PROMPTS, TWO_FACTORS
from network.auth.provider.authentication import ASSERTION_ALGORITHMS, CONFIDENTIAL_METHODS, METHODS
from network.auth.provider.authorize import SCOPE_OF_CLAIM
from network.auth.scopes import ALL_SCOPES

_CLAIMS = ("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "member_id")


def document() -> dict[str, Any]:
    """The metadata of this authorization server."""
    issuer = authority().issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "pushed_authorization_request_endpoint": f"{issuer}/oauth/par",
        "token_endpoint": f"{issuer}/oauth/token",
        "device_authorization_endpoint": f"{issuer}/oauth/device",
        "userinfo_endpoint": f"{issuer}/oauth/userinfo",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "end_session_endpoint": f"{issuer}/oauth/logout",
        "registration_endpoint": f"{issuer}/oauth/register",
        "jwks_uri": f"{issuer}/oauth/jwks.json",
        "scopes_supported": list(ALL_SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANT_TYPES),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(ID_TOKEN_ALGORITHMS),
        "token_endpoint_auth_methods_supported": list(METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": list(CONFIDENTIAL_METHODS),
        "introspection_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "dpop_signing_alg_values_supported": list(dpop.ALGORITHMS),
        "authorization_response_iss_parameter_supported": True,
        "authorization_details_types_supported": [POINTS_REDEMPTION],
        "prompt_values_supported": list(PROMPTS),
        "acr_values_supported": [ONE_FACTOR, TWO_FACTORS],
        "claims_supported": [*_CLAIMS, *SCOPE_OF_CLAIM],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "ui_locales_supported": ["fa", "en"],
        "service_documentation": f"{issuer}/v1/docs",
    }
