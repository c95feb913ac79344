"""Every command of the CLI is known here: it only looks, or what it changes is in the audit trail, or a reason is told.

A new command fails until it is written down, and one that changes something until the trail tells of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from joserfc.jwk import ECKey
from sqlalchemy import text

from network.audit import service as audit
from network.auth.domain import Kind
from network.cli import main
from network.cli.identity import keep
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.partners import service as partners
from network.sessions import service as sessions
from network.sessions.domain import Realm
from network.settlement import service as settlement
from network.staff import service as staff
from tests.fixtures import Coalition, Customer
from tests.integration.staff.conftest import Shell
from tests.relying.party import DEVICE_CODE, public_set, register
from tests.staffing import PASSWORD, at_shell

LOOKS = """
    accounting: balance estimate export show
    adjustment: list
    audit: export list verify
    client: list
    clock: show
    contract: list preview rates
    delivery: list
    expiry: list
    extension: list
    household: show
    ledger: check stuck
    member: code explain merges statement
    partner: list / key: list
    prepaid: list orders
    servers
    settlement: accounts breakage credit disputes document export list payments preview show suspense
    settlement: trail / simulate: default exit
    staff: list permissions roles
    terminal: list
"""

THE_NETWORKS_OWN: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "accounting keep", "audit head", "delivery send", "expiry notices", "prepaid watch", "settlement due",
            "settlement prove",
        ),
        "what the scheduler does by itself, here and now: nobody decides anything",
    ),
    **dict.fromkeys(("up", "serve", "worker", "scheduler", "down", "migrate", "demo"), "runs processes"),
    **dict.fromkeys(("staff sign-in", "staff sign-out"), "opens and ends sessions, which tell it themselves"),
}  # fmt: skip

RECORDED = """
    adjustment: approve limit propose reject
    client: create initial-token keys register resume revoke rotate rotate-key suspend
    clock: set
    contract: propose sign withdraw
    expiry: set
    extension: approve propose reject
    household: cap contribute dissolve found invite join leave pass policy share withdraw
    member: approve export forget jurisdiction merge reject unmerge
    partner: add cards leave reinstate require-signatures sign store suspend / key: add revoke
    prepaid: buy cancel fill
    settlement: account adopt-server calendar grant-limit payment-scheme policy
    staff: accept bootstrap define-role end-sessions grant invite leave password recovery-codes reset resume suspend
    staff: withdraw
    terminal: admit end
"""
"""Each is run below, and what the trail tells of it asserted."""

BY_ITS_CYCLE = """
    accounting: cover-default recognise return-collateral
    settlement: accept-dispute approve approve-grant assign buy-out files instruct reconcile reissue reject
    settlement: reject-dispute reject-grant retry submit
