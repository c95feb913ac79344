"""What every follow-up of an entry asks before it decides: whose entry, in which wallet, and what of it is left."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg

from network.auth.domain import Principal
from network.auth.errors import StoreNotYours
from network.auth.service import confirm, find_client_state
from network.earning import repository
from network.earning.commands import FollowUp, Source
from network.earning.domain import Claim, lines_returned, points_back
from network.earning.errors import NoSuchLine, ReturnTooLarge
from network.earning.repository import Till
from network.earning.results import Redeemed, RedemptionStatus, Reversed
from network.earning.service.scene import BALANCE_KNOWN_BY, Opening, draft_of, enter
from network.infrastructure.requests import Answer, Asked
from network.members.domain import Keeper
from network.members.service import first_wallet_of, keeper_of_wallet
from network.wallet import repository as ledger
from network.wallet.domain import Balance, Draft, Drawn, Entry, Hold, Operation, Slip, reverse_redemption, settle_due
from network.wallet.errors import EntryNotFound
from network.wallet.lineage import bearer_of, held_still
from network.wallet.service import balance_of


class Following:
    """A follow-up's scene: the partner's own entry, the wallet that it is in, the member, and the terms in force.

    The wallet is the member's own, or that of an account which was merged into the member's since, or a pool that the
    member shared; in a pool, `bearer_id` is the own wallet of whoever made the entry.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        principal: Principal,
        command: FollowUp,
        original: Entry,
        opening: Opening,
        keeper: Keeper,
        bearer_id: UUID | None,
    ) -> None:
        self.connection = connection
        self.principal = principal
        self.command = command
        self.original = original
        self.opening = opening
        self.member_id = keeper.present_id
        self.is_merged = bearer_id is None and keeper.present_id != keeper.member_id
        self.bearer_id = bearer_id

    @classmethod
    def enter(
        cls,
        connection: psycopg.Connection,
        principal: Principal,
        command: FollowUp,
        asked: Asked | None,
        operations: tuple[Operation, ...],
        signed_as: str | None = None,
    ) -> "Following | Answer":
        """Read it. Raises StoreNotYours, and EntryNotFound unless it is of these operations and the partner's own.

        `signed_as`: what the partner's signature of this request would have to call it, if one is looked at.
        """
        entry = ledger.find_entry(connection, command.wallet_id, command.sequence)
        keeper, bearer_id = _keeper(connection, command)
        own = entry is not None and entry.slip.partner_id == principal.partner_id and entry.operation in operations
        currency = entry.slip.currency if entry is not None and own else None
        till = Till(
            principal.client_id,
            principal.partner_id,
            keeper.present_id if keeper else command.wallet_id,
            currency or "",
            key=asked.key if asked else None,
            claim=Claim(signed_as, command.points) if signed_as else None,
        )
        if entry is None or not own or keeper is None:
            confirm(principal, find_client_state(principal.client_id))
            raise EntryNotFound
        opening = enter(connection, principal, till)
        if isinstance(opening, Answer):
            return opening
        if not principal.may_write_for(entry.slip.store_id):
            raise StoreNotYours
        if opening.head.wallet_id != command.wallet_id:
            found = ledger.find_head(connection, command.wallet_id)
            assert found is not None, "the wallet of an entry is there"
            opening = replace(opening, head=found[1])
        return cls(connection, principal, command, entry, opening, keeper, bearer_id)

    def held_still(self) -> AbstractContextManager[None]:
        """What is refused in here counts only if the wallet is still as it was when the scene was entered."""
        return held_still(self.connection, [self.opening.head])

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
            self.bearer_id,
        )

    def redeemed(
        self, draft: Draft, status: RedemptionStatus, made: Entry, captured: int, value_minor: int
    ) -> Redeemed:
        """The redemption as it is now, by the entry that ended its hold."""
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
            source=Source.OWN if self.bearer_id is None else Source.POOL,
            captured_at=made.posted_at if captured else None,
        )

    def present_balance(self) -> Balance:
        """Of the account that the entry's own was merged into."""
        return balance_of(first_wallet_of(self.member_id))[1]

    def reversed(self, balance: Balance, made: Entry, owed: int) -> Reversed:
        """The return as it is told; the balance only to those who may see it."""
        sees = self.opening.scene.known_by in BALANCE_KNOWN_BY
        return Reversed(self.member_id, made, self.original, owed, balance if sees else None)


def _keeper(connection: psycopg.Connection, command: FollowUp) -> tuple[Keeper | None, UUID | None]:
    """Whose entry it is, and in a pool, the own wallet of whoever made it."""
    keeper = keeper_of_wallet(command.wallet_id)
    if keeper is not None:
        return keeper, None
    bearer_id = bearer_of(connection, command.wallet_id, command.sequence)
    return (keeper_of_wallet(bearer_id) if bearer_id else None), bearer_id


def what_returns(
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


def return_points(scene: Following, draft: Draft, drawing: Entry, draws: Sequence[Drawn]) -> Entry:
    """Give back points of a redemption, or all that it still has. Raises ReversalTooLarge."""
    left = sum(each.points for each in draws)
    points = left if scene.command.points is None else scene.command.points
    value = _value_left(drawing, left) - _value_left(drawing, left - points)
    days = scene.opening.rule.extension_days
    made = reverse_redemption(
        draft,
        draws,
        points,
        scene.slip(value),
        refers_to=drawing.sequence,
        extended_to=draft.now + timedelta(days=days) if days else None,
    )
    settle_due(draft)
    return made


def _value_left(drawing: Entry, points: int) -> int:
    """What is left of a redemption's value, so that returns of its parts add up to the whole."""
    assert drawing.slip.amount_minor is not None
    return drawing.slip.amount_minor * points // drawing.points
