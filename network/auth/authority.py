"""What one application holds for this room: the keys it signs with, the tokens it has verified."""

from dataclasses import dataclass, field, replace

from flask import Flask

from network.auth.keys import SigningKeys
from network.auth.ports import ClaimsOf, nothing_known
from network.auth.sealing import Seal, Stamp
from network.auth.tokens import TokenVerifier
from network.infrastructure.context import application
from network.kernel.pace import Pace
from network.settings import Settings

_PLACE = "peyvand.auth"


@dataclass(frozen=True)
class Authority:
    """The issuer of this network's tokens, the audience they are for, and how fast each client may ask with them."""

    issuer: str
    audience: str
    signing_keys: SigningKeys = field(repr=False)
    verifier: TokenVerifier = field(repr=False)
    seal: Seal = field(repr=False)
    stamp: Stamp = field(repr=False)
    pace: Pace | None = None
    claims_of: ClaimsOf = nothing_known


def init_authority(app: Flask, settings: Settings) -> Authority:
    """Give the application its authority. Touches no database: keys are read, or made, when they are needed."""
    issuer, audience = settings.public_url, f"{settings.public_url}/v1"
    verifier = TokenVerifier(issuer, audience)
    signing_keys = SigningKeys(Seal(settings.secret_key), when_changed=verifier.ring.read)
    seal, stamp = Seal.of_requests(settings.secret_key), Stamp(settings.secret_key)
    pace = Pace(settings.client_rate) if settings.edge_limits and settings.client_rate else None
    authority = Authority(issuer, audience, signing_keys, verifier, seal, stamp, pace)
    app.extensions[_PLACE] = authority
    return authority


def ask_of_members(app: Flask, claims_of: ClaimsOf) -> None:
    """Whom the application asks about members, as the composition root knows it."""
    app.extensions[_PLACE] = replace(app.extensions[_PLACE], claims_of=claims_of)


def authority() -> Authority:
    """The current application's authority."""
    found: Authority = application().extensions[_PLACE]
    return found
