"""People of staff: how they come in, sign in at this shell, and what they may do."""

import sys
from uuid import UUID

import click
import segno
from rich.table import Table

from network.cli.context import console, in_application
from network.cli.fields import partner_of
from network.cli.identity import by, current_clerk, drop, keep, signed_in
from network.kernel.identifiers import read
from network.partners import service as partners
from network.sessions.domain import Realm
from network.staff import service
from network.staff.domain import RULES, Grant, Permission, Staff
from network.staff.errors import NotSignedIn, StaffNotFound

_ADDRESS = "shell"  # attempts at this shell are counted together
_STORE = click.option("--store", help="At this store (its code) alone.")
_MAIL = click.option("--mail", is_flag=True, help="Send the token to the login, an e-mail address; else it is shown.")


@click.group()
def staff() -> None:
    """People of the operator and of partners, and their roles."""


@staff.command()
@click.argument("login")
@click.argument("name")
@click.option("--again", is_flag=True, help="Although there is an administrator: none of them can sign in any more.")
@in_application
def bootstrap(login: str, name: str, again: bool) -> None:
    """Invite the operator's first administrator."""
    _tell(service.bootstrap(login=login, name=name, again=again))


@staff.command()
@click.argument("partner_code")
@click.argument("login")
@click.argument("name")
@click.option("--role", "roles", multiple=True, help="A role of that business, by code; see `network staff roles`.")
@_MAIL
@by(Permission.STAFF_MANAGE)
def invite(partner_code: str, login: str, name: str, roles: tuple[str, ...], mail: bool, person: str) -> None:
    """Let a person into a business; `operator` is one."""
    business = partner_of(partner_code).partner_id
    _tell(service.invite(current_clerk(), business, login=login, name=name, roles=roles, by_mail=mail))


@staff.command()
@click.argument("login")
@_MAIL
@by(Permission.STAFF_MANAGE)
def reset(login: str, mail: bool, person: str) -> None:
    """Begin anew for a person that lost password or second factor; both are worth nothing from now on."""
    _tell(service.invite_again(current_clerk(), _person(login).staff_id, by_mail=mail))


@staff.command()
@in_application
def accept() -> None:
    """Take an invitation up: choose a password, and add the network to an authenticator."""
    token = click.prompt("Invitation", hide_input=True)
    enrolment = service.enrolment_of(token)
    console.print(f"Welcome, {enrolment.staff.name}. Add this to your authenticator:")
    segno.make(enrolment.totp_uri).terminal(sys.stdout, compact=True)
    console.print(enrolment.totp_secret, markup=False)
    password = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    code = click.prompt("Code of the authenticator")
    codes = service.accept_invitation(token, password=password, code=code)
    console.print("Keep these recovery codes; each works once, in place of a code:")
    console.print("\n".join(codes), markup=False)


@staff.command(name="sign-in")
@click.argument("login")
@in_application
def sign_in(login: str) -> None:
    """Sign in at this shell, or prove again who you are."""
    told = {"password": click.prompt("Password", hide_input=True), "code": click.prompt("Code")}
    try:
        token = service.prove_again(signed_in(login), **told, address=_ADDRESS)
    except NotSignedIn:
        token = service.sign_in(login=login, **told, address=_ADDRESS, device="the server's shell").token
    keep(login, token)
    console.print(f"{login} is signed in here.")


@staff.command(name="sign-out")
@click.argument("login")
@in_application
def sign_out(login: str) -> None:
    """End the session at this shell."""
    try:
        service.sign_out(signed_in(login))
    except NotSignedIn:
        console.print(f"{login} was not signed in here.")
    drop(login)


@staff.command()
@by()
def password(person: str) -> None:
    """Choose another password; other sessions end."""
    old = click.prompt("Password", hide_input=True)
    new = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    service.change_password(current_clerk(), old=old, new=new, address=_ADDRESS)
    console.print("Changed.")


@staff.command(name="recovery-codes")
@by()
def recovery_codes(person: str) -> None:
    """Ten new recovery codes; those before are worth nothing."""
    console.print("\n".join(service.renew_recovery_codes(current_clerk())), markup=False)


@staff.command(name="list")
@click.argument("partner_code", default="operator")
@in_application
def list_(partner_code: str) -> None:
    """Who works for a business, and with which roles."""
    business = partner_of(partner_code)
    stores = {store.store_id: store.code for store in partners.list_stores(business.partner_id)}
    table = Table("person", "login", "name", "state", "roles")
    for person, grants in service.list_staff(business.partner_id):
        roles = ", ".join(_grant(grant, stores) for grant in grants)
        table.add_row(person.who, person.login, person.name, person.state.value, roles)
    console.print(table)


