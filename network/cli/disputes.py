"""Disputes of partners, and the terms of settlement: `network settlement disputes`, `policy`."""

import click
from rich.table import Table

from network.cli.context import console, in_application
from network.cli.identity import by, name_of, recorded
from network.cli.settlement import settlement
from network.kernel.identifiers import read, show
from network.kernel.money import show_minor
from network.partners.service import list_partners
from network.settlement import service
from network.settlement.domain import Dispute, DisputeVerdict, Grant
from network.staff.domain import Permission
from network.staff.errors import OwnAccount, StaffNotFound
from network.staff.service import find_staff_by_login


@settlement.command()
@in_application
def disputes() -> None:
    """What partners hold against their statements, and nobody has decided on."""
    codes = {partner.partner_id: partner.code for partner in list_partners()}
    grants = service.waiting_grants()
    table = Table("dispute", "partner", "about", "claims", "reason", "evidence", "waits for")
    for each in service.waiting_disputes():
        base = f" on {each.base_leg.value}" if each.base_leg else ""
        about = f"{each.leg.value}{base} {each.counterparty}" if each.leg else "the whole statement"
        evidence = "\n".join(told for told in (each.evidence, each.attachment) if told)
        claims = show_minor(each.claimed_minor, each.currency)
        told = (show("dsp", each.dispute_id), codes[each.partner_id], about, claims, each.reason, evidence)
        table.add_row(*told, _waits(grants.get(each.dispute_id), each.currency))
    console.print(table)


@settlement.command(name="accept-dispute")
@click.argument("dispute_id")
@click.option("--amount-minor", type=int, help="What is granted, in minor units, if not what is claimed.")
@click.option("--answer", required=True, help="What the partner is told.")
@by(Permission.DISPUTES_DECIDE)
def accept_dispute(dispute_id: str, amount_minor: int | None, answer: str, person: str) -> None:
    """Grant what a partner claims: an adjustment in the open cycle; beyond your limit another person approves it."""
    number = read("dsp", dispute_id)
    console.print(_told(service.accept_dispute(number, person=person, answer=answer, amount_minor=amount_minor)))


@settlement.command(name="approve-grant")
@click.argument("dispute_id")
@by(Permission.DISPUTES_DECIDE)
def approve_grant(dispute_id: str, person: str) -> None:
    """Grant what somebody else prepared beyond their limit."""
    console.print(_told(service.approve_grant(read("dsp", dispute_id), person=person)))


@settlement.command(name="reject-grant")
@click.argument("dispute_id")
@by(Permission.DISPUTES_DECIDE)
def reject_grant(dispute_id: str, person: str) -> None:
    """End what somebody else would grant; the dispute stays open."""
    service.reject_grant(read("dsp", dispute_id), person=person)
    console.print(f"{dispute_id}: nothing is granted; the dispute is open")


@settlement.command(name="grant-limit")
@click.argument("login")
@click.argument("amount_minor", type=click.IntRange(min=0))
@click.option("--currency", required=True)
@by(Permission.ADJUSTMENTS_LIMITS)
def grant_limit(login: str, amount_minor: int, currency: str, person: str) -> None:
    """Let the person of a LOGIN grant AMOUNT_MINOR of a dispute alone."""
    found = find_staff_by_login(login)
    if found is None:
        raise StaffNotFound
    if found.who == person:
        raise OwnAccount
    service.set_grant_limit(found.who, currency, amount_minor)
    console.print(f"{login} may grant up to {show_minor(amount_minor, currency)} alone.")


@settlement.command(name="reject-dispute")
@click.argument("dispute_id")
@click.option("--answer", required=True, help="What the partner is told.")
@by(Permission.DISPUTES_DECIDE)
def reject_dispute(dispute_id: str, answer: str, person: str) -> None:
    """Grant nothing."""
    console.print(_told(service.reject_dispute(read("dsp", dispute_id), person=person, answer=answer)))


@settlement.command()
@click.option("--dispute-days", type=int, help="How long after it is stated a statement can be disputed.")
@click.option("--payment-days", type=int, help="When after its approval a cycle is to be paid.")
@click.option("--reminder-days", type=int, help="How long before that a payer is reminded.")
@click.option("--dunning-days", type=int, help="How often after that it is dunned.")
@click.option("--dunning-levels", type=int, help="At most how many times.")
@recorded(Permission.SETTLEMENT_CONFIGURE)
def policy(**days: int | None) -> None:
    """The network's own terms of settlement; with options, other ones from now on."""
    changes = {name: value for name, value in days.items() if value is not None}
    terms = service.change_policy(**changes) if changes else service.settlement_policy()
    console.print(f"Statements can be disputed for {terms.dispute_days} days, and are to be paid {terms.payment_days}")
    console.print(f"days after approval. Payers are reminded {terms.reminder_days} days before, and dunned when it is")
    console.print(f"due and every {terms.dunning_days} days after, at most {terms.dunning_levels} times.")


def _waits(grant: Grant | None, currency: str) -> str:
    if grant is None:
        return ""
    return f"a second person: {name_of(grant.prepared_by)} would grant {show_minor(grant.granted_minor, currency)}"


def _told(dispute: Dispute) -> str:
    told = f"{show('dsp', dispute.dispute_id)}: {dispute.verdict.value}"
    if dispute.verdict is DisputeVerdict.OPEN:
        return f"{told}; the grant waits for a second person"
    if dispute.granted_minor is None:
        return told
    return f"{told}; {show_minor(dispute.granted_minor, dispute.currency)} in the cycle that is open"
