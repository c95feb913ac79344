"""How people of staff come in at the server's shell, and how a command knows who gives it."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from sqlalchemy import text

from network.audit import service as audit
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.partners import service as partners
from network.sessions.domain import Realm
from network.sessions.service import list_sessions, open_session
from network.staff import service as staff
from tests.integration.staff.conftest import Shell
from tests.staffing import PASSWORD, accept, at_shell


def test_the_first_administrator_signs_in_invites_and_is_written_down(run: Shell, tokens: Path) -> None:
    told = run("staff", "bootstrap", "mina", "Mina")
    (token,) = re.findall(r"token\s+(\S{43})", told)
    first = next(person for person, _ in staff.list_staff(partners.ensure_operator().partner_id))
    mina = accept(staff.Invitation(first, token, first.created_at))
    invite = ("staff", "invite", "operator", "reza", "Reza", "--role", "settlement", "--by", "mina")
    run(*invite, status=1)  # nobody is signed in
    assert "is signed in" in run("staff", "sign-in", "mina", lines=(PASSWORD, mina.code()))
    (file,) = tokens.glob("*.token")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "reza is invited" in run(*invite)
    assert "settlement" in run("staff", "list")
    (entry, *_) = audit.list_entries(action="staff.invite")
    assert entry.who == mina.staff.who and str(entry.request).startswith("req_")
    assert "staff.invite" in run("audit", "list", "--who", mina.staff.who)
    assert "as it was written" in run("audit", "verify")
    run("staff", "sign-out", "mina")
    run("staff", "suspend", "reza", "--by", "mina", status=1)


def test_a_command_asks_for_the_permission_and_for_the_operators_people(run: Shell, tokens: Path) -> None:
    grocer = partners.create_partner(code="grocer", name="Grocer", name_fa="بقال").partner_id
    at_shell("boss", partner_id=grocer)
    run("staff", "invite", "grocer", "spy", "Spy", "--by", "boss", status=1)
    at_shell("clerk", permissions=())
    run("adjustment", "limit", "boss", "5", "--by", "clerk", status=1)
    at_shell("head")
    run("adjustment", "limit", "boss", "5", "--by", "head")
    assert "own_account" in run("adjustment", "limit", "head", "5", "--by", "head", status=1)


def test_a_proof_that_grew_old_is_renewed_at_the_shell(run: Shell) -> None:
    mina = accept(staff.bootstrap(login="mina", name="Mina"))
    run("staff", "sign-in", "mina", lines=(PASSWORD, mina.code()))
    with transaction():
        db.session.execute(text("UPDATE session SET opened_at = opened_at - interval '6 minutes',"
                                " authenticated_at = authenticated_at - interval '6 minutes'"))  # fmt: skip
    reza = ("staff", "invite", "operator", "reza", "Reza", "--by", "mina")
    assert "proof_too_old" in run(*reza, status=1)
    run("staff", "sign-in", "mina", lines=(PASSWORD, mina.recovery_codes[0]))
    assert "reza is invited" in run(*reza)
    assert len(run("staff", "recovery-codes", "--by", "mina").split()) == 10
    new = "nine quiet lighthouses"
    assert "Changed" in run("staff", "password", "--by", "mina", lines=(PASSWORD, new, new))


def test_roles_are_defined_given_and_taken_at_the_shell(run: Shell) -> None:
    partners.create_partner(code="grocer", name="Grocer", name_fa="بقال")
    at_shell("mina")
    by = ("--by", "mina")
    run("staff", "invite", "grocer", "sara", "Sara", "--role", "finance", *by)
    run("staff", "define-role", "grocer", "helper", "Helper", "--permission", "tills.manage", *by)
    run("staff", "grant", "sara", "helper", *by)
    assert "finance, helper" in run("staff", "list", "grocer")
    run("staff", "withdraw", "sara", "finance", *by)
    assert "tills.manage" in run("staff", "roles", "grocer")
    assert "not after settlement.prepare" in run("staff", "permissions")
    assert "token" in run("staff", "reset", "sara", *by)
    assert "left" in run("staff", "leave", "sara", *by)
    assert "staff_not_found" in run("staff", "grant", "nobody", "helper", *by, status=1)


def test_an_administrator_ends_the_sessions_of_one_or_of_all(run: Shell) -> None:
    at_shell("mina", "reza")
    reza = staff.find_staff_by_login("reza")
    assert reza is not None
    members = [open_session(Realm.MEMBER, new_id(), ["sms"]).session for _ in range(3)]
    end = ("staff", "end-sessions", "--by", "mina")
    run(*end, status=2)
    assert "1 sessions" in run(*end, "--member", show("mbr", members[0].subject_id))
    assert [len(list_sessions(Realm.MEMBER, each.subject_id)) for each in members] == [0, 1, 1]
    run(*end, "--login", "reza")
    assert list_sessions(Realm.STAFF, reza.staff_id) == []
    assert "2 sessions" in run(*end, "--all", "member")
    assert [len(list_sessions(Realm.MEMBER, each.subject_id)) for each in members] == [0, 0, 0]
    ended = audit.list_entries(action="sessions.end")
    assert [(each.change.subject, each.change.after) for each in ended] == [
        ("all", {"ended": 2}),
        (reza.who, {"ended": 2}),
        (show("mbr", members[0].subject_id), {"ended": 1}),
    ]
    run(*end, "--all", "staff")
    run(*end, "--all", "member", status=1)  # nobody is signed in any more
