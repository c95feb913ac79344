"""The token endpoint: Authlib's authorization server, strict where it is lenient.

Stock Authlib 1.9.9 takes parameters from the query string too, answers 500 to a Basic header that isn't UTF-8, tells an
unknown client from a wrong secret, lets client credentials live for ten days, and makes the client their audience.
"""

import base64
from typing import Any
from urllib.parse import unquote

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import ClientMixin, InvalidClientError, InvalidRequestError, grants
from authlib.oauth2.rfc6749.errors import UnsupportedGrantTypeError
from authlib.oauth2.rfc6749.requests import OAuth2Request
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from flask import Request, Response
from flask import request as current_request
from joserfc.jwk import KeySet

from network.auth import client_secrets, repository
from network.auth.authority import Authority
from network.auth.domain import ACTIVE, Client
from network.auth.keys import ALGORITHM, TOKEN_SECONDS
from network.auth.scopes import SCOPES, granted_scope
from network.auth.tokens import PARTNER_CLAIM
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read, show
from network.web.request_ids import note_caller

GRANT = "client_credentials"
AUTHENTICATION_METHODS = ("client_secret_basic", "client_secret_post")
_LONGEST_ID = 64
_FORM = "application/x-www-form-urlencoded"


class TokenServer(AuthorizationServer):  # type: ignore[misc]  # ships no types
    """Tokens for clients by their own credentials, and nothing else."""

    def __init__(self, authority: Authority) -> None:
        super().__init__(query_client=None, save_token=lambda token, request: None)  # a signed token needs no row
        self.scopes_supported = list(SCOPES)
        self.register_token_generator("default", _AccessTokens(authority))
        self.register_grant(_ClientCredentials)

    def create_token_response(self, request: Any = None) -> Response:
        """Answer the current request as RFC 6749 has it, section 5."""
        try:
            _check_form(current_request)
        except OAuth2Error as error:
            return self.handle_error_response(request, error)  # type: ignore[no-any-return]
        return super().create_token_response(request)  # type: ignore[no-any-return]

    def create_oauth2_request(self, request: Any) -> "_TokenRequest":
        """Authlib's view of the current request."""
        return _TokenRequest(current_request)

    def authenticate_client(self, request: Any, methods: Any, endpoint: str = "token") -> "_ServedClient":
        """The client whose credentials the current request carries. One refusal for all that can be wrong with them."""
        shown_id, secret = _credentials(current_request)
        client = _find_client(shown_id)
        kept = client.secret_hash if client else b""
        if not client_secrets.matches(secret, kept) or client is None or client.state != ACTIVE:
            raise ClientRefused
        note_caller(client.shown_id)
        return _ServedClient(client)


class ClientRefused(InvalidClientError):  # type: ignore[misc]
    """401 with the challenge of RFC 7617. Which part was wrong is nobody's business."""

    description = "The client's credentials are missing or wrong, or the client is not active."
    status_code = 401

    def get_headers(self) -> list[tuple[str, str]]:
        """Headers of the answer."""
        return [
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
            ("WWW-Authenticate", 'Basic realm="peyvand", charset="UTF-8"'),
        ]


class _TokenRequest(FlaskOAuth2Request):  # type: ignore[misc]
    """Authlib refuses plain http unless an environment variable says otherwise. Whether the network is reached over
    TLS is for its public URL and the proxy in front to say, not for the scheme of the last hop."""

    def __init__(self, request: Request) -> None:
        OAuth2Request.__init__(self, request.method, f"https://{request.host}{request.path}", headers=request.headers)
        self._request = request
        self.payload = _FormPayload(request)


class _FormPayload(FlaskOAuth2Payload):  # type: ignore[misc]
    @property
    def data(self) -> Any:
        """Parameters of the body alone: what stands in a URL stands in logs."""
        return self._request.form


class _ClientCredentials(grants.ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION_METHODS


class _AccessTokens(JWTBearerTokenGenerator):  # type: ignore[misc]
    """Access tokens of ten minutes for this network's API (RFC 9068)."""

    def __init__(self, authority: Authority) -> None:
        super().__init__(authority.issuer, ALGORITHM, expires_generator=TOKEN_SECONDS)
        self._authority = authority

    def get_jwks(self) -> KeySet:
        """The one key that signs: of several, joserfc would take any; of a bare one it would not tell the id."""
        return KeySet([self._authority.signing_keys.current()])

    def get_audiences(self, client: Any, user: Any, scope: str) -> str:
        """This network's API."""
        return self._authority.audience

    def get_extra_claims(self, client: "_ServedClient", grant_type: str, user: Any, scope: str) -> dict[str, str]:
        """The partner, so that no request needs a query to know it."""
        return {PARTNER_CLAIM: show("par", client.client.partner_id)}


class _ServedClient(ClientMixin):  # type: ignore[misc]
    """A client as Authlib wants to see it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get_client_id(self) -> str:
        return self.client.shown_id

    def get_allowed_scope(self, scope: str | None) -> str | None:
        return granted_scope(self.client.scopes, scope)

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT


def _check_form(request: Request) -> None:
    """RFC 6749, 3.2: parameters in a form body, none of them twice."""
    if request.mimetype != _FORM or request.args:
        raise InvalidRequestError("Send the parameters in the body, as application/x-www-form-urlencoded.")
    if any(len(values) > 1 for _, values in request.form.lists()):
        raise InvalidRequestError("A parameter stands more than once in the body.")
    if not request.form.get("grant_type"):
        raise InvalidRequestError("The parameter grant_type is missing.")
    if request.form["grant_type"] != GRANT:
        raise _OtherGrant
    if "Authorization" in request.headers and "client_secret" in request.form:
        raise InvalidRequestError("Send the client's credentials in one way, not in two.")


class _OtherGrant(UnsupportedGrantTypeError):  # type: ignore[misc]
    """Without repeating what the client sent."""

    def __init__(self) -> None:
        super().__init__(None)

    def get_error_description(self) -> str:
        return "The only grant here is client_credentials."


def _credentials(request: Request) -> tuple[str, str]:
    """Id and secret as the client sent them; empty texts for none, or for what can't be read."""
    told = request.headers.get("Authorization")
    if told is None:
        return request.form.get("client_id", ""), request.form.get("client_secret", "")
    scheme, _, encoded = told.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        shown_id, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote(shown_id), unquote(secret)


def _find_client(shown_id: str) -> Client | None:
    if len(shown_id) > _LONGEST_ID:
        return None
    try:
        return repository.find_client(read("cli", shown_id))
    except PeyvandError:
        return None
