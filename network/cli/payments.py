"""Payments of a cycle: `network settlement account`, `instruct`, `payments`, `files`, `reconcile`, `suspense`."""

from datetime import date, datetime
from pathlib import Path

import click
from rich.table import Table

from network.cli.context import console, in_application
from network.cli.fields import Day, Moment
from network.cli.identity import by, check_allowed, recorded
from network.cli.settlement import settlement
from network.infrastructure.network_clock import network_now
from network.kernel.identifiers import read, show
from network.kernel.money import show_minor
from network.partners.errors import PartnerNotFound
from network.partners.service import find_partner_by_code, list_partners
from network.settlement import service
from network.settlement.domain import Attempt, Scheme
from network.staff.domain import Permission


@settlement.command()
@click.argument("partner")
@click.option("--holder", required=True, help="The account's holder, in Latin letters.")
@click.option("--iban")
@click.option("--bic")
@click.option("--mandate-id", help="Of the direct debit mandate that the partner has signed.")
@click.option("--mandate-date", type=Day(), help="When it was signed.")
@click.option("--creditor-id", help="The operator's own, for collecting by direct debit.")
@click.option("--gateway-account", help="With the payment service, in place of the bank's: acct_...")
@click.option("--valid-from", type=Moment(), help="Now, if left out.")
@by(Permission.PAYMENTS_ACCOUNTS)
def account(partner: str, person: str, valid_from: datetime | None, mandate_date: date | None, **told: str) -> None:
    """Say how PARTNER (its code, or the operator's) pays and is paid; what was said before is kept."""
    found = find_partner_by_code(partner)
    if found is None:
        raise PartnerNotFound(f"There is no partner {partner!r}.")
    details = service.record_bank_details(
        found.partner_id, person=person, valid_from=valid_from, mandate_date=mandate_date, **told
    )
    account = details.gateway_account or details.iban
    console.print(f"{partner}: {details.holder}, {account}, from {details.valid_from:%Y-%m-%d %H:%M} on")


@settlement.command()
@in_application
def accounts() -> None:
    """How partners and the operator pay and are paid now."""
    details, table = service.bank_details(), Table("partner", "holder", "IBAN", "mandate", "payment service")
    for partner in list_partners():
        if found := details.get(partner.partner_id):
            table.add_row(
                partner.code, found.holder, found.iban or "", found.mandate_id or "", found.gateway_account or ""
            )
    console.print(table)


@settlement.command(name="payment-scheme")
@click.argument("scheme", required=False, type=click.Choice([scheme.value for scheme in Scheme]))
@recorded(Permission.SETTLEMENT_CONFIGURE)
def payment_scheme(scheme: str | None) -> None:
    """Who pays whom: `hub`, all with the operator; `bilateral`, partners each other. Without one: as it is now."""
    if scheme:
        service.change_payment_scheme(Scheme(scheme))
    console.print(f"Cycles that are instructed from now on: {service.payment_scheme().value}")


@settlement.command()
@click.argument("cycle")
@by(Permission.PAYMENTS_INSTRUCT)
def instruct(cycle: str, person: str) -> None:
    """Make the payments of CYCLE, which is approved, and its files for the bank. Twice is harmless."""
    found = service.get_cycle(cycle)
    submission = service.submission_of(found)
    check_allowed(Permission.PAYMENTS_INSTRUCT, prepared_by=submission.prepared_by if submission else None)
    instructed = service.instruct(found.cycle_id, by=person)
    console.print(f"{instructed.name} version {instructed.version}: {instructed.state.value}")


@settlement.command()
@click.argument("cycle")
@in_application
def payments(cycle: str) -> None:
    """The payments of CYCLE, where each stands, and what the payment service said of those that it did not make."""
    found = service.get_cycle(cycle)
    refusals, names = service.refusals_of(found), {}
    codes = {partner.partner_id: partner.code for partner in list_partners()}
    table = Table("pays", "is paid", "amount", "by", "progress", "due", "reference", "end-to-end id")
    for each in service.instructions(found):
        amount, payer, payee = show_minor(each.amount_minor, each.currency), codes[each.payer_id], codes[each.payee_id]
        progress = f"{each.progress.value}, anew" if each.replaces_id else each.progress.value
        names[each.instruction_id] = each.end_to_end_id
        told = (each.due_on.isoformat(), each.reference, each.end_to_end_id)
        table.add_row(payer, payee, amount, each.method.value, progress, *told)
    console.print(table)
    for number, attempt in refusals.items():
        console.print(_told_attempt(names[number], attempt))