@staff.command()
@click.argument("partner_code", default="operator")
@in_application
def roles(partner_code: str) -> None:
    """The roles of a business, and what each gives."""
    table = Table("role", "name", "gives")
    for role in service.list_roles(partner_of(partner_code).partner_id):
        table.add_row(role.code, role.name, ", ".join(role.permissions))
    console.print(table)


@staff.command()
def permissions() -> None:
    """What a role can give."""
    table = Table("permission", "", "for", "")
    for permission, rule in RULES.items():
        notes = [f"not after {rule.never_after}"] if rule.never_after else []
        notes += ["proof of the last five minutes"] if rule.is_money else []
        notes += ["per store"] if rule.per_store else []
        table.add_row(permission.value, rule.says, ", ".join(sorted(rule.sides)), "; ".join(notes))
    console.print(table)


@staff.command(name="define-role")
@click.argument("partner_code")
@click.argument("code")
@click.argument("name")
@click.option("--permission", "permissions", multiple=True, required=True)
@by(Permission.STAFF_MANAGE)
def define_role(partner_code: str, code: str, name: str, permissions: tuple[str, ...], person: str) -> None:
    """Make a role of a business, or let one that there is give something else."""
    business = partner_of(partner_code).partner_id
    made = service.define_role(current_clerk(), business, code=code, name=name, permissions=permissions)
    console.print(f"{made.code}: {', '.join(made.permissions)}")


@staff.command()
@click.argument("login")
@click.argument("role")
@_STORE
@by(Permission.STAFF_MANAGE)
def grant(login: str, role: str, store: str | None, person: str) -> None:
    """Give a person a role of its business."""
    service.grant_role(current_clerk(), _person(login).staff_id, role, store=store)
    console.print(f"{login} is {role}{f' at {store}' if store else ''}.")


@staff.command()
@click.argument("login")
@click.argument("role")
@_STORE
@by(Permission.STAFF_MANAGE)
def withdraw(login: str, role: str, store: str | None, person: str) -> None:
    """Take a role from a person, at once."""
    service.withdraw_role(current_clerk(), _person(login).staff_id, role, store=store)
    console.print(f"{login} is no longer {role}{f' at {store}' if store else ''}.")


@staff.command()
@click.argument("login")
@by(Permission.STAFF_MANAGE)
def suspend(login: str, person: str) -> None:
    """Stop a person at once."""
    console.print(_state(service.suspend_staff(current_clerk(), _person(login).staff_id)))


@staff.command()
@click.argument("login")
@by(Permission.STAFF_MANAGE)
def resume(login: str, person: str) -> None:
    """Undo a suspension."""
    console.print(_state(service.resume_staff(current_clerk(), _person(login).staff_id)))


@staff.command()
@click.argument("login")
@by(Permission.STAFF_MANAGE)
def leave(login: str, person: str) -> None:
    """A person leaves, for good."""
    console.print(_state(service.part_with_staff(current_clerk(), _person(login).staff_id)))


@staff.command(name="end-sessions")
@click.option("--member", "member_id", help="Of this member (mbr_...).")
@click.option("--login", help="Of this person of staff.")
@click.option("--all", "everybody", type=click.Choice([each.value for each in Realm]), help="Of everybody in a realm.")
@by(Permission.STAFF_MANAGE)
def end_sessions(member_id: str | None, login: str | None, everybody: str | None, person: str) -> None:
    """Sign somebody out everywhere, or everybody."""
    if [member_id, login, everybody].count(None) != 2:
        raise click.UsageError("Name one of --member, --login, --all.")
    realm = Realm(everybody) if everybody else Realm.MEMBER if member_id else Realm.STAFF
    whose = read("mbr", member_id) if member_id else _person(login).staff_id if login else None
    console.print(f"{service.end_sessions_of(current_clerk(), realm, whose)} sessions are ended.")


def _tell(invitation: service.Invitation) -> None:
    person, until = invitation.staff, f"{invitation.expires_at:%Y-%m-%d %H:%M} UTC"
    console.print(f"{person.who}: {person.login} is invited, until {until}")
    if invitation.token is None:
        console.print("The token is on its way.")
    else:
        console.print(f"token  {invitation.token}", markup=False, soft_wrap=True)


def _grant(grant: Grant, stores: dict[UUID, str]) -> str:
    return grant.role.code if grant.store_id is None else f"{grant.role.code} at {stores[grant.store_id]}"


def _state(person: Staff) -> str:
    return f"{person.login}: {person.state.value}"


def _person(login: str) -> Staff:
    found = service.find_staff_by_login(login)
    if found is None:
        raise StaffNotFound
    return found
