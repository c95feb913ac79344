"""Partners that stop paying, or leave: `network settlement simulate`, `buy-out`, `network accounting cover-default`."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from uuid import UUID

import click
from rich.table import Table

from network.accounting import service as books
from network.accounting.service import expected_burn as estimated_burn
from network.cli.accounting import accounting
from network.cli.context import console, in_application
from network.cli.identity import by
from network.cli.settlement import settlement
from network.cli.terms import Rate
from network.kernel.money import show_minor
from network.partners.errors import PartnerNotFound
from network.partners.service import find_partner_by_code, list_partners
from network.settlement import service
from network.settlement.domain import Cover, Covered, Effect, Layer
from network.settlement.service import get_cycle
from network.staff.domain import Permission

CURRENCY = click.option("--currency", required=True)
BURN = click.option(
    "--expected-burn", type=Rate(), help="Which part of the outstanding points will burn; as estimated, if left out."
)


def _covered(command: Callable[..., None]) -> Callable[..., None]:
    """What there is to cover a loss."""
    for option in (
        click.option("--prepaid-minor", default=0, help="What is left of its prepaid block, in minor units."),
        click.option("--collateral-minor", default=0, help="What it has put up, in minor units."),
        click.option("--capital-minor", default=0, help="What the operator stands for, in minor units."),
        click.option("--fund", type=(str, int), multiple=True, help="A share of the mutual fund: CODE MINOR."),
    ):
        command = option(command)
    return command


@settlement.group()
def simulate() -> None:
    """What would happen if a partner stopped paying, or left. Writes nothing."""


@simulate.command()
@click.argument("partner")
@CURRENCY
@BURN
@_covered
@in_application
def default(
    partner: str,
    currency: str,
    expected_burn: Decimal | None,
    fund: tuple[tuple[str, int], ...],
    **cover: int,
) -> None:
    """What it would mean for members, partners and you if PARTNER paid nothing any more."""
    number = _partner(partner)
    burn = estimated_burn(number, currency) if expected_burn is None else expected_burn
    found = service.simulate_default(number, currency, expected_burn=burn, cover=_cover(fund, cover))
    table = _told(f"{partner} pays nothing any more", burn, found, currency)
    table.add_row("operator", "is owed by it, stated or under way", show_minor(found.owed_minor, currency))
    table.add_row("", "will lack of its tail, as points burn", show_minor(found.tail_minor, currency))
    _add(table, "partners", "still due to", found.due_minor, currency)
    _add_covered(table, found.covered, currency)
    console.print(table)
    console.print(f"First: network partner suspend {partner}. It stops the issuing; members go on burning.")


@simulate.command(name="exit")
@click.argument("partner")
@CURRENCY
@BURN
@in_application
def exit_(partner: str, currency: str, expected_burn: Decimal | None) -> None:
    """What it would mean for members, partners and you if PARTNER left."""
    number = _partner(partner)
    burn = estimated_burn(number, currency) if expected_burn is None else expected_burn
    found = service.simulate_exit(number, currency, expected_burn=burn)
    table = _told(f"{partner} leaves", burn, found, currency)
    table.add_row(partner, "pays as its points burn, in all", show_minor(found.tail_minor, currency))
    table.add_row("", "or now, bought out", show_minor(found.buyout_minor, currency))
    table.add_row("operator", "gains by the buyout if all burns", show_minor(found.worst_minor, currency))
    table.add_row("", "gains by the buyout if nothing burns", show_minor(found.best_minor, currency))
    console.print(table)


@settlement.command(name="buy-out")
@click.argument("partner")
@CURRENCY
@BURN
@by(Permission.BOOKS_WRITE)
def buy_out(partner: str, currency: str, expected_burn: Decimal | None, person: str) -> None:
    """Let PARTNER, which has left, pay for its tail now; what burns from the open cycle on is yours to bear."""
    number = _partner(partner)
    burn = estimated_burn(number, currency) if expected_burn is None else expected_burn
    bought = service.buy_out(number, currency, expected_burn=burn, person=person)
    paid = show_minor(bought.amount_minor, currency)
    console.print(f"{partner} pays {paid} in the cycle that is open, for {bought.points:,} points of which {burn} burn")


@accounting.command(name="cover-default")
@click.argument("partner")
@click.argument("cycle")
@_covered
@click.option("--reason", required=True)
@by(Permission.BOOKS_WRITE)
def cover_default(
    partner: str, cycle: str, reason: str, person: str, fund: tuple[tuple[str, int], ...], **cover: int
) -> None:
    """Write off what PARTNER owes for CYCLE and does not pay, against what covers it; its issuing stops."""
    found, currency = _cover(fund, cover), get_cycle(cycle).currency
    covered = books.cover_default(_partner(partner), cycle, found, person=person, reason=reason)
    table = Table("who", "what", "amount", title=f"{partner} owed {show_minor(covered.loss_minor, currency)}")
    _add_covered(table, covered, currency)
    console.print(table)


def _cover(fund: tuple[tuple[str, int], ...], cover: Mapping[str, int]) -> Cover:
    return Cover(fund_minor={_partner(code): minor for code, minor in fund}, **cover)


def _add_covered(table: Table, covered: Covered, currency: str) -> None:
    for layer in Layer:
        table.add_row("cover", layer.value, show_minor(covered.drawn_minor[layer], currency))
    _add(table, "", "of the fund, from", covered.fund_minor, currency)
    table.add_row("", "covered by nothing", show_minor(covered.uncovered_minor, currency))


def _told(title: str, burn: Decimal, effect: Effect, currency: str) -> Table:
    """What is the same for a default and an exit."""
    table = Table("who", "what", "amount", title=title)
    table.add_row("members", "keep, and burn as before", f"{effect.points:,} points")
    table.add_row("", "which buy", show_minor(effect.value_minor, currency))
    table.add_row(
        "partners", f"are paid for those that burn ({burn} of them)", show_minor(effect.redeemed_minor, currency)
    )
    return table


def _add(table: Table, who: str, what: str, amounts: Mapping[UUID, int], currency: str) -> None:
    codes = {partner.partner_id: partner.code for partner in list_partners()}
    for code, minor in sorted((codes[each], minor) for each, minor in amounts.items()):
        table.add_row(who, f"{what} {code}", show_minor(minor, currency))


def _partner(code: str) -> UUID:
    found = find_partner_by_code(code)
    if found is None:
        raise PartnerNotFound
    return found.partner_id
