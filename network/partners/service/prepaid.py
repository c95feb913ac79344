"""Prepaid blocks: bought, watched, used up by what is issued, and given back by what is reversed."""

from datetime import datetime
from uuid import UUID

import psycopg

from network.audit.service import record
from network.infrastructure.database import unit_connection
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.kernel.events import Fact
from network.kernel.identifiers import new_id, show
from network.partners.domain import (
    Block,
    Contract,
    Level,
    OrderState,
    Stock,
    TopUp,
    check_name,
    level_of,
    price_of,
)
from network.partners.errors import OrderNotFound, PrepaidUsedUp
from network.partners.events import BlockBought, PrepaidRunsLow, TopUpOrdered
from network.partners.repository import prepaid as repository
from network.partners.service.find import locked
from network.partners.service.sign import contract_by_id, find_contract_in_force, get_contract_in_force
from network.wallet.allowances import draw_on, open_allowance, return_to
from network.wallet.domain import Entry, Kind, Movement, Slot, Take

_OF_BLOCKS = (Kind.ISSUE, Kind.UNISSUE)


def buy_block(
    partner_id: UUID, currency: str, points: int, *, person: str, is_reserve: bool = False, order_id: UUID | None = None
) -> Block:
    """Let a partner have points to issue, at the issuance price in force; `order_id`: the order that this fills.

    Raises PartnerNotFound, PartnerHasLeft, NoContract, NotPrepaid, BadBlock, BadPartner, OrderNotFound.
    """
    with transaction():
        locked(partner_id)
        now = network_now()
        terms = get_contract_in_force(partner_id, currency, now).terms
        block = Block(
            block_id=new_id(),
            partner_id=partner_id,
            currency=currency,
            points=points,
            amount_minor=price_of(points, terms),
            is_reserve=is_reserve,
            bought_at=now,
            bought_by=check_name(person, field="person"),
        )
        if order_id is not None:
            _end_order(order_id, OrderState.FILLED)
        repository.insert_block(block, order_id)
        open_allowance(unit_connection(), block.block_id, points)
        told = {"partner": show("par", partner_id), "points": points, "amount_minor": block.amount_minor}
        record("prepaid.buy", "block", show("blk", block.block_id), after=told | {"currency": currency})
        announce(_bought(block))
    return block


def fill_order(order_id: UUID, *, person: str) -> Block:
    """Buy the block that was ordered, at today's price. Raises OrderNotFound, and as `buy_block`."""
    order = next((each for each in repository.open_orders() if each.order_id == order_id), None)
    if order is None:
        raise OrderNotFound
    return buy_block(order.partner_id, order.currency, order.points, person=person, order_id=order_id)


def cancel_order(order_id: UUID) -> TopUp:
    """End an order for which no block is bought. Raises OrderNotFound."""
    with transaction():
        record("prepaid.cancel", "order", show("ord", order_id))
        return _end_order(order_id, OrderState.CANCELLED)


def open_orders() -> list[TopUp]:
    """Orders that wait for a block, oldest first."""
    return repository.open_orders()


def list_blocks(partner_id: UUID) -> list[tuple[Block, int]]:
    """A partner's blocks as they were bought, and how many points are left of each."""
    return repository.blocks_of(partner_id)


def stock_of(partner_id: UUID, currency: str) -> Stock:
    """How many points a partner can still issue, and how many of them are its reserve's: those come last."""
    return repository.stock_of(partner_id, currency)


def watch_blocks() -> int:
    """Tell of blocks that have run low, once as they fall to each level, and order what contracts say; how many facts.

    Each partner is a unit of work. Whenever a level is low and no order is open, there is one.
    """
    return sum(_watch(partner_id, currency) for partner_id, currency in repository.prepaid_currencies())


def prepaid_takes(connection: psycopg.Connection, entry: Entry) -> tuple[Take, ...]:
    """For an attempt to post: what an entry that issues points takes from its issuer's blocks, and gives back to them.

    n·f·p of points under a prepaid contract, with f = 1, was paid with the block: settlement does not bill it again.
    Raises PrepaidUsedUp, and MovedOn where the attempt has to be made in a unit of work.
    """
    takes: tuple[Take, ...] = ()
    for movement in entry.movements:
        if movement.kind in _OF_BLOCKS and contract_by_id(movement.issuer_contract_id).terms.prepaid:
            takes += _takes_of(connection, entry.wallet_id, movement)
    return takes


def _takes_of(connection: psycopg.Connection, wallet_id: UUID, movement: Movement) -> tuple[Take, ...]:
    lot_id = movement.lot_id

    def find(connection: psycopg.Connection, lock: bool) -> list[Slot]:
        return repository.open_slots(connection, movement.issuer_id, movement.currency, lock=lock)

    if movement.kind is Kind.UNISSUE:
        return return_to(connection, wallet_id, find, -movement.points, lot_id=lot_id)
    taken = draw_on(connection, wallet_id, find, movement.points, choice=lot_id.int, lot_id=lot_id)
    if taken is None:
        raise PrepaidUsedUp
    return taken


def _watch(partner_id: UUID, currency: str) -> int:
    with transaction():
        now = network_now()
        contract = find_contract_in_force(partner_id, currency, now)
        if contract is None or not contract.terms.prepaid:
            return 0
        told = repository.lock_level(partner_id, currency, now)
        conditions, stock = contract.terms.conditions, repository.stock_of(partner_id, currency)
        level = level_of(stock.points, conditions)
        if level is not told:
            repository.set_level(partner_id, currency, level, now)
        facts: list[Fact] = [_low(contract, level, stock, now)] if level.is_worse_than(told) else []
        if level is not Level.ENOUGH and conditions.topup_points:
            order = _order(contract, now)
            facts += [_ordered(order)] if repository.insert_order(order) else []
        announce(*facts)
    return len(facts)


def _order(contract: Contract, now: datetime) -> TopUp:
    points = contract.terms.conditions.topup_points
    return TopUp(
        order_id=new_id(),
        partner_id=contract.partner_id,
        currency=contract.terms.currency,
        points=points,
        amount_minor=price_of(points, contract.terms),
        ordered_at=now,
        state=OrderState.OPEN,
    )


def _end_order(order_id: UUID, state: OrderState) -> TopUp:
    order = repository.close_order(order_id, state)
    if order is None:
        raise OrderNotFound
    return order


def _bought(block: Block) -> BlockBought:
    return BlockBought(
        block_id=block.block_id,
        partner_id=block.partner_id,
        currency=block.currency,
        points=block.points,
        amount_minor=block.amount_minor,
        is_reserve=block.is_reserve,
        bought_at=block.bought_at,
    )


def _low(contract: Contract, level: Level, stock: Stock, now: datetime) -> PrepaidRunsLow:
    return PrepaidRunsLow(
        partner_id=contract.partner_id,
        currency=contract.terms.currency,
        level=level.value,
        points=stock.points,
        reserve_points=stock.reserve_points,
        noticed_at=now,
    )


def _ordered(order: TopUp) -> TopUpOrdered:
    return TopUpOrdered(
        order_id=order.order_id,
        partner_id=order.partner_id,
        currency=order.currency,
        points=order.points,
        amount_minor=order.amount_minor,
        ordered_at=order.ordered_at,
    )