"""
"""What these change is in the trail of a cycle, each step of which the audit trail tells with both heads
(`settlement.service.states.note`, tests/integration/audit/test_rooms.py); or recorded beside it.
"""

RATES = (
    *("--currency", "USD", "--redemption-element", "0.0100", "--service-fee", "0.0015"),
    *("--reimbursement-rate", "0.0090", "--member-value", "0.0100"),
)
SINCE = ("--valid-from", "2017-01-01T00:00:00+00:00")
LATER = ("--valid-from", "2017-03-01T00:00:00+00:00")


def _told(text: str) -> set[str]:
    """`settlement: accounts breakage` are two commands."""
    found = set()
    for line in text.strip().splitlines():
        group = ""
        for part in line.strip().split(" / "):  # groups within groups
            name, _, verbs = part.partition(": ")
            group = f"{group} {name}".strip()
            found |= {f"{group} {verb}" for verb in verbs.split()} if verbs else {group}
    return found


def _commands(command: click.Command, path: str = "") -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from _commands(each, f"{path} {name}".strip())
    else:
        yield path


def _id(said: str, pattern: str) -> str:
    found = re.search(pattern, said)
    assert found, said
    return found[1]


class Office:
    """Commands that change something, each with the action by which the trail tells of it."""

    def __init__(self, run: Shell) -> None:
        self.run = run
        self.seen: set[str] = set()
        self.commands = set(_commands(main))

    def does(self, action: str, *arguments: str, by: str = "", lines: tuple[str, ...] = ()) -> str:
        """What a command says; that it added its action to the trail, and by whom, is asserted."""
        before = audit.count_entries()
        said: str = self.run(*arguments, *(("--by", by) if by else ()), lines=lines)
        added = audit.list_entries(most=max(1, audit.count_entries() - before))[: audit.count_entries() - before]
        assert action in [each.change.action for each in added], (arguments, added)
        assert {each.who == "shell" for each in added} == {not by}, (arguments, added)
        self.seen |= {name for name in self.commands if f"{' '.join(arguments)} ".startswith(f"{name} ")}
        return said


def _all_of(office: Office, *groups: str) -> None:
    """Nothing that these groups can change was left out."""
    assert office.seen == {each for each in _told(RECORDED) if each.split()[0] in groups}


@pytest.fixture
def office(run: Shell) -> Office:
    return Office(run)


def test_what_partners_clients_and_terminals_are_is_told(
    app: Flask, coalition: Coalition, office: Office, tmp_path: Path
) -> None:
    does = office.does
    at_shell("omid")
    does("partners.join", "partner", "add", "fuel", "Fuel")
    does("contracts.version", "partner", "sign", "fuel", *RATES, *SINCE)
    does("partners.status", "partner", "suspend", "fuel")
    does("partners.status", "partner", "reinstate", "fuel")
    does("partners.cards", "partner", "cards", "fuel", "--trust")
    does("stores.open", "partner", "store", "fuel", "s1", "North")
    pem, keys, metadata = tmp_path / "key.pem", tmp_path / "keys.json", tmp_path / "client.json"
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    kid = _id(does("signatures.key", "partner", "key", "add", "fuel", str(pem)), r"key (\S+)")
    does("signatures.require", "partner", "require-signatures", "fuel")
    does("signatures.revoke", "partner", "key", "revoke", kid)
    keys.write_text(json.dumps(public_set(ECKey.generate_key("P-256"))))
    known = {"token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"]}
    metadata.write_text(json.dumps({"client_name": "Fuel", "jwks": json.loads(keys.read_text()), **known}))
    keyed = _id(does("clients.create", "client", "register", "fuel", str(metadata)), r"(cli_\S+)")
    does("clients.keys", "client", "keys", keyed, str(keys))
    client = _id(does("clients.create", "client", "create", "fuel"), r"(cli_\S+)")
    does("clients.status", "client", "suspend", client)
    does("clients.status", "client", "resume", client)
    does("clients.rotate", "client", "rotate", client)
    does("clients.status", "client", "revoke", client)
    does("keys.rotate", "client", "rotate-key")
    does("clients.invite", "client", "initial-token", "fuel")
    fuel = partners.find_partner_by_code("fuel")
    assert fuel is not None
    till = register(app.test_client(), fuel.partner_id, Kind.TILL)
    codes = till.post("/oauth/device", {}).json
    does("tills.decide", "terminal", "admit", "fuel", codes["user_code"], "s1", by="omid")
    till.token(grant_type=DEVICE_CODE, device_code=codes["device_code"])
    terminal = _id(office.run("terminal", "list", "fuel"), r"(grt_\w{26})")
    does("tills.end", "terminal", "end", "fuel", terminal, by="omid")
    does("partners.status", "partner", "leave", "fuel")
    _all_of(office, "partner", "client", "terminal")


def test_what_terms_and_settings_are_is_told(coalition: Coalition, office: Office) -> None:
    does, grocer = office.does, coalition.join("grocer")
    at_shell("omid", "laleh")
    at_shell("parvin", partner_id=grocer.partner_id)
    terms = ("contract", "propose", "grocer", *RATES, *LATER)
    proposal = _id(does("contracts.propose", *terms, by="omid"), r"(prp_\w{26})")
    does("contracts.sign", "contract", "sign", proposal, "--for", "partner", by="parvin")
    does("contracts.withdraw", "contract", "withdraw", proposal)
    office.run("partner", "add", "kiosk", "Kiosk")
    thresholds = ("--low-points", "50", "--critical-points", "10", "--topup-points", "200")
    office.run("partner", "sign", "kiosk", *RATES, *SINCE, "--prepaid", *thresholds)
    does("prepaid.buy", "prepaid", "buy", "kiosk", "40", "--currency", "USD", by="omid")
    for action, command, by in (("prepaid.cancel", "cancel", ""), ("prepaid.buy", "fill", "omid")):
        office.run("prepaid", "watch")
        does(action, "prepaid", command, _id(office.run("prepaid", "orders"), r"(ord_\w{26})"), by=by)
    does("expiry.policy", "expiry", "set", "never", "--programme", "gold", *SINCE)
    does("settlement.calendar", "settlement", "calendar", "--currency", "EUR")
    does("settlement.policy", "settlement", "policy", "--dispute-days", "20")
    does("payments.scheme", "settlement", "payment-scheme", "bilateral")
    bank = ("--holder", "Grocer Ltd", "--iban", "GB82WEST12345698765432")
    does("payments.account", "settlement", "account", "grocer", *bank, by="omid")
    does("disputes.limit", "settlement", "grant-limit", "laleh", "500", "--currency", "USD", by="omid")
    settlement.cut()
    with transaction():
        db.session.execute(text("UPDATE settlement_horizon SET system_identifier = 42"))  # as after a restore
    does("settlement.adopt_server", "settlement", "adopt-server")
    does("clock.set", "clock", "set", "2017-01-20T00:00:00+00:00")
    assert list(audit.verify()) == []
    _all_of(office, "contract", "prepaid", "expiry", "settlement", "clock")


@pytest.fixture
def home(coalition: Coalition) -> tuple[Customer, Customer]:
    """Two members with points."""
    grocer = coalition.join("grocer")
    found = coalition.enrol(grocer), coalition.enrol(grocer)
    for each in found:
        grocer.earn(each, 200_00)
    return found


def test_what_becomes_of_members_and_their_points_is_told(office: Office, home: tuple[Customer, Customer]) -> None:
    does, (sara, reza) = office.does, home
    at_shell("omid", "laleh")
    gift = ("--issuer", "grocer", "--currency", "USD", "--reason", "goodwill")
    does("adjustments.request", "adjustment", "propose", sara.id, "50", *gift, by="omid")
    for action in ("approve", "reject"):
        made = _id(
            does("adjustments.request", "adjustment", "propose", sara.id, "5000", *gift, by="omid"), r"(adj_\w{26})"
        )
        does(f"adjustments.{action}", "adjustment", action, made, by="laleh")
    does("adjustments.limit", "adjustment", "limit", "laleh", "5", by="omid")
    window = ("2019-01-01", "2019-03-30", "2019-04-30", "--issuer", "grocer", "--reason", "relief")
    for action in ("reject", "approve"):
        made = _id(does("extensions.request", "extension", "propose", *window, by="omid"), r"(ext_\w{26})")
        does(f"extensions.{action}", "extension", action, made, by="laleh")
    consent = ("--consent", "2017-01", "--evidence", "form-17")
    house = _id(does("households.found", "household", "found", sara.id, *consent, by="omid"), r"(hsh_\w{26})")
    does("households.invite", "household", "invite", house, reza.id, by="omid")
    does("households.withdraw", "household", "withdraw", house, reza.id, by="omid")
    office.run("household", "invite", house, reza.id, "--by", "omid")
    does("households.join", "household", "join", house, reza.id, *consent, by="omid")
    does("households.contribute", "household", "contribute", sara.id, "10")
    does("households.share", "household", "share", sara.id, "5")
    does("households.caps", "household", "cap", reza.id, "--spend", "30")
    does("households.pass", "household", "pass", house, reza.id)
    does("households.policy", "household", "policy", "--most-members", "5")
    does("households.leave", "household", "leave", sara.id, by="omid")
    does("households.dissolve", "household", "dissolve", house, by="omid")
    does("members.jurisdiction", "member", "jurisdiction", sara.id, "IR")
    does("members.export", "member", "export", sara.id)
    merge = ("member", "merge", reza.id, sara.id, "--reason", "one person")
    refused = _id(does("merges.request", *merge, by="omid"), r"(mrg_\w{26})")
    does("merges.reject", "member", "reject", refused, by="laleh")
    agreed = _id(office.run(*merge, "--by", "omid"), r"(mrg_\w{26})")
    does("merges.approve", "member", "approve", agreed, by="laleh")
    does("merges.request_undoing", "member", "unmerge", agreed, "--reason", "two persons", by="omid")
    office.run("member", "reject", agreed, "--by", "laleh")
    does("members.forget", "member", "forget", sara.id, "--yes")
    written = "\n".join(audit.exported_chain())
    assert sara.card_number not in written and "one person" not in written
    _all_of(office, "adjustment", "extension", "household", "member")


def test_what_people_of_staff_may_is_told(office: Office) -> None:
    does = office.does
    token = _id(does("staff.bootstrap", "staff", "bootstrap", "mina", "Mina"), r"token\s+(\S{43})")
    enrolment = staff.enrolment_of(token)
    code = pyotp.TOTP(enrolment.totp_secret).now()
    does("staff.accept", "staff", "accept", lines=(token, PASSWORD, PASSWORD, code))
    keep("mina", sessions.open_session(Realm.STAFF, enrolment.staff.staff_id, ["pwd", "otp", "mfa"]).token)
    new = "nine quiet lighthouses"
    does("staff.password", "staff", "password", by="mina", lines=(PASSWORD, new, new))
    at_shell("omid")
    does("staff.invite", "staff", "invite", "operator", "reza", "Reza", by="omid")
    does("staff.role", "staff", "define-role", "operator", "helper", "Help", "--permission", "tills.manage", by="omid")
    does("staff.grant", "staff", "grant", "reza", "helper", by="omid")
    does("staff.withdraw", "staff", "withdraw", "reza", "helper", by="omid")
    does("staff.reset", "staff", "reset", "reza", by="omid")
    does("staff.leave", "staff", "leave", "reza", by="omid")
    at_shell("laleh")
    does("sessions.end", "staff", "end-sessions", "--login", "laleh", by="omid")
    does("staff.suspend", "staff", "suspend", "laleh", by="omid")
    does("staff.resume", "staff", "resume", "laleh", by="omid")
    does("staff.recovery_codes", "staff", "recovery-codes", by="omid")
    _all_of(office, "staff")


NAMELESS = {"clock set", "settlement adopt-server", "staff accept", "staff bootstrap"}
"""Before there is anybody, of oneself, or of the server as such."""


def test_whoever_changes_something_can_be_named() -> None:
    def named(name: str) -> bool:
        command: click.Command = main
        for part in name.split():
            assert isinstance(command, click.Group)
            command = command.commands[part]
        return any("--by" in option.opts for option in command.params)

    assert {each for each in _told(RECORDED) | _told(BY_ITS_CYCLE) if not named(each)} == NAMELESS


def test_a_name_that_is_given_needs_the_permission(coalition: Coalition, office: Office) -> None:
    grocer = coalition.join("grocer")
    omid = at_shell("omid")["omid"]
    at_shell("clerk", permissions=())
    at_shell("parvin", partner_id=grocer.partner_id)
    for stranger in ("clerk", "parvin", "nobody"):
        office.run("partner", "suspend", "grocer", "--by", stranger, status=1)
        assert audit.list_entries(action="partners.status") == []
    office.does("partners.status", "partner", "suspend", "grocer", by="omid")
    (entry,) = audit.list_entries(action="partners.status")
    assert entry.who == omid.who


def test_every_command_is_known() -> None:
    known = [_told(LOOKS), _told(BY_ITS_CYCLE), set(THE_NETWORKS_OWN), _told(RECORDED)]
    assert set(_commands(main)) == set().union(*known)
    assert sum(map(len, known)) == len(set().union(*known)), "a command is told twice"
