"""A client of the provider, made of joserfc and an HTTP client: what a partner's software does, step by step."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from network.auth import service
from network.auth.domain import Kind
from network.sessions.domain import Realm, Session
from network.sessions.service import find_session, open_session

ISSUER = "http://127.0.0.1:8000"
CALLBACK = "https://shop.example/callback"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_MEMBER_COOKIE, _BROWSER_COOKIE = "peyvand-member", "peyvand-browser"

Key = ECKey | RSAKey | OKPKey


def new_pkce() -> tuple[str, str]:
    """A verifier, and its challenge by S256."""
    verifier = secrets.token_urlsafe(48)
    return verifier, _base64url(hashlib.sha256(verifier.encode()).digest())


def public_set(*keys: Key) -> dict[str, Any]:
    """Keys as a JWK Set publishes them."""
    return {"keys": [dict(key.as_dict(private=False)) for key in keys]}


def asked(location: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(location).query, keep_blank_values=True))


def payload_of(token: str) -> dict[str, Any]:
    """What a JWT says, its signature unchecked."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


class Browser:
    """A member's browser, with its cookies; the pages, which are not there yet, are answered through the services."""

    def __init__(self, http: FlaskClient) -> None:
        self.http = http

    def sign_in(self, member_id: UUID, methods: tuple[str, ...] = ("sms", "otp")) -> Session:
        """Someone proves who they are."""
        opened = open_session(Realm.MEMBER, member_id, methods)
        self.http.set_cookie(_MEMBER_COOKIE, opened.token)
        return opened.session

    @property
    def session(self) -> Session | None:
        """Who is signed in."""
        cookie = self.http.get_cookie(_MEMBER_COOKIE)
        return find_session(Realm.MEMBER, cookie.value) if cookie else None

    @property
    def mark(self) -> str:
        """What its interactions are bound to."""
        cookie = self.http.get_cookie(_BROWSER_COOKIE)
        assert cookie is not None
        return str(cookie.value)

    def follow(self, answer: Any, member_id: UUID, *, granted: bool = True, scopes: Any = None) -> dict[str, str]:
        """From the answer of the authorization endpoint to the client's callback: sign in, consent, as is asked."""
        place = answer.headers["Location"]
        if place.startswith("/sign-in"):
            self.sign_in(member_id)
            place = self.http.get(f"/oauth/continue/{asked(place)['interaction']}").headers["Location"]
        if place.startswith("/consent/"):
            interaction = place.removeprefix("/consent/")
            place = service.answer_interaction(interaction, self.mark, self.session, granted, scopes)
        return asked(place)


