"""Prepaid blocks: what partners have bought, and what was ordered."""

import click
from rich.table import Table

from network.cli.context import console, in_application
from network.cli.identity import by, recorded
from network.kernel.identifiers import read, show
from network.kernel.money import show_minor
from network.partners import service as partners
from network.partners.domain import Block, Partner
from network.partners.errors import PartnerNotFound
from network.staff.domain import Permission


@click.group()
def prepaid() -> None:
    """Points that partners buy before they issue them."""


@prepaid.command()
@click.argument("code")
@click.argument("points", type=int)
@click.option("--currency", required=True)
@click.option("--reserve", is_flag=True, help="To be issued when all other blocks are used up.")
@by(Permission.PREPAID_SELL)
def buy(code: str, points: int, currency: str, reserve: bool, person: str) -> None:
    """Let partner CODE have POINTS to issue, at the price of its contract."""
    partner_id = _partner(code).partner_id
    console.print(_told(partners.buy_block(partner_id, currency, points, person=person, is_reserve=reserve)))


@prepaid.command(name="list")
@click.argument("code")
@in_application
def list_(code: str) -> None:
    """The blocks of partner CODE, and what is left of each."""
    table = Table("block", "bought", "points", "left", "paid", "")
    for block, left in partners.list_blocks(_partner(code).partner_id):
        paid = show_minor(block.amount_minor, block.currency)
        bought = f"{block.bought_at:%Y-%m-%d %H:%M}"
        reserve = "reserve" if block.is_reserve else ""
        table.add_row(show("blk", block.block_id), bought, f"{block.points:,}", f"{left:,}", paid, reserve)
    console.print(table)


@prepaid.command()
@in_application
def orders() -> None:
    """Points that were ordered because blocks ran low, and not bought yet."""
    codes = {each.partner_id: each.code for each in partners.list_partners()}
    table = Table("order", "partner", "points", "price", "ordered")
    for each in partners.open_orders():
        price = show_minor(each.amount_minor, each.currency)
        ordered = f"{each.ordered_at:%Y-%m-%d %H:%M}"
        table.add_row(show("ord", each.order_id), codes[each.partner_id], f"{each.points:,}", price, ordered)
    console.print(table)


@prepaid.command()
@in_application
def watch() -> None:
    """Tell of blocks that run low, and order more, here and now: without waiting for the scheduler."""
    console.print(f"{partners.watch_blocks()} facts were told.")


@prepaid.command()
@click.argument("order_id")
@by(Permission.PREPAID_SELL)
def fill(order_id: str, person: str) -> None:
    """Buy the block that was ordered."""
    console.print(_told(partners.fill_order(read("ord", order_id), person=person)))


@prepaid.command()
@click.argument("order_id")
@recorded(Permission.PREPAID_SELL)
def cancel(order_id: str) -> None:
    """End an order; the next is made when blocks are still low."""
    partners.cancel_order(read("ord", order_id))
    console.print(f"{order_id} is cancelled.")


def _told(block: Block) -> str:
    kind = "reserve of " if block.is_reserve else ""
    paid = show_minor(block.amount_minor, block.currency)
    return f"{show('blk', block.block_id)}: {kind}{block.points:,} points for {paid}"


def _partner(code: str) -> Partner:
    found = partners.find_partner_by_code(code)
    if found is None:
        raise PartnerNotFound
    return found
