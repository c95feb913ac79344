"""A longer life for points."""

from datetime import date

import click
from rich.table import Column, Table

from network.adjustments import service
from network.adjustments.domain import REASONS, Decision, Extension
from network.cli.context import console, in_application
from network.cli.fields import Day
from network.cli.identity import by, name_of
from network.infrastructure.network_clock import network_zone
from network.kernel.calendar import end_of_day, local_midnight
from network.kernel.identifiers import read, show
from network.members.service import wallet_of_member
from network.partners.errors import PartnerNotFound
from network.partners.service import find_partner_by_code
from network.staff.domain import Permission


@click.group()
def extension() -> None:
    """Points that may expire later, of one member or of all, with four eyes above a person's limit."""


@extension.command()
@click.argument("first_day", type=Day())
@click.argument("last_day", type=Day())
@click.argument("until", type=Day())
@click.option("--member", "member_id", help="Of this member; of all, if left out, and then somebody else approves.")
@click.option("--issuer", help="The code of the partner whose points they are; for all members it must be told.")
@click.option("--reason", type=click.Choice(sorted(REASONS)), required=True)
@by(Permission.ADJUSTMENTS_REQUEST)
def propose(
    first_day: date, last_day: date, until: date, member_id: str | None, issuer: str | None, reason: str, person: str
) -> None:
    """Let points whose last day lies from FIRST_DAY to LAST_DAY be good until the end of the day UNTIL."""
    zone, issuing = network_zone(), find_partner_by_code(issuer) if issuer else None
    if issuer and issuing is None:
        raise PartnerNotFound
    made = service.propose_extension(
        wallet_id=wallet_of_member(read("mbr", member_id)) if member_id else None,
        issuer_id=issuing.partner_id if issuing else None,
        expires_after=local_midnight(first_day, zone),
        expires_by=end_of_day(last_day, zone),
        extended_to=end_of_day(until, zone),
        reason=reason,
        person=person,
    )
    console.print(_told(made))


@extension.command()
@click.argument("extension_id")
@by(Permission.ADJUSTMENTS_APPROVE)
def approve(extension_id: str, person: str) -> None:
    """Let happen what somebody else prepared; for all members the worker carries it out, wallet by wallet."""
    console.print(_told(service.approve_extension(read("ext", extension_id), person=person)))


@extension.command()
@click.argument("extension_id")
@by(Permission.ADJUSTMENTS_APPROVE)
def reject(extension_id: str, person: str) -> None:
    """End what somebody else prepared."""
    console.print(_told(service.reject_extension(read("ext", extension_id), person=person)))


@extension.command(name="list")
@in_application
def list_() -> None:
    """What waits for a second person, or is being carried out."""
    table = Table(
        Column("extension", min_width=30), "of", "expiring until", "good until", "reason", "prepared by", "stands"
    )
    for each in service.waiting_extensions():
        table.add_row(
            show("ext", each.extension_id),
            "one member" if each.wallet_id else "all members",
            f"{each.expires_by:%Y-%m-%d %H:%M}",
            f"{each.extended_to:%Y-%m-%d %H:%M}",
            each.reason,
            name_of(each.prepared_by),
            f"{each.decision.value}, {each.wallets} wallets so far",
        )
    console.print(table)


def _told(extension: Extension) -> str:
    told = f"{show('ext', extension.extension_id)}: {extension.decision.value}"
    if extension.decision is Decision.PROPOSED:
        return f"{told}; it waits for a second person"
    return f"{told}, {extension.points:,} points" if extension.decision is Decision.POSTED else told
