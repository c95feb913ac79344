"""Single members, for the operator's people: by id, nothing personal."""

import json
from collections.abc import Iterable
from datetime import date

import click
from rich.table import Table

from network.cli.context import console, in_application
from network.cli.fields import Day
from network.cli.identity import by, name_of, recorded
from network.earning import service as earning
from network.infrastructure.network_clock import network_now, network_zone
from network.infrastructure.rehearsal import is_rehearsal
from network.kernel.calendar import local_day
from network.kernel.identifiers import read, show
from network.members import service as members
from network.members.domain import Merge, MergeState
from network.partners.service import list_partners
from network.sessions.domain import Realm
from network.sessions.service import open_session
from network.signin import service as signin
from network.staff.domain import Permission
from network.wallet.domain import Balance, Entry

_REASON = click.option("--reason", required=True, help="Why, for the record.")


@click.group()
def member() -> None:
    """Members: their points, and two accounts of one person, with four eyes."""


@member.command()
@click.argument("member_id")
@click.option("--from", "first_day", type=Day(), help="First day, 2017-01-01; the month's first, if left out.")
@click.option("--to", "last_day", type=Day(), help="Last day; today, if left out.")
@in_application
def statement(member_id: str, first_day: date | None, last_day: date | None) -> None:
    """What happened in a member's wallet from one day to another, at every partner."""
    today = local_day(network_now(), network_zone())
    first, last = first_day or today.replace(day=1), last_day or today
    found = earning.whole_statement(read("mbr", member_id), first, last)
    console.print(_entries(found.entries, title=f"{member_id}, {first} to {last}"))
    for at, points in found.expired:
        console.print(f"expired {points:,} points at {at:%Y-%m-%d %H:%M} UTC")
    console.print(f"opening: {_told(found.opening)}\nclosing: {_told(found.closing)}")


@member.command()
@click.argument("member_id")
@click.argument("number", type=click.IntRange(min=1))
@in_application
def explain(member_id: str, number: int) -> None:
    """Why an entry of a member's statement is as it is: its rule, lots and contracts; who pays whom, in which cycle."""
    told = earning.explain(None, members.wallet_of_member(read("mbr", member_id)), number)
    console.print(f"{told.entry.operation}, {told.entry.points:,} points; cycle {told.cycle or 'none'}")
    if rule := told.rule:
        pending = f"pending for {rule.pending_days} days"
        console.print(f"rule: {rule.points_per_unit} points per unit, {pending}, {rule.return_policy.value}")
    console.print(_movements(told.movements))


@member.command()
@click.argument("member_id")
@click.argument("code", required=False)
@recorded(Permission.EXPIRY_MANAGE)
def jurisdiction(member_id: str, code: str | None) -> None:
    """Put a member's coming points under the law of CODE (ISO 3166: IR, CA-QC), or of the network's own place."""
    members.set_jurisdiction(read("mbr", member_id), code)
    console.print(f"What {member_id} earns from now on is under the law of {code or 'the network'}.")


@member.command()
@click.argument("member_id")
@recorded(Permission.MEMBERS_FORGET)
def export(member_id: str) -> None:
    """All that is kept of a member, as JSON, for the member itself."""
    click.echo(json.dumps(signin.export(read("mbr", member_id)), ensure_ascii=False, indent=2))


@member.command()
@click.argument("member_id")
@click.confirmation_option(prompt="This can't be undone. Erase all that is personal of this member?")
@recorded(Permission.MEMBERS_FORGET)
def forget(member_id: str) -> None:
    """Erase all that is personal of a member; the ledger keeps a wallet of nobody's."""
    signin.erase(read("mbr", member_id))
    console.print(f"{member_id} is forgotten.")


