"""Households and their pools, as members ask for them at the operator's desk."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click
from rich.table import Table

from network.cli.context import console, in_application
from network.cli.identity import by, recorded
from network.households import service
from network.households.domain import Consent
from network.kernel.identifiers import read, show
from network.members.service import wallet_of_member
from network.staff.domain import Permission
from network.wallet.service import balance_of

_NOT_NEGATIVE = click.IntRange(min=0)


def _consented(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where a member's consent lies."""
    command = click.option("--evidence", required=True, help="Where it lies: a form's number, a call's.")(command)
    return click.option("--consent", "text_version", required=True, help="Which version of the text.")(command)


@click.group()
def household() -> None:
    """Households: members who share a pool, each by its own consent."""


@household.command()
@click.argument("member_id")
@_consented
@by(Permission.HOUSEHOLDS_MANAGE)
def found(member_id: str, text_version: str, evidence: str, person: str) -> None:
    """Open a household with MEMBER_ID as its head."""
    made = service.found(read("mbr", member_id), Consent(text_version, evidence, person))
    console.print(f"{show('hsh', made.household_id)} is founded; its head is {member_id}")


@household.command()
@click.argument("household_id")
@click.argument("member_id")
@by(Permission.HOUSEHOLDS_MANAGE)
def invite(household_id: str, member_id: str, person: str) -> None:
    """Note that a household would like to have MEMBER_ID."""
    service.invite(read("hsh", household_id), read("mbr", member_id), person=person)
    console.print(f"{member_id} is invited; it joins once it consents.")


@household.command()
@click.argument("household_id")
@click.argument("member_id")
@by(Permission.HOUSEHOLDS_MANAGE)
def withdraw(household_id: str, member_id: str, person: str) -> None:
    """End an invitation that was not taken."""
    service.withdraw(read("hsh", household_id), read("mbr", member_id), person=person)
    console.print(f"{member_id} is not invited any more.")


@household.command()
@click.argument("household_id")
@click.argument("member_id")
@_consented
@by(Permission.HOUSEHOLDS_MANAGE)
def join(household_id: str, member_id: str, text_version: str, evidence: str, person: str) -> None:
    """Record MEMBER_ID's consent and let it in."""
    joined = service.join(read("hsh", household_id), read("mbr", member_id), Consent(text_version, evidence, person))
    assert joined.spends_from is not None
    console.print(f"{member_id} is in, and may spend from the pool from {joined.spends_from:%Y-%m-%d %H:%M} UTC on.")


@household.command()
@click.argument("member_id")
@click.argument("points", type=click.IntRange(min=1))
@recorded(Permission.HOUSEHOLDS_MANAGE)
def contribute(member_id: str, points: int) -> None:
    """Put POINTS of a member into its household's pool."""
    console.print(f"{service.contribute(read('mbr', member_id), points)} points are in the pool.")


@household.command()
@click.argument("member_id")
@click.argument("percent", type=click.IntRange(0, 100))
@recorded(Permission.HOUSEHOLDS_MANAGE)
def share(member_id: str, percent: int) -> None:
    """Let PERCENT of all that a member earns go into the pool; 0 ends it."""
    service.set_share(read("mbr", member_id), percent)
    console.print(f"{percent} percent of what {member_id} earns goes into the pool.")


@household.command()
@click.argument("member_id")
@click.option("--spend", type=_NOT_NEGATIVE, help="Points a month from the pool; what holds for all, if left out.")
@click.option("--contribute", "put", type=_NOT_NEGATIVE, help="Points a month into it; likewise.")
@recorded(Permission.HOUSEHOLDS_MANAGE)
def cap(member_id: str, spend: int | None, put: int | None) -> None:
    """Give a member caps of its own; only lower ones than hold for all have an effect."""
    service.set_caps(read("mbr", member_id), spend_cap=spend, contribute_cap=put)
    console.print(f"The caps of {member_id} are set.")


@household.command(name="pass")
@click.argument("household_id")
@click.argument("member_id")
@recorded(Permission.HOUSEHOLDS_MANAGE)
def pass_(household_id: str, member_id: str) -> None:
    """Make another member the head."""
    service.pass_headship(read("hsh", household_id), read("mbr", member_id))
    console.print(f"{member_id} is the head now.")


@household.command()
@click.argument("member_id")
@by(Permission.HOUSEHOLDS_MANAGE)
def leave(member_id: str, person: str) -> None:
    """A member leaves, or is made to leave; what is left of its points goes home to it."""
    console.print(f"{member_id} has left; {service.leave(read('mbr', member_id), person=person)} points came home.")


@household.command()
@click.argument("household_id")
@by(Permission.HOUSEHOLDS_MANAGE)
def dissolve(household_id: str, person: str) -> None:
    """End a household; what is left of each member's points goes home to it."""
    points = service.dissolve(read("hsh", household_id), person=person)
    console.print(f"{household_id} is no more; {points} points came home.")


@household.command(name="show")
@click.argument("household_id")
@in_application
def show_(household_id: str) -> None:
    """Who is in a household or invited, and what is in its pool."""
    found, members = service.get_household(read("hsh", household_id))
    _, pool = balance_of(found.wallet_id)
    table = Table("member", "standing", "since", "spends from", "share", "own points")
    for each in members:
        name = show("mbr", each.member_id) + (" (head)" if each.member_id == found.head_id else "")
        spends = f"{each.spends_from:%Y-%m-%d %H:%M}" if each.spends_from else ""
        since = f"{each.joined_at or each.invited_at:%Y-%m-%d}"
        _, own = balance_of(wallet_of_member(each.member_id))
        table.add_row(name, each.standing.value, since, spends, f"{each.share_percent} %", str(own.available))
    ended = ", dissolved" if found.dissolved_at else ""
    console.print(
        f"{household_id}{ended}: {pool.available} points in the pool, {pool.pending} pending, {pool.held} held"
    )
    console.print(table)


@household.command()
@click.option("--delay-days", type=_NOT_NEGATIVE, help="Before a newcomer may spend.")
@click.option("--most-members", type=click.IntRange(min=2))
@click.option("--cooling-off-days", type=_NOT_NEGATIVE, help="After leaving, before joining another one.")
@click.option("--spend-cap", type=_NOT_NEGATIVE, help="Points of a member in a month, from the pool.")
@click.option("--contribute-cap", type=_NOT_NEGATIVE, help="Points of a member in a month, into the pool.")
@recorded(Permission.HOUSEHOLDS_MANAGE)
def policy(**changes: int | None) -> None:
    """Tell, or change, what holds for all households."""
    told = {name: value for name, value in changes.items() if value is not None}
    rules = service.policy()
    if told:
        rules = replace(rules, **told)
        service.set_policy(rules)
    console.print(
        f"a newcomer spends after {rules.delay_days} days; at most {rules.most_members} members;"
        f" {rules.cooling_off_days} days between two households; a member may take {rules.spend_cap} and put in"
        f" {rules.contribute_cap} points a month"
    )
