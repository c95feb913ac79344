"""Points become money at a till, at once or as a hold to be captured later."""

from datetime import timedelta

import psycopg

from network.auth.domain import Principal
from network.auth.service import claim_authorization
from network.earning.commands import ProofType, RedeemPoints, Source
from network.earning.domain import Claim, burn_instant, value_of
from network.earning.repository import Till
from network.earning.results import Redeemed, RedemptionStatus
from network.earning.service.pool import pool_draft
from network.earning.service.proofs import Gate, key_of
from network.earning.service.scene import BALANCE_KNOWN_BY, Opening, check_store, draft_of, enter
from network.infrastructure.requests import Answer, Asked
from network.kernel.identifiers import new_id
from network.members.service import acquaint_by_card
from network.wallet.domain import Authorise, Burn, Draft, Entry, Slip, Ticket, authorise, burn
from network.wallet.repository import FIRST_LOTS
from network.wallet.service import Decision, post


def redeem_points(principal: Principal, command: RedeemPoints, asked: Asked | None = None) -> Redeemed | Answer:
    """Draw a member's points, whoever issued them, first expiring first; or hold them for a capture.

    A card, and a code at the till, make the partner one that was shown the card; what the member has approved or agreed
    to elsewhere tells it nothing of the member. Raises what `scene.enter`,
    `scene.check_store` and `proofs.Gate` raise, auth's AuthorizationRefused, BurnTooOld, and InsufficientPoints; from a
    pool what `pool.pool_draft` raises.
    """
    proof = command.proof
    gate = Gate(
        proof,
        member_id=command.member_id,
        partner_id=principal.partner_id,
        points=command.points,
        is_agreed=command.authorization_id is not None,
    )
    till = Till(
        client_id=principal.client_id,
        partner_id=principal.partner_id,
        member_id=command.member_id,
        currency=command.currency,
        occurred_at=command.occurred_at,
        store=command.store,
        shown=key_of(proof) if proof else None,
        key=asked.key if asked else None,
        with_lots=command.source is Source.OWN,
        claim=Claim("redemption" if command.capture else "hold", command.points),
        is_burn=True,
        has_code=proof is not None and proof.type is ProofType.TILL_CODE,
    )
    newly_shown = False
    purpose = asked.key.idempotency_key if asked else str(new_id())

    def attempt(connection: psycopg.Connection) -> Decision[Redeemed] | Answer:
        nonlocal newly_shown
        opening = enter(connection, principal, till)
        if isinstance(opening, Answer):
            return opening
        check_store(principal, opening.scene)
        tickets = gate.pass_through(connection, opening.scene)
        newly_shown = till.shown is not None and opening.scene.known_by not in BALANCE_KNOWN_BY
        decision = _decide(connection, principal, command, opening, tickets)
        if command.authorization_id is not None:
            _use_authorization(principal, command, decision.result.entry, purpose)
        return decision

    try:
        outcome = post(attempt, asked)
    finally:
        gate.close()
    if newly_shown:
        acquaint_by_card(principal.partner_id, command.member_id)
    return outcome


def _use_authorization(principal: Principal, command: RedeemPoints, entry: Entry, purpose: str) -> None:
    """Claimed before the posting, under the request's key: an attempt that is repeated claims it again.

    A burn that was refused never gets here; one that dies between is completed under the same key alone.
    """
    amount = entry.slip.amount_minor
    assert command.authorization_id is not None
    assert amount is not None
    claim_authorization(
        command.authorization_id,
        partner_id=principal.partner_id,
        member_id=command.member_id,
        points=command.points,
        amount_minor=amount,
        currency=command.currency,
        claimed_for=purpose,
    )


def _decide(
    connection: psycopg.Connection,
    principal: Principal,
    command: RedeemPoints,
    opening: Opening,
    tickets: tuple[Ticket, ...],
) -> Decision[Redeemed]:
    scene, terms = opening.scene, opening.terms
    from_pool = command.source is Source.POOL
    draft = (pool_draft if from_pool else _covering_draft)(connection, opening, command)
    value = value_of(command.points, terms)
    slip = Slip(
        principal.partner_id,
        burn_instant(command.occurred_at, scene.now),
        scene.store_id,
        command.receipt,
        value,
        command.currency,
        bearer_id=opening.head.wallet_id if from_pool else None,
    )
    hold_expires_at = None
    if command.capture:
        entry = burn(draft, Burn(command.points, command.currency, slip, principal.partner_id, terms.contract_id))
    else:
        hold_expires_at = draft.now + timedelta(seconds=command.hold_seconds)
        entry = authorise(draft, Authorise(command.points, command.currency, slip, hold_expires_at))
    redeemed = Redeemed(
        member_id=command.member_id,
        entry=entry,
        store=command.store,
        status=RedemptionStatus.CAPTURED if command.capture else RedemptionStatus.AUTHORIZED,
        captured_points=command.points if command.capture else 0,
        reversed_points=0,
        value_minor=value,
        hold_expires_at=hold_expires_at,
        balance=draft.balance,
        source=command.source,
        captured_at=entry.posted_at if command.capture else None,
    )
    return Decision(draft.posting(), redeemed, entry, tickets)


def _covering_draft(connection: psycopg.Connection, opening: Opening, command: RedeemPoints) -> Draft:
    """The wallet with enough lots to cover the points, if it has them: the first few mostly do."""
    draft = draft_of(connection, opening)
    covered = sum(lot.free for lot in draft.lots if lot.currency == command.currency)
    if covered < command.points and len(opening.scene.lots) == FIRST_LOTS:
        draft = draft_of(connection, opening, whole=True)
    return draft
