"""Partners' public keys, with which they sign what they ask; and whether they have to. Both add to `partner`."""

from pathlib import Path

import click
from rich.table import Table

from network.cli.context import console, in_application
from network.cli.identity import recorded
from network.cli.partners import partner
from network.kernel.clock import show_instant
from network.partners import service as partners
from network.partners.domain import Partner
from network.partners.errors import PartnerNotFound
from network.staff.domain import Permission


@partner.group()
def key() -> None:
    """Public keys by which a partner signs its redemptions, captures and returns of them."""


@key.command()
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@recorded(Permission.PARTNERS_MANAGE)
def add(code: str, file: Path) -> None:
    """Register a public key on P-256, as PEM or JWK, from now on."""
    added = partners.add_key(_partner(code).partner_id, file.read_text(encoding="utf-8"))
    console.print(f"{code} may sign with the key {added.kid}")


@key.command(name="list")
@click.argument("code")
@in_application
def list_(code: str) -> None:
    """Every key that a partner ever had, and since when it has to sign."""
    signer = partners.signer_of(_partner(code).partner_id)
    table = Table("key", "from", "until")
    for each in signer.keys:
        until = "" if each.valid_until is None else show_instant(each.valid_until)
        table.add_row(each.kid, show_instant(each.valid_from), until)
    console.print(table)
    for rule in signer.rules:
        console.print(f"{'required' if rule.is_required else 'not required'} from {show_instant(rule.since)}")


@key.command()
@click.argument("kid")
@recorded(Permission.PARTNERS_MANAGE)
def revoke(kid: str) -> None:
    """Refuse what a key signs from now on, for ever. What it signed before stays signed."""
    partners.revoke_key(kid)
    console.print(f"The key {kid} is revoked.")


@partner.command(name="require-signatures")
@click.argument("code")
@click.option("--no", "not_required", is_flag=True, help="Unsigned requests are taken again.")
@recorded(Permission.PARTNERS_MANAGE)
def require_signatures(code: str, not_required: bool) -> None:
    """Refuse a partner's unsigned redemptions, captures and returns of them from now on."""
    rule = partners.require_signatures(_partner(code).partner_id, required=not not_required)
    what = "have to" if rule.is_required else "need not"
    console.print(f"Requests of {code} {what} be signed from {show_instant(rule.since)} on.")


def _partner(code: str) -> Partner:
    found = partners.find_partner_by_code(code)
    if found is None:
        raise PartnerNotFound
    return found
