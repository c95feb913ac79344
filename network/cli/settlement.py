"""Cycles: what was cleared, what is due, and the file from which anybody can recompute it."""

import sys

import click
from rich.table import Table

from network.cli.context import console, in_application
from network.cli.identity import name_of, recorded
from network.infrastructure.calendars import CALENDARS
from network.kernel.money import show_minor
from network.partners import service as partners
from network.settlement import service
from network.settlement.domain import PeriodKind, State
from network.settlement.jobs import close_cycle, cut, tick
from network.staff.domain import Permission


@click.group()
def settlement() -> None:
    """Cycles, statements and exports."""


@settlement.command()
@click.option("--currency", required=True)
@click.option("--period", type=click.Choice([each.value for each in PeriodKind]), default="month", show_default=True)
@click.option("--calendar", type=click.Choice(sorted(CALENDARS)), default="gregorian", show_default=True)
@click.option("--time-zone", default="UTC", show_default=True)
@click.option("--cut-off", default=0, show_default=True, help="The hour at which a day ends; 0: at midnight.")
@click.option("--grace-seconds", default=0, show_default=True, help="How long after its end a cycle is closed.")
@recorded(Permission.SETTLEMENT_CONFIGURE)
def calendar(currency: str, period: str, calendar: str, time_zone: str, cut_off: int, grace_seconds: int) -> None:
    """Give a currency its calendar: all of its partners net together."""
    service.ensure_calendar(
        currency, period, time_zone, grace_seconds=grace_seconds, calendar=calendar, cut_off_hour=cut_off
    )
    told = "" if calendar == "gregorian" else f", {calendar}"
    ends = f", days ending at {cut_off:02}:00" if cut_off else ""
    console.print(f"{currency} is cleared by the {period.replace('_', ' ')} of {time_zone}{told}{ends}.")


@settlement.command(name="list")
@in_application
def list_() -> None:
    """Every cycle and its state."""
    table = Table("cycle", "state", "from", "to", "waits for")
    for cycle in service.cycles():
        submission = service.submission_of(cycle) if cycle.state is State.STATED else None
        waiting = (
            f"a second person: {name_of(submission.prepared_by)} submitted it"
            if submission
            else cycle.waiting_reason or ""
        )
        table.add_row(
            cycle.name, cycle.state, f"{cycle.starts_at:%Y-%m-%d %H:%M}", f"{cycle.ends_at:%Y-%m-%d %H:%M}", waiting
        )
    console.print(table)


@settlement.command()
@click.argument("cycle")
@in_application
def show(cycle: str) -> None:
    """Who owes whom in CYCLE (cyc_... or a name such as USD-2017-01), and each partner's net."""
    report = service.cycle_report(service.get_cycle(cycle))
    _print_positions(report)
    if not report.is_final:
        console.print("[yellow]This cycle is open: it would be so if it closed on what has been folded so far.[/]")


@settlement.command()
@click.argument("cycle")
@in_application
def preview(cycle: str) -> None:
    """What CYCLE, which is open, would come to if it closed now; nothing is written."""
    report = service.dry_run(cycle)
    flows = Table("points of", "burned at", "points", "paid", "deferred", title=f"{report.name}, if it closed now")
    for cell in report.flows:
        amounts = (cell.amount_minor, cell.deferred_minor)
        told = (show_minor(amount, report.currency) for amount in amounts)
        flows.add_row(cell.issuer, cell.redeemer, f"{cell.points:,}", *told)
    console.print(flows)
    _print_positions(report)


@settlement.command()
@click.argument("cycle")
@in_application
def export(cycle: str) -> None:
    """Write all that is needed to recompute CYCLE to standard output, as NDJSON (docs/settlement-export.md)."""
    for line in service.export_cycle(cycle):
        sys.stdout.write(line + "\n")


@settlement.command()
@click.argument("cycle")
@click.option("--again", is_flag=True, help="Hold the ledger as it is now against what was signed.")
@in_application
def prove(cycle: str, again: bool) -> None:
    """Sign what CYCLE consists of, for all partners to verify (docs/proof.md); once, however often it is run."""
    proof = service.prove_cycle(cycle)
    console.print(
        f"{proof.cycle_name}: proof {proof.number} of {proof.currency}, signed {proof.signed_at:%Y-%m-%d %H:%M}"
    )
    if again and not service.still_holds(cycle):
        raise click.ClickException("The ledger is not what was signed.")


@settlement.command()
@click.option("--currency", help="All, if left out.")
@in_application
def breakage(currency: str | None) -> None:
    """Points that expired unused, per issuer and month of the currency's calendar."""
    table = Table("month", "currency", "issuer", "expired", "")
    for each in service.breakage(currency):
        told = "" if each.is_final else "the month is open"
        table.add_row(each.month, each.currency, each.issuer, f"{each.points:,}", told)
    console.print(table)


@settlement.command()
@in_application
def credit() -> None:
    """What partners with a credit limit owe in the open cycles, measured now."""
    service.measure_credit()
    codes = {each.partner_id: each.code for each in partners.list_partners()}
    table = Table("partner", "owed")
    for line in service.credit_lines():
        table.add_row(codes[line.partner_id], show_minor(line.owed_minor, line.currency))
    console.print(table)


@settlement.command(name="adopt-server")
@in_application
def adopt_server() -> None:
    """After a restore from a dump: go on counting transactions where the old server stopped."""
    service.adopt_server()
    console.print("This server's transactions are counted from where the old one's ended.")


@settlement.command()
@in_application
def due() -> None:
    """Close what is due, here and now, without waiting for the scheduler."""
    cut()  # the first points of a currency open its first cycle
    tick()
    for cycle in service.due_cycles():
        close_cycle(str(cycle.cycle_id))


def _print_positions(report: service.CycleReport) -> None:
    legs = ("issue", "redemption", "deferred", "breakage", "fee", "tax", "penalty", "adjustments")
    table = Table("partner", *legs, "net (+ receives)", title=report.name)
    for position in (*report.positions, report.operator):
        amounts = (
            position.issue_minor,
            position.redemption_minor,
            position.deferred_minor,
            position.breakage_minor,
            position.fee_minor,
            position.tax_minor,
            position.penalty_minor,
            position.adjustment_minor,
            position.net_minor,
        )
        table.add_row(position.partner, *(show_minor(amount, report.currency) for amount in amounts))
    console.print(table)
    console.print(f"netting saves {report.saved_percent} % of {show_minor(report.gross_minor, report.currency)}")
