"""What one application holds for this room: the keys it signs with, the tokens it has verified."""

from dataclasses import dataclass, field, replace

from flask import Flask

from network.auth.keys import SigningKeys
from network.auth.ports import NoSubjects, Subjects
from network.auth.sealing import Seal, Stamp
from network.auth.tokens import TokenVerifier
from network.infrastructure.context import application
from network.settings import Settings

_PLACE = "peyvand.auth"


@dataclass(frozen=True)
class Authority:
    """The issuer of this network's tokens and the audience they are for."""

    issuer: str
    audience: str
    signing_keys: SigningKeys = field(repr=False)
    verifier: TokenVerifier = field(repr=False)
    seal: Seal = field(repr=False)
    stamp: Stamp = field(repr=False)
    subjects: Subjects = field(default_factory=NoSubjects, repr=False)


def init_authority(app: Flask, settings: Settings) -> Authority:
    """Give the application its authority. Touches no database: keys are read, or made, when they are needed."""
    issuer, audience = settings.public_url, f"{settings.public_url}/v1"
    verifier = TokenVerifier(issuer, audience)
    signing_keys = SigningKeys(Seal(settings.secret_key), when_changed=verifier.ring.read)
    seal, stamp = Seal.of_requests(settings.secret_key), Stamp(settings.secret_key)
    authority = Authority(issuer, audience, signing_keys, verifier, seal, stamp)
    app.extensions[_PLACE] = authority
    return authority


def set_subjects(app: Flask, subjects: Subjects) -> None:
    """Whom the application asks about people, as the composition root knows it."""
    app.extensions[_PLACE] = replace(app.extensions[_PLACE], subjects=subjects)


def authority() -> Authority:
    """The current application's authority."""
    found: Authority = application().extensions[_PLACE]
    return found