@settlement.command()
@click.argument("cycle")
@click.option("--write", "folder", type=click.Path(file_okay=False, path_type=Path), help="Where to; made if need be.")
@recorded(Permission.PAYMENTS_INSTRUCT)
def files(cycle: str, folder: Path | None) -> None:
    """The files of CYCLE. With --write they are taken, to be sent: their payments are `sent` from then on."""
    found = service.get_cycle(cycle)
    table = Table("file", "kind", "bytes", "SHA-256")
    for each in service.settlement_files(found, take=folder is not None):
        table.add_row(each.name, each.kind, f"{len(each.body):,}", each.sha256)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / each.name).write_bytes(each.body)
    console.print(table)


@settlement.command()
@click.argument("statements", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@recorded(Permission.PAYMENTS_RECONCILE)
def reconcile(statements: tuple[Path, ...]) -> None:
    """Match the bank's STATEMENTS (camt.053) with what was instructed. The same one again does nothing."""
    for path in statements:
        for each in service.reconcile(path.read_bytes()):
            told = f"{each.matched} matched, {each.suspended} in suspense" if each.is_new else "read before"
            console.print(f"{each.iban} statement {each.statement_id}: {each.bookings} bookings, {told}")


@settlement.command()
@in_application
def suspense() -> None:
    """What the bank has booked and nobody knows the whole purpose of, oldest first."""
    now = network_now()
    table = Table("item", "days", "why", "left", "of", "booked", "from or to", "text", "names")
    for each in service.suspense():
        table.add_row(
            show("sus", each.booking_id),
            str((now - each.noted_at).days),
            each.why.value,
            show_minor(each.open_minor, each.currency),
            show_minor(each.amount_minor, each.currency),
            each.booked_on.isoformat(),
            each.counterparty or "",
            each.text or "",
            each.end_to_end_id or "",
        )
    console.print(table)


@settlement.command()
@click.argument("item")
@click.argument("end_to_end_id")
@click.option("--reason", required=True, help="Why it belongs there, in four words or more.")
@by(Permission.PAYMENTS_RECONCILE)
def assign(item: str, end_to_end_id: str, reason: str, person: str) -> None:
    """Give the payment END_TO_END_ID what is left of a suspense ITEM, at most what is outstanding."""
    taken = service.assign(read("sus", item), end_to_end_id, person=person, reason=reason)
    console.print(f"{item}: {taken:,} minor units assigned to {end_to_end_id}")


@settlement.command()
@click.argument("end_to_end_id")
@click.option("--reason", required=True, help="Why it is paid anew, in four words or more.")
@by(Permission.PAYMENTS_INSTRUCT)
def reissue(end_to_end_id: str, reason: str, person: str) -> None:
    """Pay anew, under a new id and by today's bank details, what came back of the payment END_TO_END_ID."""
    made = service.reissue(end_to_end_id, person=person, reason=reason)
    amount = show_minor(made.amount_minor, made.currency)
    console.print(f"{end_to_end_id} is replaced by {made.end_to_end_id}: {amount} by {made.method.value}")


@settlement.command()
@click.argument("end_to_end_id")
@by(Permission.PAYMENTS_INSTRUCT)
def retry(end_to_end_id: str, person: str) -> None:
    """Let the payment service be asked again for the payment END_TO_END_ID, which it refused."""
    service.retry_payment(end_to_end_id, person=person)
    console.print(f"{end_to_end_id}: the payment service is asked again within a minute")


def _told_attempt(end_to_end_id: str, attempt: Attempt) -> str:
    again = f"asked again at {attempt.retry_at:%Y-%m-%d %H:%M}" if attempt.retry_at else "not asked again: see retry"
    return f"{end_to_end_id}: {attempt.outcome.value} (attempt {attempt.number}): {attempt.detail} {again}"
