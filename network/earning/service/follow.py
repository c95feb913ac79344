"""What follows an entry: a hold is captured or voided, a redemption or an earn is returned."""

from datetime import timedelta
from uuid import UUID

import psycopg

from network.auth.domain import Principal
from network.auth.service import confirm, find_client_state
from network.earning import repository
from network.earning.commands import FollowUp
from network.earning.domain import lines_returned, points_back, value_of
from network.earning.errors import NoSuchLine, ReturnTooLarge
from network.earning.repository import Till
from network.earning.results import Redeemed, RedemptionStatus, Reversed
from network.earning.service.scene import BALANCE_KNOWN_BY, Opening, draft_of, enter
from network.infrastructure.requests import Answer, Asked
from network.members.service import member_of_wallet
from network.wallet import repository as ledger
from network.wallet.domain import (
    Capture,
    Draft,
    Entry,
    Hold,
    Kind,
    Operation,
    Slip,
    capture,
    reverse_earn,
    reverse_redemption,
    settle_due,
    void,
)
from network.wallet.errors import EntryNotFound
from network.wallet.service import Decision, post

_DRAWING = (Operation.REDEMPTION, Operation.CAPTURE)


def capture_hold(principal: Principal, command: FollowUp, asked: Asked | None = None) -> Redeemed | Answer:
    """Spend a hold of the partner's own, whole or in part; the rest goes back. Clearing arises now.

    Raises what `scene.enter` raises, EntryNotFound, HoldOver, CaptureTooLarge.
    """

    def attempt(connection: psycopg.Connection) -> Decision[Redeemed] | Answer:
        scene = _Scene.enter(connection, principal, command, asked, (Operation.HOLD,))
        if isinstance(scene, Answer):
            return scene
        draft, hold = scene.draft_with_hold()
        points = hold.points if command.points is None else command.points
        terms = scene.opening.terms
        value = value_of(points, terms)
        slip = scene.slip(value)
        made = capture(draft, hold, Capture(points, slip, principal.partner_id, terms.contract_id))
        settle_due(draft)
        redeemed = scene.redeemed(draft, RedemptionStatus.CAPTURED, points, value)
        return Decision(draft.posting(), redeemed, made)

    return post(attempt, asked)


def void_hold(principal: Principal, command: FollowUp, asked: Asked | None = None) -> Redeemed | Answer:
    """Give a hold of the partner's own back to its lots. Raises as `capture_hold` does."""

    def attempt(connection: psycopg.Connection) -> Decision[Redeemed] | Answer:
        scene = _Scene.enter(connection, principal, command, asked, (Operation.HOLD,))
        if isinstance(scene, Answer):
            return scene
        draft, hold = scene.draft_with_hold()
        made = void(draft, hold, scene.slip(None))
        settle_due(draft)
        return Decision(draft.posting(), scene.redeemed(draft, RedemptionStatus.VOIDED, 0, 0), made)

    return post(attempt, asked)


def return_redemption(principal: Principal, command: FollowUp, asked: Asked | None = None) -> Reversed | Answer:
    """Return points of a redemption, whole or in part, to the lots they came from.

    Raises what `scene.enter` raises, EntryNotFound, ReversalTooLarge.
    """

    def attempt(connection: psycopg.Connection) -> Decision[Reversed] | Answer:
        scene = _Scene.enter(connection, principal, command, asked, (Operation.REDEMPTION, Operation.HOLD))
        if isinstance(scene, Answer):
            return scene
        drawing = scene.drawing()
        draws = ledger.draws_left(connection, command.wallet_id, drawing.sequence)
        left = sum(each.points for each in draws)
        points = left if command.points is None else command.points
        draft = draft_of(connection, scene.opening, whole=True, also=[each.lot_id for each in draws])
        days = scene.opening.rule.extension_days
        value = _value_left(drawing, left) - _value_left(drawing, left - points)
        made = reverse_redemption(
            draft,
            draws,
            points,
            scene.slip(value),
            refers_to=drawing.sequence,
            extended_to=draft.now + timedelta(days=days) if days else None,
        )
        settle_due(draft)
        return Decision(draft.posting(), scene.reversed(draft, made, 0), made)

    return post(attempt, asked)


def return_purchase(principal: Principal, command: FollowUp, asked: Asked | None = None) -> Reversed | Answer:
    """Take the points of a purchase back, of the whole, of an amount, or of lines of its basket.

    Raises what `scene.enter` raises, EntryNotFound, NoSuchLine, ReturnTooLarge, EarnNotPending, PointsAlreadySpent.
    """

    def attempt(connection: psycopg.Connection) -> Decision[Reversed] | Answer:
        scene = _Scene.enter(connection, principal, command, asked, (Operation.EARN,))
        if isinstance(scene, Answer):
            return scene
        original = scene.original
        amount, basket, points = _what_returns(connection, principal, command, original)
        slip = scene.slip(amount, basket)
        earn = ledger.reversible_earn(connection, command.wallet_id, command.sequence)
        if earn is None or not points:
            draft = draft_of(connection, scene.opening)
            made = draft.enter(Operation.EARN_REVERSAL, 0, slip, refers_to=original.sequence)
            return Decision(draft.posting(), scene.reversed(draft, made, 0), made)
        draft = draft_of(connection, scene.opening, whole=True, also=[earn.lot.lot_id])
        policy = scene.opening.rule.return_policy
        made = reverse_earn(draft, earn, points, slip, policy=policy, contract_id=scene.opening.terms.contract_id)
        owed = sum(m.debt for m in made.movements if m.kind is Kind.OWE)
        return Decision(draft.posting(), scene.reversed(draft, made, owed), made)

    return post(attempt, asked)


