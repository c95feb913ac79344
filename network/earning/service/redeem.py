"""Points become money at a till."""

import psycopg

from network.auth.domain import Principal
from network.earning.commands import RedeemPoints
from network.earning.domain import purchase_instant, value_of
from network.earning.errors import ProofRefused
from network.earning.repository import Till
from network.earning.results import Redeemed
from network.earning.service.scene import BALANCE_KNOWN_BY, Opening, draft_of, enter
from network.infrastructure.requests import Answer, Asked
from network.members.service import acquaint_by_card
from network.members.vault import card_hash
from network.wallet.domain import Burn, Draft, Slip, burn
from network.wallet.service import Decision, post


def redeem_points(principal: Principal, command: RedeemPoints, asked: Asked | None = None) -> Redeemed | Answer:
    """Draw a member's points, whoever issued them, first expiring first.

    The card proves that the member is present, and makes the partner one that was shown it. Raises what
    `scene.enter` raises, ProofRefused, and InsufficientPoints.
    """
    till = Till(
        client_id=principal.client_id,
        partner_id=principal.partner_id,
        member_id=command.member_id,
        currency=command.currency,
        occurred_at=command.occurred_at,
        store=command.store,
        card_hash=card_hash(command.card_number),
        key=asked.key if asked else None,
    )
    newly_shown = False

    def attempt(connection: psycopg.Connection) -> Decision[Redeemed] | Answer:
        nonlocal newly_shown
        opening = enter(connection, principal, till, with_lots=True)
        if isinstance(opening, Answer):
            return opening
        if not opening.scene.card_fits:
            raise ProofRefused(field="proof")
        newly_shown = opening.scene.known_by not in BALANCE_KNOWN_BY
        return _decide(connection, principal, command, opening)

    outcome = post(attempt, asked)
    if newly_shown:
        acquaint_by_card(principal.partner_id, command.member_id)
    return outcome


def _decide(
    connection: psycopg.Connection, principal: Principal, command: RedeemPoints, opening: Opening
) -> Decision[Redeemed]:
    scene, terms = opening.scene, opening.terms
    draft = _covering_draft(connection, opening, command.points)
    slip = Slip(
        principal.partner_id,
        purchase_instant(command.occurred_at, scene.now),
        scene.store_id,
        command.receipt,
        value_of(command.points, terms),
        command.currency,
    )
    entry = burn(draft, Burn(command.points, slip, principal.partner_id, terms.contract_id))
    redeemed = Redeemed(command.member_id, entry, command.store, draft.balance)
    return Decision(draft.posting(), redeemed)


def _covering_draft(connection: psycopg.Connection, opening: Opening, points: int) -> Draft:
    """The wallet with enough lots to cover the points, if it has them: the first few mostly do."""
    draft = draft_of(connection, opening, all_lots=False)
    if sum(lot.free for lot in draft.lots) < points <= draft.balance.available:
        draft = draft_of(connection, opening, all_lots=True)
    return draft