@member.command()
@click.argument("member_id")
@click.option("--at", "partner_code", help="A partner at which the member lets its points be spent.")
@in_application
def code(member_id: str, partner_code: str | None) -> None:
    """What a member's phone shows at the till, as its QR has it. In a demo alone: elsewhere it is the member's own."""
    if not is_rehearsal():
        raise click.ClickException("This is no demo. The code is the member's own.")
    codes = {partner.code: partner.partner_id for partner in list_partners()}
    if partner_code is not None:
        session = open_session(Realm.MEMBER, read("mbr", member_id), ["sms"], "the demo").session
        signin.open_partner(session, codes[partner_code])
    click.echo(signin.till_code(read("mbr", member_id)).qr_text)


@member.command()
@click.argument("member_id")
@click.argument("into_id")
@_REASON
@by(Permission.MERGES_REQUEST)
def merge(member_id: str, into_id: str, reason: str, person: str) -> None:
    """Propose that MEMBER_ID is the same person as INTO_ID, whose account stays."""
    made = members.propose_merge(read("mbr", member_id), read("mbr", into_id), reason=reason, person=person)
    console.print(_merge_told(made))


@member.command()
@click.argument("merge_id")
@_REASON
@by(Permission.MERGES_REQUEST)
def unmerge(merge_id: str, reason: str, person: str) -> None:
    """Propose that a merge is undone: what is left of the points goes back."""
    console.print(_merge_told(members.propose_unmerge(read("mrg", merge_id), reason=reason, person=person)))


@member.command()
@click.argument("merge_id")
@by(Permission.MERGES_APPROVE)
def approve(merge_id: str, person: str) -> None:
    """Do what somebody else proposed."""
    console.print(_merge_told(members.approve_merge(read("mrg", merge_id), person=person)))


@member.command()
@click.argument("merge_id")
@by(Permission.MERGES_APPROVE)
def reject(merge_id: str, person: str) -> None:
    """End what somebody else proposed."""
    console.print(_merge_told(members.reject_merge(read("mrg", merge_id), person=person)))


@member.command()
@in_application
def merges() -> None:
    """What waits for a second person."""
    table = Table("merge", "of", "into", "what", "reason", "prepared by", "at")
    for each in members.merges_waiting():
        at = f"{each.prepared_at:%Y-%m-%d %H:%M}"
        ids = show("mrg", each.merge_id), show("mbr", each.member_id), show("mbr", each.into_id)
        table.add_row(*ids, each.state.value, each.reason, name_of(each.prepared_by), at)
    console.print(table)


def _merge_told(made: Merge) -> str:
    told = f"{show('mrg', made.merge_id)}: {made.state.value}"
    waits = made.state in (MergeState.PROPOSED, MergeState.UNMERGE_PROPOSED)
    return f"{told}; it waits for a second person" if waits else told


def _entries(entries: Iterable[Entry], *, title: str) -> Table:
    codes = {partner.partner_id: partner.code for partner in list_partners()}
    table = Table("no.", "posted", "entry", "partner", "receipt", "points", "available after", title=title)
    for entry in entries:
        table.add_row(
            str(entry.sequence),
            f"{entry.posted_at:%Y-%m-%d %H:%M}",
            str(entry.operation).replace("_", " "),
            codes.get(entry.slip.partner_id, ""),
            entry.slip.receipt or "",
            f"{entry.points:,}",
            f"{entry.balance.available:,}",
        )
    return table


def _movements(movements: Iterable[earning.ExplainedMovement]) -> Table:
    table = Table("lot", "kind", "points", "issued under", "taken under", "who pays whom")
    for each in movements:
        taken = f"{each.redeemer} v{each.redeemer_contract_version}" if each.redeemer else ""
        paid = (f"{claim.leg}: {claim.debtor} to {claim.creditor} {claim.amount:f}" for claim in each.claims)
        table.add_row(
            show("lot", each.lot_id),
            each.kind,
            f"{each.points:+,}",
            f"{each.issuer} v{each.issuer_contract_version}, {each.point_type}",
            taken,
            "\n".join(paid),
        )
    return table


def _told(balance: Balance) -> str:
    parts = f"{balance.available:,} available, {balance.pending:,} pending, {balance.held:,} held"
    return f"{parts}, {balance.debt:,} owed" if balance.debt else parts
