"""Authorization requests of members, and what still has to happen before one is answered."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from network.auth.domain.details import RedemptionDetail
from network.kernel.identifiers import show
from network.sessions.domain import Realm, Session

INTERACTION_LASTS = timedelta(minutes=10)
PUSHED_LASTS = timedelta(seconds=90)
CODE_LASTS = timedelta(seconds=60)
AGREED_WITHIN = timedelta(minutes=10)
"""How old the proof of who somebody is may be where it agrees to a burn: that lifts what it has set as its limit."""

LOGIN, CONSENT, CREATE, SILENT = "login", "consent", "create", "none"
PROMPTS = (LOGIN, CONSENT, CREATE, SILENT)

ONE_FACTOR, TWO_FACTORS = "urn:peyvand:acr:1", "urn:peyvand:acr:2"
_STRONG = {"mfa", "hwk", "swk"}  # a passkey is something one has, opened by what one knows or is


class Need(StrEnum):
    """What the member still has to do."""

    SIGN_IN = "sign_in"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A valid request of a client: who is to be sent back where, with what.

    `prompts` as OpenID Connect Core has them, 3.1.2.1; `hinted_subject`: the member an id token of before speaks of;
    `required_acr`: the classes of authentication of which one is a must; `claims`: names that userinfo and the id
    token are to hold beside those of the scopes; `enrolment_claims`: what a partner knows of somebody who may want to
    join, for the sign-up page alone; `code_challenge`: S256.
    """

    client_id: UUID
    redirect_uri: str
    scopes: tuple[str, ...]
    code_challenge: str
    state: str | None = None
    nonce: str | None = None
    prompts: tuple[str, ...] = ()
    max_age: int | None = None
    login_hint: str | None = None
    hinted_subject: UUID | None = None
    required_acr: tuple[str, ...] = ()
    ui_locales: tuple[str, ...] = ()
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    details: tuple[RedemptionDetail, ...] = ()
    enrolment_claims: Mapping[str, Any] = field(default_factory=dict)
    purpose: str | None = None
    dpop_jkt: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For keeping; `of_json` reads it."""
        hinted = None if self.hinted_subject is None else str(self.hinted_subject)
        return {**asdict(self), "client_id": str(self.client_id), "hinted_subject": hinted}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        lists = {"scopes", "prompts", "required_acr", "ui_locales"}
        values: dict[str, Any] = {name: tuple(each) if name in lists else each for name, each in kept.items()}
        values["client_id"] = UUID(kept["client_id"])
        values["hinted_subject"] = UUID(kept["hinted_subject"]) if kept["hinted_subject"] else None
        values["claims"] = {place: tuple(names) for place, names in kept["claims"].items()}
        values["details"] = tuple(RedemptionDetail(**each) for each in kept["details"])
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """A request that waits for a member in one browser. `client_name` and `partner_id`: who asks."""

    interaction_id: UUID
    partner_id: UUID
    client_name: str
    request: AuthorizationRequest
    began_at: datetime
    expires_at: datetime

    @property
    def shown_id(self) -> str:
        """As pages have it in their addresses: `int_...`."""
        return show("int", self.interaction_id)


def acr_of(methods: Collection[str]) -> str:
    """The class of an authentication by these methods (RFC 8176)."""
    return TWO_FACTORS if _STRONG & set(methods) else ONE_FACTOR


def needed(interaction: Interaction, session: Session | None, agreed: Collection[str], now: datetime) -> Need | None:
    """What still has to happen; None if the request can be answered as it is. `agreed`: scopes consented to before.

    What `prompt` asks for is done when it was done since the request began: whoever was asked to sign in again isn't
    asked twice.
    """
    request = interaction.request
    if session is None or session.realm is not Realm.MEMBER or _is_stale(interaction, session, now):
        return Need.SIGN_IN
    if request.hinted_subject not in (None, session.subject_id):
        return Need.SIGN_IN
    if request.required_acr and acr_of(session.methods) not in request.required_acr:
        return Need.SIGN_IN
    if CONSENT in request.prompts or request.details or not set(request.scopes) <= set(agreed):
        return Need.CONSENT
    if not request.redirect_uri.startswith(("https://", "http://")):
        return Need.CONSENT  # any application on a phone may call itself by that name (RFC 8252, 8.6)
    return None


def _is_stale(interaction: Interaction, session: Session, now: datetime) -> bool:
    request = interaction.request
    if {LOGIN, CREATE} & set(request.prompts) and session.authenticated_at < interaction.began_at:
        return True
    if session.authenticated_at >= interaction.began_at:
        return False
    age = now - session.authenticated_at
    if request.details and age > AGREED_WITHIN:
        return True
    return request.max_age is not None and age > timedelta(seconds=request.max_age)
