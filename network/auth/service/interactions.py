"""Authorization requests that wait for a member: begun by the authorization endpoint, answered once by the pages.

An interaction is bound to one browser (`browser`: what its cookie holds, see `auth.cookies`): an address that somebody
else sends leads nowhere.
"""

import json
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from network.auth.authority import authority
from network.auth.client_secrets import digest, new_secret
from network.auth.domain import ACTIVE, Authorization, AuthorizationRequest, Grant, Interaction, Need
from network.auth.domain.grants import AUTHORIZATION_LASTS, CONSENT_GRANT_LASTS
from network.auth.domain.requests import CODE_LASTS, INTERACTION_LASTS, SILENT, acr_of, needed
from network.auth.errors import InteractionGone, SignInNeeded
from network.auth.repository import clients as client_queries
from network.auth.repository import grants, requests
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import new_id, read, show
from network.sessions.domain import Session

_SEAL_LABEL = "interaction"
_SPENDING = "points:redeem"


def begin_interaction(request: AuthorizationRequest, browser: str, pushed_hash: bytes | None = None) -> UUID:
    """Keep a valid request until the member has answered it, ten minutes at most."""
    interaction_id, now = new_id(), SystemClock().now()
    requests.insert_interaction(
        interaction_id,
        request.client_id,
        browser_hash=digest(browser),
        pushed_hash=pushed_hash,
        sealed=seal_request(request, str(interaction_id)),
        began_at=now,
        expires_at=now + INTERACTION_LASTS,
    )
    return interaction_id


def get_interaction(interaction_id: str | UUID, browser: str | None) -> Interaction:
    """One that waits in this browser; by `int_...`, as pages have it in their addresses, or by its id.

    Raises InteractionGone, and MalformedId for what is no id.
    """
    known_id = read("int", interaction_id) if isinstance(interaction_id, str) else interaction_id
    found = requests.find_interaction(known_id, digest(browser or ""), SystemClock().now()) if browser else None
    if found is None:
        raise InteractionGone
    partner_id, name, sealed, began_at, expires_at = found
    return Interaction(
        interaction_id=known_id,
        partner_id=partner_id,
        client_name=name,
        request=open_request(bytes(sealed), str(known_id)),
        began_at=began_at,
        expires_at=expires_at,
    )


def needs(interaction: Interaction, session: Session | None) -> Need | None:
    """What the member still has to do before this can be answered."""
    agreed = grants.find_consent(interaction.request.client_id, session.subject_id) if session else ()
    return needed(interaction, session, agreed, SystemClock().now())


def next_step(interaction_id: str | UUID, browser: str | None, session: Session | None) -> str:
    """Where the browser is to be sent now: to sign in, to consent, or back to the client with the answer.

    To be asked by the authorization endpoint, and by the sign-in page when it is done. Raises as `get_interaction`.
    """
    interaction = get_interaction(interaction_id, browser)
    need = needs(interaction, session)
    if need is None:
        assert session is not None
        return _answer(interaction, browser, session, interaction.request.scopes)
    if SILENT in interaction.request.prompts:
        error = "login_required" if need is Need.SIGN_IN else "consent_required"
        return _refuse(interaction, browser, error)
    if need is Need.SIGN_IN:
        return f"/sign-in?interaction={interaction.shown_id}"
    return f"/consent/{interaction.shown_id}"


def answer_interaction(
    interaction_id: str | UUID,
    browser: str | None,
    session: Session | None,
    granted: bool,
    scopes: Collection[str] | None = None,
) -> str:
    """The member has decided: where to send the browser, back at the client. `scopes`: those agreed to; None for all.

    Who does not let points be spent agrees to no burn either, whatever the request had in detail.

    Raises as `get_interaction`, and SignInNeeded if the member has to sign in (again) first. Answers once.
    """
    interaction = get_interaction(interaction_id, browser)
    asked = interaction.request.scopes
    agreed = tuple(scope for scope in asked if scopes is None or scope in scopes or scope == "openid")
    if not granted or not agreed:
        return _refuse(interaction, browser, "access_denied")
    if session is None or needs(interaction, session) is Need.SIGN_IN:
        raise SignInNeeded
    return _answer(interaction, browser, session, agreed)


