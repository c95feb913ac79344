"""Who a client is: by a secret, by an assertion signed with its key, or, where it can keep neither, by its name."""

import base64
import hashlib
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from flask import Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key

from network.auth import client_secrets
from network.auth.authority import authority
from network.auth.domain import ACTIVE, Client
from network.auth.domain.clients import PRIVATE_KEY_JWT, PUBLIC
from network.auth.provider.requests import ClientRefused, ProofInvalid, proven_key
from network.auth.repository import clients as repository
from network.auth.scopes import granted_scope, own_scopes
from network.kernel.clock import SystemClock
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read
from network.web.request_ids import note_caller

METHODS = ("client_secret_basic", "client_secret_post", PRIVATE_KEY_JWT, PUBLIC)
CONFIDENTIAL_METHODS = METHODS[:3]
ASSERTION_ALGORITHMS = ("PS256", "ES256", "EdDSA", "Ed25519")
"""FAPI 2.0, 5.4.1: no RSA with PKCS #1 padding, no symmetric keys."""

_LONGEST_ID = 64
_LONGEST_ASSERTION = 4096
_LONGEST_JTI = 256
_LEEWAY_SECONDS = 10
_LONGEST_LIFE_SECONDS = 600
_CREDENTIALS = {"client_id", "client_secret", "client_assertion", "client_assertion_type"}


class ServedClient(ClientMixin):  # type: ignore[misc]
    """A client as Authlib wants to see it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get_client_id(self) -> str:
        return self.client.shown_id

    def get_default_redirect_uri(self) -> str | None:
        return None  # a client says where the browser is to go, each time

    def get_allowed_scope(self, scope: str | None) -> str | None:
        if not scope:  # nothing of a member's, which a member has to be asked for
            return granted_scope(own_scopes(self.client.scopes), None)
        return granted_scope(self.client.scopes, scope)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.client.redirect_uris

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.client.grant_types

    @property
    def client_metadata(self) -> dict[str, list[str]]:
        """What Authlib's logout looks at."""
        return {"post_logout_redirect_uris": list(self.client.post_logout_redirect_uris)}


class _Assertion(JWTBearerClientAssertion):  # type: ignore[misc]
    """RFC 7523, as FAPI 2.0 wants it: its audience is the issuer, as one string."""

    CLIENT_AUTH_METHOD = PRIVATE_KEY_JWT

    def resolve_client_public_key(self, client: ServedClient) -> KeySet:
        """The keys that the client's assertions may be signed with now."""
        keys = client.client.live_keys(SystemClock().now())
        if not keys:
            raise ClientRefused
        return KeySet([import_key({"kid": key.thumbprint, **key.jwk}) for key in keys])

    def process_assertion_claims(self, assertion: str, resolve_key: KeySet) -> dict[str, Any]:
        """Raises ClientRefused unless one of the client's keys has signed it, just now, for us."""
        headers, _ = self.extract_assertion(assertion)
        keys = resolve_key.keys if "kid" not in headers else [k for k in resolve_key.keys if k.kid == headers["kid"]]
        for key in keys:
            try:
                claims = jwt.decode(assertion, key, algorithms=list(ASSERTION_ALGORITHMS)).claims
            except (JoseError, ValueError, TypeError):
                continue
            self.verify_claims(claims)
            return dict(claims)
        raise ClientRefused

    def verify_claims(self, claims: Any) -> None:
        """Raises ClientRefused."""
        now, client = time.time(), claims["sub"]
        ends, begins, jti = claims.get("exp"), claims.get("nbf", claims.get("iat", now)), claims.get("jti")
        if claims.get("iss") != client or claims.get("aud") != authority().issuer:
            raise ClientRefused
        if not _is_instant(ends) or not _is_instant(begins) or begins > now + _LEEWAY_SECONDS:
            raise ClientRefused
        if not now - _LEEWAY_SECONDS < ends <= now + _LONGEST_LIFE_SECONDS:
            raise ClientRefused
        if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI or not _is_new(client, jti, ends):
            raise ClientRefused

    def authenticate_client(self, client: ServedClient) -> ServedClient:
        """Whether it may do so at all is asked for all ways alike."""
        return client


_assertions = _Assertion()


def authenticate(request: Request, oauth_request: Any, methods: tuple[str, ...]) -> ServedClient:
    """The client whose credentials a request carries. One refusal for all that can be wrong with them.

    Raises ClientRefused, and InvalidRequestError for credentials of two kinds.
    """
    method = _method(request)
    named = request.form.get("client_id")
    if method == PRIVATE_KEY_JWT:
        client = _by_assertion(request, oauth_request)
    elif method == PUBLIC:
        client = find_client(named or "")
    else:
        client = _by_secret(request)
    if client is None or client.state != ACTIVE or method not in methods or not client.accepts(method):
        raise ClientRefused
    if named not in (None, client.shown_id):
        raise ClientRefused
    note_caller(client.shown_id)
    served = ServedClient(client)
    oauth_request.client, oauth_request.auth_method = served, method
    return served


def check_possession(request: Request, client: Client) -> None:
    """A client that is to have bound tokens alone has to prove its key. Raises ProofInvalid."""
    if client.dpop_bound and proven_key(request) is None:
        raise ProofInvalid


def find_client(shown_id: str) -> Client | None:
    """A client by the id it knows; None for what is none."""
    if len(shown_id) > _LONGEST_ID:
        return None
    try:
        return repository.find_client(read("cli", shown_id))
    except PeyvandError:
        return None


def without_credentials(form: Any) -> dict[str, str]:
    """The parameters of a form but for those that a client authenticates with."""
    return {name: value for name, value in form.items() if name not in _CREDENTIALS - {"client_id"}}


def _method(request: Request) -> str:
    """RFC 6749, 2.3: a client authenticates in one way. Raises InvalidRequestError."""
    found = [
        method
        for method, is_told in (
            (METHODS[0], "Authorization" in request.headers),
            (METHODS[1], "client_secret" in request.form),
            (METHODS[2], "client_assertion" in request.form or "client_assertion_type" in request.form),
        )
        if is_told
    ]
    if len(found) > 1:
        raise InvalidRequestError("Send the client's credentials in one way, not in two.")
    return found[0] if found else PUBLIC


def _by_assertion(request: Request, oauth_request: Any) -> Client | None:
    if len(request.form.get("client_assertion", "")) > _LONGEST_ASSERTION:
        return None
    try:
        served = _assertions(lambda shown_id: (found := find_client(shown_id)) and ServedClient(found), oauth_request)
    except (OAuth2Error, JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ClientRefused from error  # whatever is wrong with it, and whatever it does to the parsers
    return served.client if served else None


def _by_secret(request: Request) -> Client | None:
    shown_id, secret = _credentials(request)
    client = find_client(shown_id)
    kept = client.secret_hash if client else b""
    return client if client_secrets.matches(secret, kept) else None


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


def _is_new(client: str, jti: str, ends: float) -> bool:
    digest = hashlib.sha256(f"assertion\n{client}\n{jti}".encode(errors="surrogatepass")).digest()
    return repository.note_seen(digest, datetime.fromtimestamp(ends + _LEEWAY_SECONDS, UTC))


def _is_instant(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