def _what_returns(
    connection: psycopg.Connection, principal: Principal, command: FollowUp, original: Entry
) -> tuple[int, tuple[int, ...] | None, int]:
    """The money, the lines and the points that go back, by the rule of the purchase's own day."""
    slip = original.slip
    assert slip.amount_minor is not None
    assert slip.currency is not None
    before, taken = repository.returned_before(connection, command.wallet_id, command.sequence)
    basket: tuple[int, ...] | None = None
    amount = command.amount_minor or slip.amount_minor - before
    if command.lines is not None:
        if slip.basket is None:
            raise NoSuchLine(field="lines")
        basket = lines_returned(slip.basket, taken, command.lines)
        amount = sum(basket)
    if not 0 < amount <= slip.amount_minor - before:
        raise ReturnTooLarge(field="amount_minor", returnable_minor=slip.amount_minor - before)
    rule = repository.rule_at(connection, principal.partner_id, slip.currency, slip.occurred_at)
    return amount, basket, points_back(slip.amount_minor, before, amount, slip.currency, rule)


def _value_left(drawing: Entry, points: int) -> int:
    """What is left of a redemption's value, so that returns of its parts add up to the whole."""
    assert drawing.slip.amount_minor is not None
    return drawing.slip.amount_minor * points // drawing.points


class _Scene:
    """A follow-up's scene: the partner's own entry, the member's wallet, and the terms in force."""

    def __init__(
        self,
        connection: psycopg.Connection,
        principal: Principal,
        command: FollowUp,
        member_id: UUID,
        original: Entry,
        opening: Opening,
    ) -> None:
        self.connection = connection
        self.principal = principal
        self.command = command
        self.member_id = member_id
        self.original = original
        self.opening = opening

    @classmethod
    def enter(
        cls,
        connection: psycopg.Connection,
        principal: Principal,
        command: FollowUp,
        asked: Asked | None,
        operations: tuple[Operation, ...],
    ) -> "_Scene | Answer":
        """Read it. Raises EntryNotFound unless the entry is of these operations and the partner's own."""
        entry = ledger.find_entry(connection, command.wallet_id, command.sequence)
        member_id = member_of_wallet(command.wallet_id)
        own = entry is not None and entry.slip.partner_id == principal.partner_id and entry.operation in operations
        currency = entry.slip.currency if entry is not None and own else None
        till = Till(
            principal.client_id,
            principal.partner_id,
            member_id or command.wallet_id,
            currency or "",
            key=asked.key if asked else None,
        )
        if entry is None or not own or member_id is None:
            confirm(principal, find_client_state(principal.client_id))
            raise EntryNotFound
        opening = enter(connection, principal, till)
        if isinstance(opening, Answer):
            return opening
        return cls(connection, principal, command, member_id, entry, opening)

    def draft_with_hold(self) -> tuple[Draft, Hold]:
        """The wallet, and the hold in question, which may be over."""
        hold = ledger.find_hold(self.connection, self.command.wallet_id, self.command.sequence)
        assert hold is not None, "a hold's entry has its row"
        draft = draft_of(self.connection, self.opening, whole=True)
        return draft, draft.holds.get(hold.sequence, hold)

    def drawing(self) -> Entry:
        """The entry that drew the points: the redemption itself, or its hold's capture. Raises EntryNotFound."""
        if self.original.operation is Operation.REDEMPTION:
            return self.original
        found = ledger.entry_referring_to(
            self.connection, self.command.wallet_id, self.command.sequence, (Operation.CAPTURE,)
        )
        if found is None:
            raise EntryNotFound
        return found

    def slip(self, amount_minor: int | None, basket: tuple[int, ...] | None = None) -> Slip:
        """What the till says now, at the original's store."""
        slip = self.original.slip
        return Slip(
            self.principal.partner_id,
            self.opening.scene.now,
            slip.store_id,
            self.command.receipt,
            amount_minor,
            slip.currency,
            basket,
        )

    def redeemed(self, draft: Draft, status: RedemptionStatus, captured: int, value_minor: int) -> Redeemed:
        """The redemption as it is now."""
        return Redeemed(
            member_id=self.member_id,
            entry=self.original,
            store=repository.store_code(self.connection, self.principal.partner_id, self.original.slip.store_id),
            status=status,
            captured_points=captured,
            reversed_points=0,
            value_minor=value_minor,
            hold_expires_at=None,
            balance=draft.balance,
        )

    def reversed(self, draft: Draft, made: Entry, owed: int) -> Reversed:
        """The return as it is told; the balance only to those who may see it."""
        sees = self.opening.scene.known_by in BALANCE_KNOWN_BY
        return Reversed(self.member_id, made, self.original, owed, draft.balance if sees else None)


__all__ = ["capture_hold", "return_purchase", "return_redemption", "void_hold"]