def seal_request(request: AuthorizationRequest, label: str) -> bytes:
    """A request as it is kept: it may tell a phone number, or what a partner knows of somebody."""
    return authority().seal.seal(json.dumps(request.as_json()).encode(), f"{_SEAL_LABEL} {label}")


def open_request(sealed: bytes, label: str) -> AuthorizationRequest:
    """The other way around."""
    return AuthorizationRequest.of_json(json.loads(authority().seal.open(sealed, f"{_SEAL_LABEL} {label}")))


def redirect_with(uri: str, parameters: Iterable[tuple[str, str | None]]) -> str:
    """A redirect URI with an answer in its query (RFC 6749, 4.1.2), which always names the issuer (RFC 9207)."""
    told = [(name, value) for name, value in parameters if value is not None]
    parts = urlsplit(uri)
    query = "&".join(each for each in (parts.query, urlencode([*told, ("iss", authority().issuer)])) if each)
    return urlunsplit(parts._replace(query=query))


def _refuse(interaction: Interaction, browser: str | None, error: str) -> str:
    with transaction():
        _claim(interaction, browser)
    request = interaction.request
    return redirect_with(request.redirect_uri, [("error", error), ("state", request.state)])


def _answer(interaction: Interaction, browser: str | None, session: Session, scopes: tuple[str, ...]) -> str:
    request, code, now = interaction.request, new_secret(), SystemClock().now()
    with transaction():
        _claim(interaction, browser)
        if client_queries.find_client_state(request.client_id) != ACTIVE:
            raise InteractionGone
        consent_id = grants.put_consent(new_id(), request.client_id, session.subject_id, scopes, now)
        grant = Grant(
            grant_id=new_id(),
            client_id=request.client_id,
            partner_id=interaction.partner_id,
            subject_id=session.subject_id,
            store_ids=(),
            scopes=scopes,
            jkt=None,
            name=interaction.client_name,
            granted_by=show("mbr", session.subject_id),
            granted_at=now,
            expires_at=now + CONSENT_GRANT_LASTS,
            ended_at=None,
        )
        grants.insert_grant(grant, consent_id)
        agreed = request.details if _SPENDING in scopes else ()
        details = [_authorize(grant, each, interaction.partner_id) for each in agreed]
        grants.insert_code(digest(code), grant, _kept(request, session, details), now, now + CODE_LASTS)
    return redirect_with(request.redirect_uri, [("code", code), ("state", request.state)])


def _claim(interaction: Interaction, browser: str | None) -> None:
    """Answer it now or never; of a pushed request that two tabs opened, one is answered. Raises InteractionGone."""
    now = SystemClock().now()
    claimed = requests.claim_interaction(interaction.interaction_id, digest(browser or ""), now)
    if claimed is None or (claimed[0] is not None and not requests.claim_pushed(claimed[0], now)):
        raise InteractionGone


def _authorize(grant: Grant, detail: Any, partner_id: UUID) -> dict[str, Any]:
    assert grant.subject_id is not None
    kept = Authorization(
        authorization_id=new_id(),
        partner_id=partner_id,
        subject_id=grant.subject_id,
        points=detail.points,
        amount_minor=detail.amount_minor,
        currency=detail.currency,
        expires_at=grant.granted_at + AUTHORIZATION_LASTS,
    )
    grants.insert_authorization(kept, grant.grant_id, grant.granted_at)
    return {**detail.as_json(), "identifier": show("aut", kept.authorization_id)}


def _kept(request: AuthorizationRequest, session: Session, details: list[dict[str, Any]]) -> dict[str, Any]:
    """What the token endpoint needs to know of the request, and of how the member signed in."""
    return {
        "redirect_uri": request.redirect_uri,
        "code_challenge": request.code_challenge,
        "nonce": request.nonce,
        "claims": {place: list(names) for place, names in request.claims.items()},
        "dpop_jkt": request.dpop_jkt,
        "details": details,
        "auth_time": int(session.authenticated_at.timestamp()),
        "amr": list(session.methods),
        "acr": acr_of(session.methods),
    }
