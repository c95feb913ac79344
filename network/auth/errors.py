"""How asking can fail."""

from network.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class TokenMissing(Unauthenticated):
    detail = "This needs an access token: get one at /oauth/token and send it as `Authorization: Bearer`."


class InvalidToken(Unauthenticated):
    code = "invalid_token"
    detail = "The access token is malformed, expired or no longer valid."


class InsufficientScope(Forbidden):
    """`extra["scope"]`: the scope that was missing."""

    code = "insufficient_scope"
    detail = "The access token has not the scope that this needs."


class ClientNotFound(NotFound):
    code = "client_not_found"
    detail = "There is no such OAuth client."


class ClientRevoked(Conflict):
    code = "client_revoked"
    detail = "The OAuth client was revoked, and stays so."


class UnknownScope(Invalid):
    code = "unknown_scope"
    detail = "An OAuth client needs at least one scope, and only scopes that exist."


class BadPublicKey(Invalid):
    code = "public_key_invalid"
    detail = "A public key on the curve P-256 is needed, as PEM or as a JWK."
