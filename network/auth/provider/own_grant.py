"""Client credentials (RFC 6749, 4.4): a partner's server for itself."""

from authlib.oauth2.rfc6749 import InvalidScopeError, grants

from network.auth.provider.authentication import CONFIDENTIAL_METHODS
from network.auth.scopes import SCOPES


class OwnGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]  # ships no types
    """Tokens for what the client may do by itself; what a member has to consent to is not among it."""

    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL_METHODS

    def validate_token_request(self) -> None:
        """Raises InvalidScopeError beside what Authlib's raises."""
        super().validate_token_request()
        if not set((self.request.payload.scope or "").split()) <= SCOPES.keys():
            raise InvalidScopeError
