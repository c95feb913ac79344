"""Authorization codes (RFC 6749, 4.1) with PKCE (RFC 7636): S256, for every client."""

import re
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import request as current_request

from network.auth.domain.grants import RedeemedCode
from network.auth.provider.authentication import METHODS
from network.auth.provider.requests import proven_key
from network.auth.provider.tokens import DETAILS, Holder, known_holder
from network.auth.service import exchanges

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class _Code:
    """A redeemed code as Authlib wants to see it."""

    code_challenge_method = "S256"

    def __init__(self, redeemed: RedeemedCode) -> None:
        self.redeemed = redeemed
        self.code_challenge = redeemed.request["code_challenge"]

    def get_redirect_uri(self) -> str:
        return str(self.redeemed.request["redirect_uri"])

    def get_scope(self) -> str:
        return " ".join(self.redeemed.grant.scopes)


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # ships no types
    """A code is claimed before anything else: whoever gets it wrong has used it up."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def query_authorization_code(self, code: str, client: Any) -> _Code | None:
        """The code, once. Authlib would ask, mint and delete: five of eight that came at once got tokens."""
        try:
            return _Code(exchanges.redeem_code(code, client.client))
        except exchanges.NotExchanged:
            return None

    def delete_authorization_code(self, authorization_code: _Code) -> None:
        """It is used up already, and kept so that a replay is known for one."""

    def authenticate_user(self, authorization_code: _Code) -> Holder:
        """Raises InvalidGrantError if the member is gone."""
        return known_holder(authorization_code.redeemed.grant, authorization_code.redeemed.request)

    def create_token_response(self) -> Any:
        """Tokens; the code may be bound to a key (RFC 9449, 10), and a public client's refresh token always is."""
        client, redeemed = self.request.client.client, self.request.authorization_code.redeemed
        jkt, bound_to = proven_key(current_request), redeemed.request["dpop_jkt"]
        if bound_to is not None and jkt != bound_to:
            raise InvalidGrantError("The code is bound to another key.")
        status, token, headers = super().create_token_response()
        if redeemed.request["details"]:
            token[DETAILS] = redeemed.request["details"]
        if self.request.client.check_grant_type("refresh_token"):
            if client.is_public and jkt is not None:
                exchanges.bind_grant(redeemed.grant.grant_id, jkt)
            token["refresh_token"] = exchanges.issue_refresh_token(redeemed.grant, redeemed.grant.scopes, client)
        return status, token, headers


class S256(CodeChallenge):  # type: ignore[misc]
    """Authlib's asks public clients alone, and only at the token endpoint; and takes a challenge without a method for
    the verifier itself."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Raises InvalidRequestError unless the request has a challenge of S256."""
        told = grant.request.payload.data
        if told.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(told.get("code_challenge", "")):
            raise InvalidRequestError("Send a code_challenge, and S256 as its code_challenge_method.")
