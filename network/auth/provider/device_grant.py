"""The device grant (RFC 8628): a terminal shows a code, somebody of its partner lets it in."""

from typing import Any

from authlib.consts import default_json_headers
from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.errors import UnauthorizedClientError
from authlib.oauth2.rfc8628 import (
    AuthorizationPendingError,
    DeviceAuthorizationEndpoint,
    DeviceCodeGrant,
    ExpiredTokenError,
    SlowDownError,
)
from flask import request as current_request

from network.auth.authority import authority
from network.auth.domain import Grant
from network.auth.domain.clients import DEVICE_CODE
from network.auth.domain.grants import DEVICE_INTERVAL_SECONDS, DEVICE_LASTS
from network.auth.provider.authentication import METHODS
from network.auth.provider.requests import proven_key
from network.auth.provider.tokens import Holder
from network.auth.scopes import TILL_SCOPES, granted_scope
from network.auth.service import devices, exchanges


class _Decided:
    """A terminal that was let in as Authlib wants to see it."""

    def __init__(self, grant: Grant) -> None:
        self.grant = grant

    def get_scope(self) -> str:
        return " ".join(self.grant.scopes)


class DeviceGrant(DeviceCodeGrant):  # type: ignore[misc]  # ships no types
    """Authlib never consumes a device code: here it is deleted by whoever redeems it."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def validate_token_request(self) -> None:
        """Redeem the code. Raises what RFC 8628, 3.5, has, and InvalidGrantError for a code that is none (any more)."""
        device_code = self.request.form.get("device_code")
        if not device_code:
            raise InvalidRequestError("The parameter device_code is missing.")
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError
        try:
            grant = exchanges.poll_device(device_code, client.client, proven_key(current_request))
        except exchanges.Pending as pending:
            raise (SlowDownError if pending.too_fast else AuthorizationPendingError) from pending
        except exchanges.Denied as denied:
            raise AccessDeniedError from denied
        except exchanges.Expired as expired:
            raise ExpiredTokenError from expired
        except exchanges.NotExchanged as unknown:
            raise InvalidGrantError from unknown
        self.request.user, self.request.client, self.request.credential = Holder(grant), client, _Decided(grant)

    def create_token_response(self) -> Any:
        """Tokens of a terminal."""
        client, grant = self.request.client.client, self.request.credential.grant
        status, token, headers = super().create_token_response()
        if self.request.client.check_grant_type("refresh_token"):
            token["refresh_token"] = exchanges.issue_refresh_token(grant, grant.scopes, client)
        return status, token, headers


class DeviceEndpoint(DeviceAuthorizationEndpoint):  # type: ignore[misc]
    """Where a terminal asks for the code it shows."""

    CLIENT_AUTH_METHODS = METHODS

    def create_endpoint_response(self, request: Any) -> Any:
        """Codes for a client that has this grant. Raises UnauthorizedClientError, InvalidScopeError."""
        client = self.authenticate_client(request).client
        if DEVICE_CODE not in client.grant_types:
            raise UnauthorizedClientError
        held = [scope for scope in client.scopes if scope in TILL_SCOPES]
        scope = granted_scope(held, request.payload.scope)
        if not scope:
            raise InvalidScopeError
        codes = devices.ask_for_device(client, scope.split(), proven_key(current_request))
        verification_uri = f"{authority().issuer}/activate"
        answer = {
            "device_code": codes.device_code,
            "user_code": codes.user_code,
            "verification_uri": verification_uri,
            "verification_uri_complete": f"{verification_uri}?user_code={codes.user_code}",
            "expires_in": int(DEVICE_LASTS.total_seconds()),
            "interval": DEVICE_INTERVAL_SECONDS,
        }
        return 200, answer, default_json_headers
