"""How asking can fail."""

from network.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated


class TokenMissing(Unauthenticated):
    detail = "This needs an access token: get one at /oauth/token and send it as `Authorization: Bearer`."


class InvalidToken(Unauthenticated):
    code = "invalid_token"
    detail = "The access token is malformed, expired or no longer valid."


class InsufficientScope(Forbidden):
    """`extra["scope"]`: the scope that was missing."""

    code = "insufficient_scope"
    detail = "The access token has not the scope that this needs."


class ClientTooFast(TooMany):
    code = "client_too_fast"
    detail = "This client asks more often than it may; `Retry-After` says when to go on."


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


class NotForThisToken(Forbidden):
    """A member's consent opens that member's data alone; a terminal, what is done at its store."""

    code = "not_for_this_token"
    detail = "The access token was granted for something narrower than this."


class StoreNotYours(Forbidden):
    code = "store_not_yours"
    detail = "The access token is bound to other stores: name one of them as `store`."


class BadMetadata(Invalid):
    """The registration data of a client contradicts itself, or the rules."""

    code = "invalid_client_metadata"
    detail = "The registration data of the client is not valid."


class BadRedirectUri(Invalid):
    code = "invalid_redirect_uri"
    detail = "A redirect URI is absolute, over https, without a fragment, a wildcard or a password."


class BadKey(Invalid):
    code = "invalid_client_key"
    detail = "A client's key is a public JWK: RSA of 2048 bits or more, EC on P-256, or Ed25519."


class InitialTokenInvalid(Unauthenticated):
    code = "initial_token_invalid"
    detail = "The initial access token is unknown, expired or used up."


class InteractionGone(NotFound):
    """Unknown, expired, answered, or begun in another browser."""

    code = "interaction_gone"
    detail = "This sign-in has ended, or was begun in another browser. Go back to where you came from and begin again."


class SignInNeeded(Unauthenticated):
    code = "sign_in_needed"
    detail = "Sign in to go on."


class ConsentNotFound(NotFound):
    code = "consent_not_found"
    detail = "There is no such consent."


class GrantNotFound(NotFound):
    code = "grant_not_found"
    detail = "There is no such grant."


class DeviceRequestNotFound(NotFound):
    """Unknown, expired, decided, or of another partner."""

    code = "device_request_not_found"
    detail = "No terminal waits with this code. Codes last a quarter of an hour; let the terminal show another."


class AuthorizationRefused(Forbidden):
    """There is none that fits, or it was used."""

    code = "authorization_refused"
    detail = "The member has not agreed to this redemption, or the agreement was used or has expired."


class DpopRefused(Unauthenticated):
    """RFC 9449: the proof of possession is missing, malformed, of another request, of another key, or was used."""

    code = "invalid_dpop_proof"
    detail = "The DPoP proof is missing, or not one for this request."


class NonceNeeded(Unauthenticated):
    """RFC 9449, 8 and 9: `DPoP-Nonce` of the answer holds the nonce for the next proof."""

    code = "use_dpop_nonce"
    detail = "The DPoP proof needs the nonce that this answer brings."
