"""Refresh tokens (RFC 6749, 6): rotated for public clients, with a short grace; kept for confidential ones."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, grants
from flask import request as current_request

from network.auth.domain import RefreshToken
from network.auth.provider.authentication import METHODS
from network.auth.provider.requests import Busy, proven_key
from network.auth.provider.tokens import Holder, known_holder
from network.auth.service import exchanges


class _Kept:
    """A refresh token as Authlib wants to see it."""

    def __init__(self, text: str, found: RefreshToken) -> None:
        self.text = text
        self.found = found

    def check_client(self, client: Any) -> bool:
        return bool(self.found.grant.client_id == client.client.client_id)

    def get_scope(self) -> str:
        return " ".join(self.found.scopes)


class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]  # ships no types
    """A refresh token is claimed before anything is minted: with Authlib's order several that came at once won."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def authenticate_refresh_token(self, refresh_token: str) -> _Kept | None:
        """The token, if it is this client's and, where it is bound to a key, that key was shown."""
        client = self.request.client.client
        found = exchanges.find_refresh_token(refresh_token, client)
        if found is None or (client.is_public and found.grant.jkt not in (None, proven_key(current_request))):
            return None
        return _Kept(refresh_token, found)

    def authenticate_user(self, refresh_token: _Kept) -> Holder:
        """Raises InvalidGrantError if the member is gone."""
        return known_holder(refresh_token.found.grant)

    def create_token_response(self) -> Any:
        """Exchange it first. Raises InvalidGrantError, Busy."""
        kept = self.request.refresh_token
        try:
            following = exchanges.use_refresh_token(kept.text, kept.found, self.request.client.client)
        except exchanges.NotExchanged as error:
            raise InvalidGrantError from error
        except exchanges.InFlight as error:
            raise Busy from error
        status, token, headers = super().create_token_response()
        return status, {**token, "refresh_token": following}, headers

    def revoke_old_credential(self, refresh_token: _Kept) -> None:
        """Done before."""
