"""What a client is registered with: RFC 7591's metadata, read strictly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from network.auth.domain.clients import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    PRIVATE_KEY_JWT,
    PUBLIC,
    REFRESH_TOKEN,
    SECRET_METHODS,
    Kind,
)
from network.auth.errors import BadKey, BadMetadata, BadRedirectUri
from network.kernel.letters import is_printable

GRANT_TYPES = (CLIENT_CREDENTIALS, AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE)
AUTH_METHODS = (PRIVATE_KEY_JWT, *SECRET_METHODS, PUBLIC)
ID_TOKEN_ALGORITHMS = ("RS256", "ES256")
MOST_KEYS = 5
MOST_URIS = 20
_LONGEST = 512
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_PUBLIC_PARTS = {
    "EC": {"kty", "crv", "x", "y"},
    "RSA": {"kty", "n", "e"},
    "OKP": {"kty", "crv", "x"},
}
_CURVES = {"EC": ("P-256",), "OKP": ("Ed25519",)}
_LEAST_MODULUS = 342  # base64url letters of 2048 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """All that a client is registered with. Make it with `read`, which checks that the parts fit one another."""

    name: str
    kind: Kind
    auth_method: str
    grant_types: tuple[str, ...]
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    keys: tuple[Mapping[str, Any], ...] = ()
    store_ids: tuple[UUID, ...] = ()
    dpop_bound: bool = False
    require_par: bool = False
    id_token_alg: str = "RS256"


def read_registration(
    metadata: Mapping[str, Any], *, kind: Kind, scopes: Iterable[str], store_ids: Iterable[UUID] = ()
) -> Registration:
    """A registration from metadata as RFC 7591, section 2, has it; `scopes`: those it may have at most.

    Raises BadMetadata, BadRedirectUri, BadKey.
    """
    till = kind is Kind.TILL
    usual = (DEVICE_CODE, REFRESH_TOKEN) if till else (AUTHORIZATION_CODE, REFRESH_TOKEN)
    found = Registration(
        name=_text(metadata, "client_name", kind.value),
        kind=kind,
        auth_method=_text(metadata, "token_endpoint_auth_method", PUBLIC if till else SECRET_METHODS[0]),
        grant_types=_texts(metadata, "grant_types", usual),
        scopes=_scopes(metadata, tuple(scopes)),
        redirect_uris=_texts(metadata, "redirect_uris"),
        post_logout_redirect_uris=_texts(metadata, "post_logout_redirect_uris"),
        keys=read_keys(metadata.get("jwks")),
        store_ids=tuple(store_ids),
        dpop_bound=till or _flag(metadata, "dpop_bound_access_tokens"),
        require_par=_flag(metadata, "require_pushed_authorization_requests"),
        id_token_alg=_text(metadata, "id_token_signed_response_alg", "RS256"),
    )
    _check(found, metadata)
    return found


def read_keys(jwks: Any) -> tuple[Mapping[str, Any], ...]:
    """The public keys of a JWK Set that assertions can be signed with. Raises BadKey."""
    if jwks is None:
        return ()
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        raise BadKey(f"`jwks` is an object with one to {MOST_KEYS} `keys`.")
    return tuple(_public_key(key) for key in keys)


def is_allowed_redirect(uri: str, *, public: bool, trial: bool) -> bool:
    """Whether a browser may be sent there: over TLS; public apps into themselves (RFC 8252), trials to loopback."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        return False
    if (
        len(uri) > _LONGEST
        or not uri.isascii()
        or any(each in uri for each in " #*\\<>\"'")
        or parts.username is not None
    ):
        return False
    if parts.scheme == "https":
        return bool(host)
    if parts.scheme == "http":
        return host in _LOOPBACK and (public or trial)
    return public and "." in parts.scheme  # a name that the app's makers own, backwards


