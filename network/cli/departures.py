"""Partners that stop paying, or leave: `network settlement simulate`, `buy-out`."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

import click
from rich.table import Table

from network.accounting.service import expected_burn as estimated_burn
from network.cli.adjustments import PERSON
from network.cli.context import console, in_application
from network.cli.partners import Rate
from network.cli.settlement import settlement
from network.kernel.money import show_minor
from network.partners.errors import PartnerNotFound
from network.partners.service import find_partner_by_code, list_partners
from network.settlement import service
from network.settlement.domain import Cover, Effect, Layer

CURRENCY = click.option("--currency", required=True)
BURN = click.option(
    "--expected-burn", type=Rate(), help="Which part of the outstanding points will burn; as estimated, if left out."
)


@settlement.group()
def simulate() -> None:
    """What would happen if a partner stopped paying, or left. Writes nothing."""


@simulate.command()
@click.argument("partner")
@CURRENCY
@BURN
@click.option("--prepaid-minor", default=0, help="What is left of its prepaid block, in minor units.")
@click.option("--collateral-minor", default=0, help="What it has put up, in minor units.")
@click.option("--capital-minor", default=0, help="What the operator stands for, in minor units.")
@click.option("--fund", type=(str, int), multiple=True, help="A partner's share of the mutual fund: CODE MINOR.")
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
    shares = {_partner(code): minor for code, minor in fund}
    found = service.simulate_default(number, currency, expected_burn=burn, cover=Cover(fund_minor=shares, **cover))
    table = _told(f"{partner} pays nothing any more", burn, found, currency)
    table.add_row("operator", "is owed by it, stated or under way", show_minor(found.owed_minor, currency))
    table.add_row("", "will lack of its tail, as points burn", show_minor(found.tail_minor, currency))
    _add(table, "partners", "still due to", found.due_minor, currency)
    for layer in Layer:
        table.add_row("cover", layer.value, show_minor(found.covered.drawn_minor[layer], currency))
    _add(table, "", "of the fund, from", found.covered.fund_minor, currency)
    table.add_row("", "covered by nothing", show_minor(found.covered.uncovered_minor, currency))
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
@PERSON
@in_application
def buy_out(partner: str, currency: str, expected_burn: Decimal | None, person: str) -> None:
    """Let PARTNER, which has left, pay for its tail now; what burns from the open cycle on is yours to bear."""
    number = _partner(partner)
    burn = estimated_burn(number, currency) if expected_burn is None else expected_burn
    bought = service.buy_out(number, currency, expected_burn=burn, person=person)
    paid = show_minor(bought.amount_minor, currency)
    console.print(f"{partner} pays {paid} in the cycle that is open, for {bought.points:,} points of which {burn} burn")


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
