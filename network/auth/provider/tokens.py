"""What the token endpoint gives: access tokens, and id tokens."""

import time
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oidc.core.grants.code import OpenIDToken
from authlib.oidc.core.util import create_half_hash
from flask import request as current_request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from network.auth.authority import Authority, authority
from network.auth.domain import Grant
from network.auth.keys import ALGORITHM, ID_TOKEN_ALGORITHM, TOKEN_SECONDS, id_token_keys
from network.auth.provider.authentication import ServedClient
from network.auth.provider.requests import proven_key
from network.auth.tokens import GRANT_CLAIM, PARTNER_CLAIM, STORES_CLAIM
from network.kernel.identifiers import show

DETAILS = "authorization_details"
_TYPE = "JWT"


class Holder:
    """The member or the terminal that tokens of a grant speak for, as Authlib's `user`."""

    def __init__(self, grant: Grant, request: dict[str, Any] | None = None) -> None:
        self.grant = grant
        self.request = request or {}

    def get_user_id(self) -> str:
        """`sub`: the member; a terminal speaks for its client."""
        if self.grant.subject_id is None:
            return show("cli", self.grant.client_id)
        return show("mbr", self.grant.subject_id)


def known_holder(grant: Grant, request: dict[str, Any] | None = None) -> Holder:
    """The holder of a grant, if the member is still there. Raises InvalidGrantError."""
    if grant.subject_id is not None and authority().claims_of(grant.subject_id, ()) is None:
        raise InvalidGrantError("The member is no longer there.")
    return Holder(grant, request)


class AccessTokens(JWTBearerTokenGenerator):  # type: ignore[misc]  # ships no types
    """Access tokens of ten minutes for this network's API (RFC 9068)."""

    def __init__(self, authority: Authority) -> None:
        super().__init__(authority.issuer, ALGORITHM, expires_generator=TOKEN_SECONDS)
        self._authority = authority

    def generate(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        """The token answer; of a kind that says whether it is bound to a key."""
        token: dict[str, Any] = super().generate(*arguments, **named)
        if proven_key(current_request) is not None:
            token["token_type"] = "DPoP"
        return token

    def get_jwks(self) -> KeySet:
        """The one key that signs: of several, joserfc would take any; of a bare one it would not tell the id."""
        return KeySet([self._authority.signing_keys.current()])

    def get_audiences(self, client: Any, user: Any, scope: str) -> str:
        """This network's API."""
        return self._authority.audience

    def get_extra_claims(
        self, client: ServedClient, grant_type: str, user: Holder | None, scope: str
    ) -> dict[str, Any]:
        """The partner, so that no request needs a query to know it; and what binds the token."""
        claims: dict[str, Any] = {PARTNER_CLAIM: show("par", client.client.partner_id)}
        stores = client.client.store_ids if user is None else user.grant.store_ids
        if stores:
            claims[STORES_CLAIM] = [show("sto", store_id) for store_id in stores]
        if (jkt := proven_key(current_request)) is not None:
            claims["cnf"] = {"jkt": jkt}
        if user is not None:
            claims[GRANT_CLAIM] = show("grt", user.grant.grant_id)
            claims |= {name: user.request[name] for name in ("auth_time", "acr", "amr") if name in user.request}
            if user.request.get("details"):
                claims[DETAILS] = user.request["details"]
        return claims


def read_id_token(text: str) -> dict[str, Any]:
    """What an id token of ours says, however old it is. Raises ValueError for anything else, access tokens included."""
    try:
        token = jwt.decode(text, id_token_keys(), algorithms=[ID_TOKEN_ALGORITHM, ALGORITHM])
        if token.header.get("typ") != _TYPE or token.claims["iss"] != authority().issuer:
            raise ValueError
        return {**token.claims, "sub": str(token.claims["sub"])}
    except (JoseError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError("no id token of this provider") from error


class IdTokens(OpenIDToken):  # type: ignore[misc]
    """Id tokens: signed with RS256 unless the client knows better, for one client, with its nonce."""

    def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
        """The id token that goes with an access token."""
        client, holder = request.client.client, request.user
        key = authority().signing_keys.signer(client.id_token_alg)
        now, kept = int(time.time()), holder.request
        claims = {
            "iss": authority().issuer,
            "sub": holder.get_user_id(),
            "member_id": holder.get_user_id(),
            "aud": client.shown_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "at_hash": create_half_hash(token["access_token"], client.id_token_alg).decode(),
        }
        claims |= {name: kept[name] for name in ("auth_time", "acr", "amr", "nonce") if kept.get(name) is not None}
        asked = kept.get("claims", {}).get("id_token", ())
        told = authority().claims_of(holder.grant.subject_id, token["scope"].split()) or {} if asked else {}
        claims |= {name: told[name] for name in asked if name in told and name not in claims}
        return jwt.encode({"alg": client.id_token_alg, "typ": _TYPE}, claims, KeySet([key]), [client.id_token_alg])