def _check(found: Registration, metadata: Mapping[str, Any]) -> None:
    grants = set(found.grant_types)
    if found.auth_method not in AUTH_METHODS:
        raise BadMetadata("`token_endpoint_auth_method` is none that there is.", field="token_endpoint_auth_method")
    if not grants or not grants <= set(GRANT_TYPES):
        raise BadMetadata("`grant_types` names a grant that there isn't.", field="grant_types")
    if metadata.get("response_types", ["code"]) not in (["code"], []):
        raise BadMetadata("The only response type is `code`.", field="response_types")
    if "jwks_uri" in metadata:
        raise BadMetadata("Send the keys themselves, as `jwks`.", field="jwks_uri")
    if (found.auth_method == PRIVATE_KEY_JWT) != bool(found.keys):
        raise BadMetadata("`private_key_jwt` and `jwks` go together.", field="jwks")
    if found.auth_method == PUBLIC and CLIENT_CREDENTIALS in grants:
        raise BadMetadata("A public client has no credentials of its own.", field="grant_types")
    if REFRESH_TOKEN in grants and not grants & {AUTHORIZATION_CODE, DEVICE_CODE}:
        raise BadMetadata("Refresh tokens come of codes.", field="grant_types")
    if found.id_token_alg not in ID_TOKEN_ALGORITHMS:
        raise BadMetadata("Id tokens are signed with RS256 or ES256.", field="id_token_signed_response_alg")
    if (found.kind is Kind.TILL) != (DEVICE_CODE in grants) or (
        found.kind is Kind.TILL and found.auth_method != PUBLIC
    ):
        raise BadMetadata("Tills are public clients, and the device grant is theirs alone.", field="grant_types")
    _check_uris(found)


def _check_uris(found: Registration) -> None:
    if (AUTHORIZATION_CODE in found.grant_types) != bool(found.redirect_uris):
        raise BadRedirectUri("The authorization code grant and `redirect_uris` go together.", field="redirect_uris")
    public, trial = found.auth_method == PUBLIC, found.kind is Kind.SANDBOX
    for field in ("redirect_uris", "post_logout_redirect_uris"):
        uris: tuple[str, ...] = getattr(found, field)
        if len(uris) > MOST_URIS or not all(is_allowed_redirect(uri, public=public, trial=trial) for uri in uris):
            raise BadRedirectUri(field=field)


def _public_key(key: Any) -> Mapping[str, Any]:
    """What of a JWK is public and tells what it is; its own `kid` stays, for the client signs with it."""
    parts = _PUBLIC_PARTS.get(str(key.get("kty"))) if isinstance(key, Mapping) else None
    if parts is None or not all(isinstance(key.get(part), str) and len(key[part]) <= 2048 for part in parts):
        raise BadKey
    if {"d", "k", "p", "q"} & key.keys():
        raise BadKey("That is a private key. Whoever has seen it can sign: make another, and send the public half.")
    if key["kty"] in _CURVES and key["crv"] not in _CURVES[key["kty"]]:
        raise BadKey
    if key["kty"] == "RSA" and len(key["n"]) < _LEAST_MODULUS:
        raise BadKey("RSA keys have 2048 bits at least.")
    kid = str(key.get("kid") or "")
    if key.get("use", "sig") != "sig" or len(kid) > 128 or not kid.isprintable():
        raise BadKey
    return {part: key[part] for part in sorted(parts)} | ({"kid": kid} if kid else {})


def _scopes(metadata: Mapping[str, Any], most: tuple[str, ...]) -> tuple[str, ...]:
    asked = _text(metadata, "scope", "")
    if not asked:
        return most
    if not set(asked.split()) <= set(most):
        raise BadMetadata("`scope` names what this client can't have.", field="scope")
    return tuple(each for each in most if each in asked.split())


def _text(metadata: Mapping[str, Any], name: str, usual: str) -> str:
    told = metadata.get(name, usual)
    if not isinstance(told, str) or len(told) > _LONGEST or not is_printable(told):
        raise BadMetadata(f"`{name}` is one line of text.", field=name)
    return told


def _texts(metadata: Mapping[str, Any], name: str, usual: tuple[str, ...] = ()) -> tuple[str, ...]:
    told = metadata.get(name, list(usual))
    if not isinstance(told, list) or not all(isinstance(each, str) and each.isprintable() for each in told):
        raise BadMetadata(f"`{name}` is a list of texts.", field=name)
    return tuple(dict.fromkeys(told))


def _flag(metadata: Mapping[str, Any], name: str) -> bool:
    told = metadata.get(name, False)
    if not isinstance(told, bool):
        raise BadMetadata(f"`{name}` is true or false.", field=name)
    return told
