"""Four eyes over a cycle: `network settlement submit`, `approve`, `reject`, and the audit trail."""

import json

import click
from rich.table import Table

from network.cli.context import console, in_application
from network.cli.identity import by, name_of
from network.cli.settlement import settlement
from network.settlement import service
from network.staff.domain import Permission


@settlement.command()
@click.argument("cycle")
@by(Permission.SETTLEMENT_PREPARE)
def submit(cycle: str, person: str) -> None:
    """Put the statements of CYCLE up for approval by somebody else, once they have been measured again."""
    found = service.get_cycle(cycle)
    submission = service.submit(found.cycle_id, person=person)
    console.print(f"{found.name} version {submission.version}: submitted; it waits for a second person")


@settlement.command()
@click.argument("cycle")
@by(Permission.SETTLEMENT_APPROVE)
def approve(cycle: str, person: str) -> None:
    """Stand for the amounts of CYCLE that somebody else submitted; they are measured again, and final."""
    approved = service.approve(service.get_cycle(cycle).cycle_id, person=person)
    console.print(f"{approved.name} version {approved.version}: {approved.state.value}")


@settlement.command()
@click.argument("cycle")
@click.option("--reason", required=True, help="What is wrong, for whoever prepares the next version.")
@by(Permission.SETTLEMENT_APPROVE)
def reject(cycle: str, reason: str, person: str) -> None:
    """End what somebody else submitted: CYCLE is netted anew, and its statements get their next version."""
    stated = service.reject(service.get_cycle(cycle).cycle_id, person=person, reason=reason)
    console.print(f"{stated.name} is now version {stated.version}: {stated.state.value}")


@settlement.command()
@click.argument("cycle")
@in_application
def trail(cycle: str) -> None:
    """Who did what with CYCLE, in order; exit status 1 if the chain of hashes is broken."""
    found = service.get_cycle(cycle)
    table = Table("step", "at", "who", "what", "then")
    for each in service.trail_of(found.cycle_id):
        then = json.dumps(each.after, ensure_ascii=False)
        table.add_row(str(each.step), f"{each.at:%Y-%m-%d %H:%M:%S}", name_of(each.who), each.what, then)
    console.print(table)
    broken = service.broken_step(found.cycle_id)
    if broken is not None:
        raise click.ClickException(f"The trail is not as it was written from step {broken} on.")
