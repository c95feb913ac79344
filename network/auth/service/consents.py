"""What members consented to and which terminals are let in: listed, withdrawn, used once."""

from uuid import UUID

from network.audit.service import record
from network.auth.domain import Consent, Grant
from network.auth.errors import AuthorizationRefused, ConsentNotFound, GrantNotFound
from network.auth.repository import grants
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import show


def list_consents(subject_id: UUID) -> list[Consent]:
    """The live consents of a member, newest first."""
    return grants.list_consents(subject_id)


def withdraw_consent(subject_id: UUID, consent_id: UUID, by: str) -> None:
    """End a member's consent: every token of it dies at once. Raises ConsentNotFound: no live one of theirs."""
    with transaction():
        if not grants.end_consents(subject_id, consent_id, by, SystemClock().now()):
            raise ConsentNotFound


def withdraw_all_consents(subject_id: UUID, by: str) -> int:
    """End all consents of a member, who is forgotten, merged, or no longer trusts anybody; how many there were."""
    with transaction():
        return grants.end_consents(subject_id, None, by, SystemClock().now())


def list_terminals(partner_id: UUID) -> list[Grant]:
    """The terminals that a partner has let in, newest first."""
    return grants.list_terminals(partner_id)


def end_terminal(partner_id: UUID, grant_id: UUID, by: str) -> None:
    """Let a terminal of a partner in no longer: its tokens die at once. Raises GrantNotFound."""
    with transaction():
        grant = grants.find_grant(grant_id)
        if grant is None or grant.partner_id != partner_id or grant.subject_id is not None:
            raise GrantNotFound
        grants.end_grant(grant_id, by, SystemClock().now())
        record("tills.end", "grant", show("grt", grant_id))


def claim_authorization(
    authorization_id: UUID,
    *,
    partner_id: UUID,
    member_id: UUID,
    points: int,
    amount_minor: int,
    currency: str,
    claimed_for: str,
) -> None:
    """Use a burn that a member has agreed to (RFC 9396), once.

    It has to be at this partner, by this member, for no more points and no more money than agreed. `claimed_for`: what
    uses it, which may claim it again, if it was interrupted before it burned. Raises AuthorizationRefused.
    """
    with transaction():
        fits = grants.claim_authorization(
            authorization_id,
            partner_id=partner_id,
            subject_id=member_id,
            points=points,
            amount_minor=amount_minor,
            currency=currency,
            claimed_for=claimed_for,
            now=SystemClock().now(),
        )
    if not fits:
        raise AuthorizationRefused
