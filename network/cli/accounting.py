"""The operator's books: `network accounting`."""

import sys
from decimal import Decimal
from typing import Literal

import click
from rich.table import Table

from network.accounting import service
from network.cli.context import console, in_application
from network.cli.identity import by
from network.cli.terms import Rate
from network.kernel.money import show_minor
from network.partners.errors import PartnerNotFound
from network.partners.service import find_partner_by_code
from network.settlement.service import get_cycle
from network.staff.domain import Permission


@click.group()
def accounting() -> None:
    """The operator's double-entry books, and breakage."""


@accounting.command()
@in_application
def keep() -> None:
    """Book what was approved or paid, here and now, without waiting for the scheduler."""
    console.print(f"{service.keep_books()} entries written")


@accounting.command()
@click.argument("cycle")
@in_application
def show(cycle: str) -> None:
    """The entries of CYCLE (cyc_... or a name such as USD-2017-01)."""
    found = get_cycle(cycle)
    codes = service.codes_of_partners()
    table = Table("step", "date", "account", "debit", "credit", title=found.name)
    for booked in service.books(cycle_id=found.cycle_id):
        for each in booked.entry.postings:
            name = f"{each.account}:{codes[each.partner_id]}" if each.partner_id else each.account.value
            amount = show_minor(abs(each.amount_minor), booked.currency)
            sides = (amount, "") if each.amount_minor > 0 else ("", amount)
            table.add_row(booked.entry.step, str(booked.booked_on), name, *sides)
    console.print(table)


@accounting.command()
@click.option("--currency", help="All, if left out.")
@in_application
def balance(currency: str | None) -> None:
    """The trial balance; exit status 1 if it is not nothing."""
    table, total = Table("account", "balance (debit +)"), 0
    for each in service.balances(currency):
        name = f"{each.account}:{each.partner}" if each.partner else each.account.value
        table.add_row(name, show_minor(each.amount_minor, each.currency))
        total += each.amount_minor
    console.print(table)
    if total:
        raise click.ClickException(f"The books are out by {total} minor units.")
    console.print("The books balance.")


@accounting.command()
@click.option("--format", "form", type=click.Choice(["csv", "beancount"]), default="csv", show_default=True)
@click.option("--currency", help="All, if left out.")
@in_application
def export(form: Literal["csv", "beancount"], currency: str | None) -> None:
    """Write the books to standard output, as CSV or as a ledger that `bean-check` checks."""
    sys.stdout.write(service.export_books(form, currency))


@accounting.command()
@click.option("--currency", required=True)
@in_application
def estimate(currency: str) -> None:
    """Breakage by month of issue, estimated by the chain ladder, with its standard error. Moves no money."""
    table = Table("issued in", "issued", "burned", "expired", "breakage", "standard error", "recognised")
    for each in service.estimates(currency):
        points = (f"{number:,}" for number in (each.issued, each.burned, each.expired))
        rates = (f"{100 * rate:.2f} %" for rate in (each.rate, each.standard_error, each.recognised))
        table.add_row(each.month, *points, *rates)
    console.print(table)


@accounting.command(name="return-collateral")
@click.argument("partner")
@click.argument("amount_minor", type=int)
@click.option("--currency", required=True)
@click.option("--reason", required=True)
@by(Permission.BOOKS_WRITE)
def return_collateral(partner: str, amount_minor: int, currency: str, reason: str, person: str) -> None:
    """Book that AMOUNT_MINOR of the collateral of PARTNER goes back to it."""
    found = find_partner_by_code(partner)
    if found is None:
        raise PartnerNotFound
    left = service.return_collateral(found.partner_id, currency, amount_minor, person=person, reason=reason)
    console.print(f"{partner}: {show_minor(amount_minor, currency)} returned, {show_minor(left, currency)} held")


@accounting.command()
@click.option("--currency", required=True)
@click.option("--rate", type=Rate(), help="From 0 to 1; the present estimates, if left out.")
@click.option("--month", help="Of which month's points; of all and those to come, if left out. Only with --rate.")
@click.option("--reason", required=True)
@by(Permission.BOOKS_WRITE)
def recognise(currency: str, rate: Decimal | None, month: str | None, reason: str, person: str) -> None:
    """Let the books go by a breakage rate from now on; what is booked is trued up."""
    if rate is None and month is not None:
        raise click.UsageError("--month goes with --rate.")
    if rate is None:
        entry = service.recognise_estimates(currency, person=person, reason=reason)
    else:
        entry = service.recognise(currency, rate, month=month, person=person, reason=reason)
    told = show_minor(entry.postings[0].amount_minor, currency) if entry else "nothing"
    console.print(f"recognised; trued up: {told} of contract liability became redemption revenue")
