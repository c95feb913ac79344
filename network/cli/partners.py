"""Partners, their contracts, and the clients by which their servers get in."""

from decimal import Decimal
from typing import Any

import click
from rich.table import Table

from network.auth import service as auth
from network.auth.scopes import SCOPES
from network.cli.context import console, in_application
from network.cli.identity import recorded
from network.cli.terms import Rate, terms_of, terms_options
from network.earning.domain import Rule
from network.earning.service import set_earning_rule
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import read, show
from network.partners import service as partners
from network.partners.domain import Partner
from network.partners.errors import PartnerNotFound
from network.staff.domain import Permission


@click.group()
def partner() -> None:
    """Partners and their contracts."""


@partner.command(name="add")
@click.argument("code")
@click.argument("name")
@click.option("--name-fa", help="The name in Persian; the same name, if left out.")
@recorded(Permission.PARTNERS_MANAGE)
def add(code: str, name: str, name_fa: str | None) -> None:
    """Let a business join."""
    joined = partners.create_partner(code=code, name=name, name_fa=name_fa or name)
    console.print(f"{joined.code} joined as {show('par', joined.partner_id)}")


@partner.command(name="list")
@in_application
def list_() -> None:
    """Every partner, and its contract in force."""
    table = Table("code", "name", "status", "version", "price", "reimbursement", "funded at issue", "currency")
    for each in partners.list_partners():
        contracts = partners.list_contracts(each.partner_id)
        terms = contracts[-1].terms if contracts else None
        rates = (terms.issuance_price, terms.reimbursement_rate, terms.funded_at_issue) if terms else ("", "", "")
        version = str(contracts[-1].version) if contracts else "none"
        currency = terms.currency if terms else ""
        table.add_row(each.code, each.name, each.status, version, *map(str, rates), currency)
    console.print(table)


@partner.command()
@click.argument("code")
@terms_options
@click.option("--points-per-unit", type=Rate(), default="1", show_default=True, help="Points per 1.00 spent.")
@recorded(Permission.CONTRACTS_SIGN)
def sign(code: str, points_per_unit: Decimal, **options: Any) -> None:
    """Sign a partner's first contract in a currency, and set how it earns; changes: `network contract`."""
    found = _partner(code)
    with transaction():
        terms = terms_of(options)
        contract = partners.conclude_contract(found.partner_id, terms)
        set_earning_rule(found.partner_id, terms.currency, terms.valid_from, Rule(points_per_unit))
    console.print(f"{code}: version {contract.version} in force from {terms.valid_from.isoformat()}")


@partner.command()
@click.argument("code")
@recorded(Permission.PARTNERS_MANAGE)
def suspend(code: str) -> None:
    """Stop a partner's issuing; burning goes on."""
    partners.suspend_partner(_partner(code).partner_id)
    console.print(f"{code} may not issue any more.")


@partner.command()
@click.argument("code")
@recorded(Permission.PARTNERS_MANAGE)
def reinstate(code: str) -> None:
    """Let a suspended partner issue again."""
    partners.reinstate_partner(_partner(code).partner_id)
    console.print(f"{code} may issue again.")


@partner.command()
@click.argument("code")
@recorded(Permission.PARTNERS_MANAGE)
def leave(code: str) -> None:
    """Let a partner leave, for good; its outstanding points burn on elsewhere."""
    partners.part_with(_partner(code).partner_id)
    console.print(f"{code} has left.")


@partner.command()
@click.argument("code")
@click.option("--trust/--no-trust", "trusts", required=True, help="Whether a card alone burns there.")
@recorded(Permission.PARTNERS_MANAGE)
def cards(code: str, trusts: bool) -> None:
    """Agree that a card alone lets its bearer burn at a partner; else a code from the member's phone is needed."""
    partners.trust_cards(_partner(code).partner_id, trusts)
    console.print(f"At {code} {'a card alone burns' if trusts else 'burning needs more than a card'}.")


@partner.command()
@click.argument("partner_code")
@click.argument("store_code")
@click.argument("name")
@recorded(Permission.STORES_MANAGE)
def store(partner_code: str, store_code: str, name: str) -> None:
    """Open a store of a partner, so that its tills can name it."""
    partners.add_store(_partner(partner_code).partner_id, code=store_code, name=name)
    console.print(f"{partner_code} has the store {store_code}.")


@click.group()
def client() -> None:
    """OAuth clients of partners."""


@client.command()
@click.argument("partner_code")
@click.option("--name", default="till", show_default=True)
@click.option("--scope", "scopes", multiple=True, type=click.Choice(sorted(SCOPES)), help="All, if left out.")
@recorded(Permission.CLIENTS_MANAGE)
def create(partner_code: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make a client; its secret is shown once."""
    made = auth.create_client(partner_id=_partner(partner_code).partner_id, name=name, scopes=scopes or SCOPES)
    console.print(f"client_id      {show('cli', made.client_id)}")
    console.print(f"client_secret  {made.client_secret}")


@client.command(name="suspend")
@click.argument("client_id")
@recorded(Permission.CLIENTS_MANAGE)
def suspend_client(client_id: str) -> None:
    """Stop a client at once, every token of it included."""
    auth.suspend_client(read("cli", client_id))
    console.print(f"{client_id} is suspended.")


@client.command()
@click.argument("client_id")
@recorded(Permission.CLIENTS_MANAGE)
def resume(client_id: str) -> None:
    """Undo a client's suspension."""
    auth.resume_client(read("cli", client_id))
    console.print(f"{client_id} is active again.")


@client.command()
@click.argument("client_id")
@recorded(Permission.CLIENTS_MANAGE)
def revoke(client_id: str) -> None:
    """End a client for ever."""
    auth.revoke_client(read("cli", client_id))
    console.print(f"{client_id} is revoked.")


@client.command(name="rotate-key")
@recorded(Permission.CLIENTS_MANAGE)
def rotate_key() -> None:
    """Let a new key sign access tokens; the old one is accepted a quarter of an hour longer."""
    console.print(f"Key {auth.rotate_signing_key()} signs from now on.")


@client.command(name="rotate")
@click.argument("client_id")
@recorded(Permission.CLIENTS_MANAGE)
def rotate_client(client_id: str) -> None:
    """Give a client a new secret, shown once."""
    console.print(f"client_secret  {auth.rotate_secret(read('cli', client_id))}")


def _partner(code: str) -> Partner:
    found = partners.find_partner_by_code(code)
    if found is None:
        raise PartnerNotFound
    return found
