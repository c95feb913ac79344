"""A purchase becomes points."""

from datetime import timedelta

import psycopg

from network.auth.domain import Principal
from network.earning.commands import RecordPurchase
from network.earning.domain import points_for, purchase_instant
from network.earning.errors import BasketMismatch
from network.earning.repository import Till
from network.earning.results import Earned
from network.earning.service.scene import BALANCE_KNOWN_BY, Opening, check_may_issue, check_store, draft_of, enter
from network.expiry.service import life_of_points
from network.infrastructure.requests import Answer, Asked
from network.kernel.identifiers import new_id
from network.members.errors import MemberNotFound
from network.partners.service import prepaid_takes
from network.settlement.service import credit_takes
from network.wallet.domain import Earn, Slip, earn
from network.wallet.service import Decision, post


def record_purchase(principal: Principal, command: RecordPurchase, asked: Asked | None = None) -> Earned | Answer:
    """Issue the points of a purchase to a member that the partner knows.

    Raises what `scene.enter` and `scene.check_store` raise, IssuingSuspended, BasketMismatch, MemberNotFound for a
    member that the partner does not know; PrepaidUsedUp and CreditLimitReached for points that its contract does not
    let it issue now.
    """
    till = Till(
        client_id=principal.client_id,
        partner_id=principal.partner_id,
        member_id=command.member_id,
        currency=command.currency,
        occurred_at=command.occurred_at,
        store=command.store,
        key=asked.key if asked else None,
    )

    def attempt(connection: psycopg.Connection) -> Decision[Earned] | Answer:
        opening = enter(connection, principal, till)
        if isinstance(opening, Answer):
            return opening
        check_store(principal, opening.scene)
        if opening.scene.known_by is None:
            raise MemberNotFound(field="member")
        check_may_issue(opening)
        if command.basket is not None and sum(command.basket) != command.amount_minor:
            raise BasketMismatch(field="lines")
        return _decide(connection, principal, command, opening)

    return post(attempt, asked)


def _decide(
    connection: psycopg.Connection, principal: Principal, command: RecordPurchase, opening: Opening
) -> Decision[Earned]:
    scene, terms = opening.scene, opening.terms
    occurred_at = purchase_instant(command.occurred_at, scene.now)
    draft = draft_of(connection, opening, whole=opening.head.balance.debt > 0)
    months, programme = terms.expires_after_months, terms.expiry_programme
    life = life_of_points(connection, months, programme, scene.jurisdiction, occurred_at)
    entry = earn(
        draft,
        Earn(
            points=points_for(command.amount_minor, command.currency, opening.rule),
            slip=Slip(
                principal.partner_id,
                occurred_at,
                scene.store_id,
                command.receipt,
                command.amount_minor,
                command.currency,
                command.basket,
            ),
            lot_id=new_id(),
            issuer_id=principal.partner_id,
            contract_id=terms.issued_under(command.point_type),
            currency=command.currency,
            # a till's clock that runs ahead makes nobody wait
            activates_at=min(occurred_at, draft.now) + timedelta(days=opening.rule.pending_days),
            expires_at=life.expires_at,
            inactivity=life.inactivity,
        ),
    )
    if entry.points and terms.is_prepaid:
        draft.takes = prepaid_takes(connection, entry)
    elif entry.points and terms.is_limited:
        draft.takes = credit_takes(connection, entry)
    posting = draft.posting()
    sees_balance = scene.known_by in BALANCE_KNOWN_BY
    balance = draft.balance if sees_balance else None
    earned = Earned(command.member_id, entry, command.store, posting.new_lots, balance, command.point_type)
    return Decision(posting, earned, entry)
