"""The authorization server: which grants, extensions and endpoints there are."""

from collections.abc import Iterable
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.errors import UnsupportedGrantTypeError
from authlib.oauth2.rfc6749.requests import OAuth2Request
from flask import Flask, Response, current_app
from flask import request as current_request

from network.auth.authority import Authority
from network.auth.domain.registration import GRANT_TYPES
from network.auth.provider.authentication import ServedClient, authenticate, check_possession, find_client
from network.auth.provider.code_grant import S256, CodeGrant
from network.auth.provider.device_grant import DeviceEndpoint, DeviceGrant
from network.auth.provider.endpoints import Introspection, Revocation
from network.auth.provider.logout import EndSession
from network.auth.provider.own_grant import OwnGrant
from network.auth.provider.refresh_grant import RefreshGrant
from network.auth.provider.requests import FormRequest, check_form, prove
from network.auth.provider.tokens import AccessTokens, IdTokens
from network.auth.scopes import ALL_SCOPES
from network.infrastructure.security_log import note_refusal
from network.web.request_ids import caller_of

_PLACE = "peyvand.authorization_server"
_USUAL = ("authorization_pending", "slow_down", "use_dpop_nonce")  # steps on the way, not refusals


class Provider(AuthorizationServer):  # type: ignore[misc]  # ships no types
    """Authlib's server with this network's grants."""

    def __init__(self, authority: Authority) -> None:
        super().__init__(query_client=None, save_token=lambda token, request: None)  # a signed token needs no row
        self.scopes_supported = list(ALL_SCOPES)
        self.register_token_generator("default", AccessTokens(authority))
        self.register_grant(OwnGrant)
        self.register_grant(CodeGrant, [S256(), IdTokens()])
        self.register_grant(RefreshGrant)
        self.register_grant(DeviceGrant)
        self.register_endpoint(DeviceEndpoint)
        self.register_endpoint(Introspection)
        self.register_endpoint(Revocation)
        self.register_endpoint(EndSession)

    def create_token_response(self, request: Any = None) -> Response:
        """Answer the current request as RFC 6749 has it, section 5."""
        try:
            check_form(current_request)
            if not current_request.form.get("grant_type"):
                raise InvalidRequestError("The parameter grant_type is missing.")
            if current_request.form["grant_type"] not in GRANT_TYPES:
                raise _OtherGrant
            prove(current_request)
        except OAuth2Error as error:
            return self.handle_error_response(request, error)
        return super().create_token_response(request)  # type: ignore[no-any-return]

    def create_form_response(self, name: str) -> Response:
        """Answer the current request at an endpoint that takes a form and knows its client."""
        try:
            check_form(current_request)
            prove(current_request)
        except OAuth2Error as error:
            return self.handle_error_response(None, error)
        return self.create_endpoint_response(name)  # type: ignore[no-any-return]

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        """Authlib's view of the current request, or of one that was put together from what was pushed."""
        return request if isinstance(request, OAuth2Request) else FormRequest(current_request)

    def authenticate_client(self, request: Any, methods: Iterable[str], endpoint: str = "token") -> ServedClient:
        """The client whose credentials the current request carries, and whose key, if it has to have one."""
        client = authenticate(current_request, request, tuple(methods))
        if endpoint == "token":
            check_possession(current_request, client.client)
        return client

    def handle_error_response(self, request: Any, error: OAuth2Error) -> Response:
        """Answer a failure as RFC 6749 has it, and write it down."""
        if error.error not in _USUAL:
            asked = current_request
            note_refusal("oauth", str(error.error), path=asked.path, client_id=caller_of(asked.environ))
        return super().handle_error_response(request, error)  # type: ignore[no-any-return]

    def query_client(self, client_id: str) -> ServedClient | None:
        """A client by the id it knows, whatever its state."""
        found = find_client(client_id)
        return None if found is None else ServedClient(found)


class _OtherGrant(UnsupportedGrantTypeError):  # type: ignore[misc]
    """Without repeating what the client sent."""

    def __init__(self) -> None:
        super().__init__(None)

    def get_error_description(self) -> str:
        return "There is no such grant here."


def init_provider(app: Flask, authority: Authority) -> None:
    """Give the application its authorization server."""
    app.extensions[_PLACE] = Provider(authority)


def provider() -> Provider:
    """The current application's authorization server."""
    server: Provider = current_app.extensions[_PLACE]
    return server
