"""Goodwill and corrections."""

import click
from rich.table import Table

from network.adjustments import service
from network.adjustments.domain import REASONS, Adjustment, Decision
from network.cli.context import console, in_application
from network.cli.identity import by, name_of
from network.kernel.identifiers import read, show
from network.members.service import wallet_of_member
from network.partners.errors import PartnerNotFound
from network.partners.service import find_partner_by_code
from network.staff.domain import Permission
from network.staff.errors import OwnAccount, StaffNotFound
from network.staff.service import find_staff_by_login


@click.group()
def adjustment() -> None:
    """Points given or taken by the operator's people, with four eyes above a person's limit."""


@adjustment.command()
@click.argument("member_id")
@click.argument("points", type=int)
@click.option("--issuer", required=True, help="The code of the partner that pays; `operator` is one.")
@click.option("--currency", required=True)
@click.option("--reason", type=click.Choice(sorted(REASONS)), required=True)
@by(Permission.ADJUSTMENTS_REQUEST)
def propose(member_id: str, points: int, issuer: str, currency: str, reason: str, person: str) -> None:
    """Give POINTS to a member, or take them if negative (write `-- -50`)."""
    paying = find_partner_by_code(issuer)
    if paying is None:
        raise PartnerNotFound
    made = service.propose(
        wallet_id=wallet_of_member(read("mbr", member_id)),
        issuer_id=paying.partner_id,
        currency=currency,
        points=points,
        reason=reason,
        person=person,
    )
    console.print(_told(made))


@adjustment.command()
@click.argument("adjustment_id")
@by(Permission.ADJUSTMENTS_APPROVE)
def approve(adjustment_id: str, person: str) -> None:
    """Post what somebody else prepared."""
    console.print(_told(service.approve(read("adj", adjustment_id), person=person)))


@adjustment.command()
@click.argument("adjustment_id")
@by(Permission.ADJUSTMENTS_APPROVE)
def reject(adjustment_id: str, person: str) -> None:
    """End what somebody else prepared."""
    console.print(_told(service.reject(read("adj", adjustment_id), person=person)))


@adjustment.command(name="list")
@in_application
def list_() -> None:
    """What waits for a second person."""
    table = Table("adjustment", "points", "reason", "prepared by", "at")
    for each in service.proposed():
        at = f"{each.prepared_at:%Y-%m-%d %H:%M}"
        table.add_row(show("adj", each.adjustment_id), str(each.points), each.reason, name_of(each.prepared_by), at)
    console.print(table)


@adjustment.command()
@click.argument("login")
@click.argument("points", type=click.IntRange(min=0))
@by(Permission.ADJUSTMENTS_LIMITS)
def limit(login: str, points: int, person: str) -> None:
    """Let the person of a LOGIN give or take POINTS alone."""
    found = find_staff_by_login(login)
    if found is None:
        raise StaffNotFound
    if found.who == person:
        raise OwnAccount
    service.set_limit(found.who, points)
    console.print(f"{login} may post up to {points} points alone.")


def _told(adjustment: Adjustment) -> str:
    told = f"{show('adj', adjustment.adjustment_id)} {adjustment.points:+} points: {adjustment.decision.value}"
    return f"{told}; it waits for a second person" if adjustment.decision is Decision.PROPOSED else told
