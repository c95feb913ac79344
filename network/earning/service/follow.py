"""What follows an entry: a hold is captured or voided, a redemption or an earn is returned."""

import psycopg

from network.auth.domain import Principal
from network.earning.commands import FollowUp
from network.earning.domain import value_of
from network.earning.results import Redeemed, RedemptionStatus, Reversed
from network.earning.service import across
from network.earning.service.following import Following, return_points, what_returns
from network.earning.service.scene import draft_of
from network.infrastructure.requests import Answer, Asked
from network.partners.service import prepaid_takes
from network.wallet import repository as ledger
from network.wallet.domain import Capture, Kind, Operation, capture, reverse_earn, settle_due, void
from network.wallet.service import Decision, post

_DRAWING = (Operation.REDEMPTION, Operation.HOLD)


def capture_hold(principal: Principal, command: FollowUp, asked: Asked | None = None) -> Redeemed | Answer:
    """Spend a hold of the partner's own, whole or in part; the rest goes back. Clearing arises now.

    Raises what `scene.enter` raises, EntryNotFound, HoldOver, CaptureTooLarge.
    """

    def attempt(connection: psycopg.Connection) -> Decision[Redeemed] | Answer:
        scene = Following.enter(connection, principal, command, asked, (Operation.HOLD,), "capture")
        if isinstance(scene, Answer):
            return scene
        with scene.held_still():
            draft, hold = scene.draft_with_hold()
            points = hold.points if command.points is None else command.points
            terms = scene.opening.terms
            value = value_of(points, terms)
            slip = scene.slip(value)
            made = capture(draft, hold, Capture(points, slip, principal.partner_id, terms.contract_id))
            settle_due(draft)
            redeemed = scene.redeemed(draft, RedemptionStatus.CAPTURED, made, points, value)
            return Decision(draft.posting(), redeemed, made)

    return post(attempt, asked)


def void_hold(principal: Principal, command: FollowUp, asked: Asked | None = None) -> Redeemed | Answer:
    """Give a hold of the partner's own back to its lots. Raises as `capture_hold` does."""

    def attempt(connection: psycopg.Connection) -> Decision[Redeemed] | Answer:
        scene = Following.enter(connection, principal, command, asked, (Operation.HOLD,))
        if isinstance(scene, Answer):
            return scene
        with scene.held_still():
            draft, hold = scene.draft_with_hold()
            made = void(draft, hold, scene.slip(None))
            settle_due(draft)
            return Decision(draft.posting(), scene.redeemed(draft, RedemptionStatus.VOIDED, made, 0, 0), made)

    return post(attempt, asked)


def return_redemption(principal: Principal, command: FollowUp, asked: Asked | None = None) -> Reversed | Answer:
    """Return points of a redemption, whole or in part, to the lots they came from.

    Raises what `scene.enter` raises, EntryNotFound, ReversalTooLarge.
    """

    def attempt(connection: psycopg.Connection) -> Decision[Reversed] | Answer:
        scene = Following.enter(connection, principal, command, asked, _DRAWING, "return")
        if isinstance(scene, Answer):
            return scene
        with scene.held_still():
            drawing = scene.drawing()
            draws = ledger.draws_left(connection, command.wallet_id, drawing.sequence)
            if scene.is_merged or any(each.is_guest for each in draws):
                raise across.OtherWallets
            draft = draft_of(connection, scene.opening, whole=True, also=[each.lot_id for each in draws])
            made = return_points(scene, draft, drawing, draws)
            return Decision(draft.posting(), scene.reversed(draft.balance, made, 0), made)

    try:
        return post(attempt, asked)
    except across.OtherWallets:
        return across.return_redemption(principal, command, asked)


def return_purchase(principal: Principal, command: FollowUp, asked: Asked | None = None) -> Reversed | Answer:
    """Take the points of a purchase back, of the whole, of an amount, or of lines of its basket.

    Raises what `scene.enter` raises, EntryNotFound, NoSuchLine, ReturnTooLarge, EarnNotPending, PointsAlreadySpent.
    """

    def attempt(connection: psycopg.Connection) -> Decision[Reversed] | Answer:
        scene = Following.enter(connection, principal, command, asked, (Operation.EARN,))
        if isinstance(scene, Answer):
            return scene
        with scene.held_still():
            original = scene.original
            amount, basket, points = what_returns(connection, principal, command, original)
            slip = scene.slip(amount, basket)
            earn = ledger.reversible_earn(connection, command.wallet_id, command.sequence)
            if earn is None or not points:
                draft = draft_of(connection, scene.opening)
                made = draft.enter(Operation.EARN_REVERSAL, 0, slip, refers_to=original.sequence)
                balance = scene.present_balance() if scene.is_merged else draft.balance
                return Decision(draft.posting(), scene.reversed(balance, made, 0), made)
            if scene.is_merged or earn.has_left:
                raise across.OtherWallets
            draft = draft_of(connection, scene.opening, whole=True, also=[earn.lot.lot_id])
            policy = scene.opening.rule.return_policy
            made = reverse_earn(draft, earn, points, slip, policy=policy, contract_id=scene.opening.terms.contract_id)
            draft.takes = prepaid_takes(connection, made)
            owed = sum(m.debt for m in made.movements if m.kind is Kind.OWE)
            return Decision(draft.posting(), scene.reversed(draft.balance, made, owed), made)

    try:
        return post(attempt, asked)
    except across.OtherWallets:
        return across.return_purchase(principal, command, asked)


__all__ = ["capture_hold", "return_purchase", "return_redemption", "void_hold"]