@dataclass
class Party:
    """A registered client. `http`: Flask's test client, or `Wire`; `signer`: the key of its assertions; `proof`: the
    key that its tokens are bound to.
    """

    http: Any
    client_id: str
    secret: str = ""
    signer: Key | None = None
    proof: Key | None = None
    nonce: str | None = None
    redirect_uri: str = CALLBACK
    issuer: str = ISSUER
    verifiers: dict[str, str] = field(default_factory=dict)

    def request(self, **more: Any) -> dict[str, str]:
        """The parameters of an authorization request; None leaves one out."""
        verifier, challenge = new_pkce()
        state = str(more.get("state", secrets.token_urlsafe(8)))
        self.verifiers[state] = self.verifiers[""] = verifier
        usual = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid",
            "state": state,
            "nonce": "n-0S6",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (usual | more).items() if value is not None}

    def push(self, **more: Any) -> Any:
        """Push an authorization request."""
        return self.post("/oauth/par", self.request(**more))

    def start(self, *, pushed: bool = False, method: str = "GET", **more: Any) -> Any:
        """Send the browser to the authorization endpoint."""
        if pushed:
            answer = self.push(**more)
            assert answer.status_code == 201, answer.text
            parameters = {"client_id": self.client_id, "request_uri": answer.json["request_uri"]}
        else:
            parameters = self.request(**more)
        if method == "POST":
            return self.http.post("/oauth/authorize", data=parameters)
        return self.http.get("/oauth/authorize", query_string=parameters)

    def sign_in(self, member_id: UUID, *, pushed: bool = False, scopes: Any = None, **more: Any) -> dict[str, Any]:
        """The whole way: the token answer."""
        answer = self.start(pushed=pushed, **more)
        callback = Browser(self.http).follow(answer, member_id, scopes=scopes)
        assert callback["iss"] == self.issuer, callback
        found = self.redeem(callback["code"])
        assert found.status_code == 200, found.text
        token: dict[str, Any] = found.json
        return token

    def redeem(self, code: str, **more: Any) -> Any:
        """Exchange a code."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        return self.token(**({**form, "code_verifier": self.verifiers.get("", "")} | more))

    def refresh(self, token: str, **more: Any) -> Any:
        """Exchange a refresh token."""
        return self.token(grant_type="refresh_token", refresh_token=token, **more)

    def token(self, **form: Any) -> Any:
        """Ask the token endpoint."""
        return self.post("/oauth/token", {name: value for name, value in form.items() if value is not None})

    def post(self, path: str, form: dict[str, Any]) -> Any:
        """Ask an endpoint that knows its client; with a proof if there is a key, again if it wants another nonce."""
        for _ in range(2):
            headers = {} if self.proof is None else {"DPoP": self.proof_for("POST", path)}
            answer: Any = self.http.post(path, data=form | self.credentials(), headers=headers)
            if answer.status_code != 400 or answer.json.get("error") != "use_dpop_nonce":
                break
            self.nonce = answer.headers["DPoP-Nonce"]
        return answer

    def credentials(self) -> dict[str, str]:
        """How the client authenticates, in the body."""
        if self.signer is not None:
            return {
                "client_id": self.client_id,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": self.assertion(),
            }
        return {"client_id": self.client_id} | ({"client_secret": self.secret} if self.secret else {})

    def assertion(self, algorithm: str | None = None, key: Key | None = None, **changed: Any) -> str:
        """An assertion of who the client is; None leaves a claim out."""
        key = key or self.signer
        assert key is not None
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.issuer,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(12),
        } | changed
        claims = {name: value for name, value in claims.items() if value is not None}
        used = algorithm or {"EC": "ES256", "RSA": "PS256", "OKP": "EdDSA"}[key.key_type]
        return jwt.encode({"alg": used}, claims, key, algorithms=[used])

    def proof_for(self, method: str, path: str, *, token: str | None = None, header: Any = None, **more: Any) -> str:
        """A proof of possession for a request; None leaves a claim out."""
        key = self.proof
        assert key is not None
        claims: dict[str, Any] = {"htm": method, "htu": f"{self.issuer}{path}", "iat": int(time.time())}
        claims |= {"jti": secrets.token_urlsafe(12), "nonce": self.nonce}
        if token is not None:
            claims["ath"] = _base64url(hashlib.sha256(token.encode()).digest())
        claims = {name: value for name, value in (claims | more).items() if value is not None}
        told = {"alg": "ES256", "typ": "dpop+jwt", "jwk": key.as_dict(private=False)} | (header or {})
        told = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(told, claims, key, algorithms=[told["alg"]])

    def call(self, path: str, token: str, *, method: str = "GET", **options: Any) -> Any:
        """Ask the API with a token, proved if there is a key."""
        for _ in range(2):
            headers = {"Authorization": f"Bearer {token}"}
            if self.proof is not None:
                proof = self.proof_for(method, path, token=token)
                headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
            answer = self.http.open(path, method=method, headers=headers | options.pop("headers", {}), **options)
            if answer.status_code != 401 or "DPoP-Nonce" not in answer.headers:
                break
            self.nonce = answer.headers["DPoP-Nonce"]
        return answer


def register(
    http: FlaskClient, partner_id: UUID, kind: Kind = Kind.SERVER, *, bound: bool = False, **metadata: Any
) -> Party:
    """Register a client, with a key of its own for its assertions unless the metadata says otherwise."""
    usual: dict[str, Any] = {"client_name": "Shop"}
    signer: Key | None = None
    if kind is not Kind.TILL:
        usual |= {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt"}
    wanted = usual | metadata
    if wanted.get("token_endpoint_auth_method") == "private_key_jwt" and "jwks" not in wanted:
        signer = ECKey.generate_key("P-256")
        wanted["jwks"] = public_set(signer)
    wanted = {name: value for name, value in wanted.items() if value is not None}
    made = service.register_client(partner_id, kind, wanted)
    proof = ECKey.generate_key("P-256") if bound or kind is Kind.TILL else None
    uris = wanted.get("redirect_uris") or [CALLBACK]
    return Party(http, made.shown_id, made.client_secret, signer, proof, redirect_uri=uris[0])


def verified(http: FlaskClient, id_token: str, algorithm: str = "RS256") -> dict[str, Any]:
    """What an id token says, checked against the published keys."""
    keys = KeySet.import_key_set(http.get("/oauth/jwks.json").json)
    return dict(jwt.decode(id_token, keys, algorithms=[algorithm]).claims)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
