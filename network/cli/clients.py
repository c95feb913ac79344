"""Clients by registration data, terminals, and the tokens by which developers register clients of their own."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import click
from rich.table import Table

from network.auth import service as auth
from network.auth.domain import Client, Kind
from network.auth.scopes import ALL_SCOPES
from network.cli.context import console, in_application
from network.cli.identity import by, check_allowed, name_of, recorded
from network.cli.partners import client
from network.kernel.identifiers import read, show
from network.partners import service as partners
from network.partners.domain import Partner
from network.partners.errors import PartnerNotFound
from network.staff.domain import Permission

_OPERATORS_KINDS = [kind.value for kind in Kind if kind is not Kind.SANDBOX]


@client.command()
@click.argument("partner_code")
@click.argument("metadata", type=click.File("rb"))
@click.option("--kind", type=click.Choice(_OPERATORS_KINDS), default="server", show_default=True)
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(sorted(ALL_SCOPES)), help="At most; all, if left out."
)
@click.option("--store", "stores", multiple=True, help="The code of a store it may write for; all, if left out.")
@recorded(Permission.CLIENTS_MANAGE)
def register(partner_code: str, metadata: Any, kind: str, scopes: tuple[str, ...], stores: tuple[str, ...]) -> None:
    """Register a client from a file of RFC 7591 metadata (JSON); its secret, if it has one, is shown once."""
    partner = _partner(partner_code)
    made = auth.register_client(
        partner.partner_id,
        Kind(kind),
        _json(metadata),
        scopes=scopes or ALL_SCOPES,
        store_ids=_stores(partner.partner_id, stores),
    )
    console.print(f"client_id      {made.shown_id}")
    if made.client_secret:
        console.print(f"client_secret  {made.client_secret}")


@client.command(name="keys")
@click.argument("client_id")
@click.argument("jwks", type=click.File("rb"))
@click.option("--overlap-hours", default=24, show_default=True, help="How long the keys of before are accepted.")
@recorded(Permission.CLIENTS_MANAGE)
def replace_keys(client_id: str, jwks: Any, overlap_hours: int) -> None:
    """Replace a client's public keys by those of a JWK Set (JSON)."""
    auth.replace_keys(read("cli", client_id), _json(jwks), overlap=timedelta(hours=overlap_hours))
    console.print(f"{client_id} has new keys; the old ones end in {overlap_hours} hours.")


@client.command(name="list")
@click.argument("partner_code")
@in_application
def list_(partner_code: str) -> None:
    """A partner's clients."""
    table = Table("client_id", "name", "kind", "authenticates by", "bound", "state", "scopes")
    for each in auth.list_clients(_partner(partner_code).partner_id):
        table.add_row(*_row(each))
    console.print(table)


@client.command(name="initial-token")
@click.argument("partner_code")
@click.option("--uses", default=10, show_default=True, help="How many clients may be registered with it.")
@recorded(Permission.CLIENTS_MANAGE)
def initial_token(partner_code: str, uses: int) -> None:
    """Make a token with which a partner's developers register clients for the sandbox; shown once."""
    console.print(f"initial_access_token  {auth.create_initial_token(_partner(partner_code).partner_id, uses)}")


@click.group()
def terminal() -> None:
    """Terminals of partners: tills that are let in by the code they show."""


@terminal.command(name="list")
@click.argument("partner_code")
@in_application
def list_terminals(partner_code: str) -> None:
    """The terminals that a partner has let in."""
    table = Table("terminal", "name", "store", "let in by", "since")
    partner_id = _partner(partner_code).partner_id
    codes = {store.store_id: store.code for store in partners.list_stores(partner_id)}
    for each in auth.list_terminals(partner_id):
        stores = ", ".join(codes.get(store_id, "") for store_id in each.store_ids)
        table.add_row(
            show("grt", each.grant_id), each.name, stores, name_of(each.granted_by), f"{each.granted_at:%Y-%m-%d %H:%M}"
        )
    console.print(table)


@terminal.command()
@click.argument("partner_code")
@click.argument("user_code")
@click.argument("store_code")
@click.option("--name", default="", help="What the terminal is called from now on.")
@by(for_partners=True)
def admit(partner_code: str, user_code: str, store_code: str, name: str, person: str) -> None:
    """Let in the terminal that shows a code; it stands in one store."""
    partner_id = _partner(partner_code).partner_id
    check_allowed(Permission.TILLS_MANAGE, partner_id=partner_id)
    (store_id,) = _stores(partner_id, (store_code,))
    auth.decide_device(user_code, partner_id, granted=True, store_id=store_id, name=name, by=person)
    console.print(f"The terminal stands in {store_code} from now on.")


@terminal.command(name="end")
@click.argument("partner_code")
@click.argument("terminal_id")
@by(for_partners=True)
def end(partner_code: str, terminal_id: str, person: str) -> None:
    """End a terminal: its tokens die at once."""
    partner_id = _partner(partner_code).partner_id
    check_allowed(Permission.TILLS_MANAGE, partner_id=partner_id)
    auth.end_terminal(partner_id, read("grt", terminal_id), person)
    console.print(f"{terminal_id} is out.")


def _row(each: Client) -> tuple[str, ...]:
    bound = "to its key" if each.dpop_bound else ""
    return each.shown_id, each.name, each.kind.value, each.auth_method, bound, each.state, " ".join(each.scopes)


def _json(file: Any) -> Any:
    try:
        return json.load(file)
    except ValueError as error:
        raise click.ClickException("The file is not JSON.") from error


def _stores(partner_id: UUID, codes: tuple[str, ...]) -> list[UUID]:
    known = {store.code: store.store_id for store in partners.list_stores(partner_id)}
    missing = [code for code in codes if code not in known]
    if missing:
        raise click.ClickException(f"The partner has no store {missing[0]}.")
    return [known[code] for code in codes]


def _partner(code: str) -> Partner:
    found = partners.find_partner_by_code(code)
    if found is None:
        raise PartnerNotFound
    return found
