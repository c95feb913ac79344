"""Introspection (RFC 7662) and revocation (RFC 7009)."""

from typing import Any

from authlib.oauth2.rfc6749.errors import UnsupportedTokenTypeError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from network.auth.authority import authority
from network.auth.client_secrets import digest
from network.auth.domain import ACTIVE, RefreshToken
from network.auth.errors import InvalidToken
from network.auth.provider.authentication import CONFIDENTIAL_METHODS, METHODS, ServedClient
from network.auth.repository import grants
from network.auth.repository.clients import find_client_state, find_token_state
from network.auth.service import exchanges
from network.auth.tokens import Verified
from network.kernel.clock import SystemClock
from network.kernel.identifiers import show


class _Known:
    """An access or refresh token of ours."""

    def __init__(self, access: Verified | None = None, refresh: RefreshToken | None = None) -> None:
        self.access = access
        self.refresh = refresh

    def check_client(self, client: ServedClient) -> bool:
        """Whether it is that client's own."""
        mine = client.client.client_id
        if self.access is not None:
            return self.access.client_id == mine
        return self.refresh is not None and self.refresh.grant.client_id == mine

    def is_expired(self) -> bool:
        """An expired access token is none; of a refresh token its own end counts, and that of its grant."""
        return self.refresh is not None and not self.refresh.is_live(SystemClock().now())

    def is_revoked(self) -> bool:
        """Whether client or grant are no longer active, or the token was exchanged."""
        if self.access is not None:
            client_id, grant_id = self.access.client_id, self.access.grant_id
            state = find_token_state(client_id, grant_id) if grant_id else find_client_state(client_id)
            return state != ACTIVE
        assert self.refresh is not None
        return self.refresh.used_at is not None or find_client_state(self.refresh.grant.client_id) != ACTIVE


def _find(token: str) -> _Known | None:
    """A token, whatever it is; of garbage, None. The hint says nothing that the token doesn't."""
    found = grants.find_refresh_token(digest(token))
    if found is not None:
        return _Known(refresh=found)
    try:
        return _Known(access=authority().verifier.verify(token))
    except InvalidToken:
        return None


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]  # ships no types
    """Is a token of mine still good? Authlib's for JWTs answers nothing at all to what is none, a 500 in Flask."""

    CLIENT_AUTH_METHODS = CONFIDENTIAL_METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> _Known | None:
        """Whatever is found."""
        return _find(token_string)

    def check_permission(self, token: _Known, client: ServedClient, request: Any) -> bool:
        """A client is told of its own tokens alone."""
        return token.check_client(client)

    def introspect_token(self, token: _Known) -> dict[str, Any]:
        """What RFC 7662, 2.2, has of it."""
        told: dict[str, Any] = {"active": True, "iss": authority().issuer}
        if token.refresh is not None:
            grant = token.refresh.grant
            told |= {"token_type": "refresh_token", "client_id": show("cli", grant.client_id)}
            told |= {"scope": " ".join(token.refresh.scopes), "exp": int(token.refresh.expires_at.timestamp())}
            return told
        access = token.access
        assert access is not None
        told |= {
            "token_type": "DPoP" if access.jkt else "Bearer",
            "client_id": access.shown_client,
            "sub": access.shown_client if access.member_id is None else show("mbr", access.member_id),
            "scope": " ".join(sorted(access.scopes)),
            "aud": authority().audience,
            "jti": access.token_id,
            "exp": int(access.until),
        }
        return told | ({"cnf": {"jkt": access.jkt}} if access.jkt else {})


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """A client gives a token back: the grant it is of ends, with all its tokens.

    A token of a client for itself has no grant. It lives ten minutes, and the client's state is what ends it before.
    """

    CLIENT_AUTH_METHODS = METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> _Known | None:
        """Whatever is found."""
        return _find(token_string)

    def revoke_token(self, token: _Known, request: Any) -> None:
        """Raises UnsupportedTokenTypeError for a token that has no grant."""
        if token.refresh is not None:
            exchanges.end_grant(token.refresh.grant.grant_id, exchanges.REVOKED_BY_CLIENT)
            return
        assert token.access is not None
        if token.access.grant_id is None:
            raise NotRevocable
        exchanges.end_grant(token.access.grant_id, exchanges.REVOKED_BY_CLIENT)


class NotRevocable(UnsupportedTokenTypeError):  # type: ignore[misc]
    """RFC 7009, 2.2.1."""

    status_code = 400
    description = "A token of a client for itself can not be revoked; suspend the client, or let it expire."
