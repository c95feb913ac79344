"""Changes of contracts: tried on the last cycles, proposed, and signed by both sides."""

from typing import Any

import click
from rich.table import Table

from network.cli.context import console, in_application
from network.cli.identity import by, check_allowed, current_clerk, name_of, recorded
from network.cli.terms import terms_of, terms_options
from network.kernel.identifiers import read, show
from network.kernel.money import show_minor
from network.partners import service as partners
from network.partners.domain import ContractTerms, Partner, PointType, Proposal, Side
from network.partners.errors import PartnerNotFound
from network.settlement.service import preview_terms
from network.staff.domain import Permission
from network.staff.errors import NotAllowed

_CYCLES = click.option("--cycles", default=3, show_default=True, help="How many cycles back the terms are tried.")


@click.group()
def contract() -> None:
    """Changes of contracts, in force once both sides have signed."""


@contract.command()
@click.argument("code")
@_CYCLES
@terms_options
@in_application
def preview(code: str, cycles: int, **options: Any) -> None:
    """What new terms of partner CODE would have come to in the last cycles; nothing is written."""
    _show_preview(_partner(code), terms_of(options), cycles)


@contract.command()
@click.argument("code")
@_CYCLES
@terms_options
@by(Permission.CONTRACTS_PROPOSE)
def propose(code: str, person: str, cycles: int, **options: Any) -> None:
    """Lay new terms before partner CODE and the operator's own people, with their preview."""
    found, terms = _partner(code), terms_of(options)
    proposal = partners.propose_terms(found.partner_id, terms, person=person)
    _show_preview(found, terms, cycles)
    console.print(f"{show('prp', proposal.proposal_id)}: proposed; it waits for both signatures")


@contract.command(name="list")
@in_application
def list_() -> None:
    """Proposals that wait for a signature."""
    codes = {each.partner_id: each.code for each in partners.list_partners()}
    table = Table("proposal", "partner", "in force from", "proposed by", "operator", "partner's side")
    for each in partners.open_proposals():
        signed = (name_of(signature.person) if signature else "" for signature in (each.operator, each.partner))
        starts = f"{each.terms.valid_from:%Y-%m-%d %H:%M}"
        table.add_row(show("prp", each.proposal_id), codes[each.partner_id], starts, name_of(each.proposed_by), *signed)
    console.print(table)


@contract.command(name="rates")
@click.argument("code")
@in_application
def rates(code: str) -> None:
    """Every version of partner CODE's contract, with the rates of each type of points."""
    table = Table("version", "in force from", "currency", "points", "price", "fee", "reimbursement", "funded at issue")
    for each in partners.list_contracts(_partner(code).partner_id):
        for point_type in PointType:
            terms = each.terms.of(point_type)
            told = (terms.issuance_price, terms.service_fee, terms.reimbursement_rate, terms.funded_at_issue)
            starts = f"{terms.valid_from:%Y-%m-%d %H:%M}"
            table.add_row(str(each.version), starts, terms.currency, point_type, *map("{:f}".format, told))
    console.print(table)


@contract.command()
@click.argument("proposal_id")
@click.option(
    "--for", "side", type=click.Choice([each.value for each in Side]), required=True, help="Whose signature it is."
)
@by(Permission.CONTRACTS_SIGN, for_partners=True)
def sign(proposal_id: str, side: str, person: str) -> None:
    """Sign a proposal for the side that one belongs to; the second signature makes the version."""
    number = read("prp", proposal_id)
    if current_clerk().staff.side.value != side:
        raise NotAllowed(f"This is to be signed by somebody of the {side}.")
    for each in partners.open_proposals():
        if each.proposal_id == number:
            check_allowed(Permission.CONTRACTS_SIGN, partner_id=each.partner_id)
    console.print(_told(partners.sign_proposal(number, Side(side), person=person)))


@contract.command()
@click.argument("proposal_id")
@recorded(Permission.CONTRACTS_PROPOSE)
def withdraw(proposal_id: str) -> None:
    """End a proposal that not both sides have signed."""
    console.print(_told(partners.withdraw_proposal(read("prp", proposal_id))))


def _show_preview(partner: Partner, terms: ContractTerms, cycles: int) -> None:
    table = Table("cycle", "net", "under the new terms", "difference", "the operator's", title=partner.code)
    for each in preview_terms(partner.partner_id, terms, cycles=cycles):
        amounts = (
            each.before.net_minor,
            each.after.net_minor,
            each.change_minor,
            each.operator_after.net_minor - each.operator_before.net_minor,
        )
        table.add_row(each.cycle, *(show_minor(amount, terms.currency) for amount in amounts))
    console.print(table)


def _told(proposal: Proposal) -> str:
    if proposal.contract_id is not None:
        starts = proposal.terms.valid_from.isoformat()
        return f"{show('prp', proposal.proposal_id)}: signed by both; in force from {starts}"
    signed = [side for side, by in (("operator", proposal.operator), ("partner", proposal.partner)) if by]
    waits = f"; signed by the {signed[0]}" if signed else ""
    return f"{show('prp', proposal.proposal_id)}: {proposal.state}{waits}"


def _partner(code: str) -> Partner:
    found = partners.find_partner_by_code(code)
    if found is None:
        raise PartnerNotFound
    return found
