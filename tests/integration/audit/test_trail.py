"""The audit trail in the real database: written with the change or not at all, guarded, exported, verified."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from joserfc import jws
from joserfc.jwk import KeySet
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.audit import keeper as keeping
from network.audit import service as audit
from network.audit.domain import Fault, PersonalValue, Tampering
from network.audit.jobs import export
from network.auth.service import proof_keys
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Heads are exported to a folder of the test's own."""
    monkeypatch.setitem(app.extensions, keeping._PLACE, replace(keeping.keeper(), folder=tmp_path / "audit"))
    return tmp_path / "audit"


def change(till: str, **after: object) -> None:
    with audit.acting("stf_1", "req_1"), transaction():
        audit.record("tills.rename", "till", till, before={"name": "a"}, after=after)


def change_two(first: str, second: str) -> None:
    change(first)
    change(second)


@pytest.fixture
def five() -> Iterator[None]:
    for number in range(1, 6):
        change(f"til_{number}", number=number)
    return


def tamper(sql: str) -> None:
    """As somebody does who may do everything in the database."""
    with transaction():
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        db.session.connection().exec_driver_sql(sql)


def test_a_change_is_recorded_with_who_made_it_and_in_which_request() -> None:
    change("til_1", name="b")
    (entry,) = audit.list_entries()
    assert (entry.sequence, entry.who, entry.request) == (1, "stf_1", "req_1")
    assert entry.change.action == "tills.rename" and entry.change.subject == "til_1"
    assert (entry.change.before, entry.change.after) == ({"name": "a"}, {"name": "b"})


def test_what_is_undone_was_never_recorded() -> None:
    with pytest.raises(PersonalValue), transaction():
        change_two("til_1", "sara@shop.example")
    assert audit.count_entries() == 0
    with pytest.raises(RuntimeError), audit.acting("stf_1", "req_1"):
        audit.record("tills.rename", "till", "til_1")


def test_where_nobody_acts_nothing_is_recorded() -> None:
    with transaction():
        audit.record("tills.rename", "till", "til_1")
    assert audit.count_entries() == 0


def test_entries_are_found_by_person_thing_and_action(five: None) -> None:
    with audit.acting("stf_9", "req_9"), transaction():
        audit.record("tills.rename", "till", "til_1")
    assert [each.sequence for each in audit.list_entries(subject="til_1")] == [6, 1]
    assert [each.sequence for each in audit.list_entries(who="stf_9")] == [6]
    assert [each.sequence for each in audit.list_entries(who="stf_1", most=2, before=5)] == [4, 3]
    assert audit.list_entries(action="tills.close", kind="till") == []


def test_many_at_once_make_one_chain_without_gaps(app: Flask) -> None:
    def work(number: int) -> None:
        with app.app_context():
            for _ in range(5):
                change(f"til_{number}")
            db.session.remove()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert [each.sequence for each in audit.list_entries(most=100)] == list(range(40, 0, -1))
    assert list(audit.verify()) == []


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_entry SET entry = '{}'", "DELETE FROM audit_entry", "DELETE FROM audit_head"]
)
def test_the_database_itself_refuses_to_change_it(five: None, sql: str) -> None:
    audit.export_head()
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.connection().exec_driver_sql(sql)


@pytest.mark.parametrize(
    ("sql", "what", "first", "last"),
    [
        (
            "UPDATE audit_entry SET entry = replace(entry, '\"number\":3', '\"number\":4') WHERE sequence = 3",
            "EDITED",
            3,
            3,
        ),
        ("UPDATE audit_entry SET hash = sha256('x') WHERE sequence = 3", "EDITED", 3, 3),
        ("DELETE FROM audit_entry WHERE sequence IN (2, 3)", "DROPPED", 2, 3),
        ("DELETE FROM audit_entry WHERE sequence = 5", "DROPPED", 5, 5),
    ],
)
def test_what_was_edited_or_dropped_is_named(five: None, sql: str, what: str, first: int, last: int) -> None:
    audit.export_head()
    tamper(sql)
    assert list(audit.verify()) == [Fault(Tampering[what], first, last)]
    assert [each.what.name for each in audit.verify_export(audit.exported_chain())] == [what]


def test_entries_that_were_exchanged_are_named(five: None) -> None:
    tamper("UPDATE audit_entry SET sequence = CASE sequence WHEN 2 THEN 104 ELSE 102 END WHERE sequence IN (2, 4)")
    tamper("UPDATE audit_entry SET sequence = sequence - 100 WHERE sequence > 100")
    assert list(audit.verify()) == [Fault(Tampering.MOVED, 2, 2), Fault(Tampering.MOVED, 4, 4)]


def test_the_head_of_a_day_is_signed_once_and_kept_outside(five: None, folder: Path) -> None:
    first = audit.export_head()
    change("til_6")
    export()
    assert [each.sequence for each in audit.exported_heads()] == [5] == [first.sequence]
    told = jws.deserialize_compact(first.document, KeySet.import_key_set({"keys": proof_keys()}), algorithms=["ES256"])
    assert told.protected["typ"] == audit.HEAD_KIND
    payload = json.loads(told.payload)
    assert (payload["sequence"], payload["hash"]) == (5, first.hash.hex())
    # a file that is missing is written again
    (path,) = folder.glob("*.jws")
    path.unlink()
    export()
    assert path.read_text().strip() == first.document


def test_a_head_kept_outside_knows_a_chain_that_was_cut_with_its_head(five: None) -> None:
    audit.export_head()
    tamper("DELETE FROM audit_entry WHERE sequence > 2")
    tamper("DELETE FROM audit_head")
    assert list(audit.verify()) == []
    assert list(audit.verify(audit.exported_heads())) == [Fault(Tampering.DROPPED, 3, 5)]


def test_a_head_that_was_not_signed_by_the_network_is_named(five: None) -> None:
    head = audit.export_head()
    parts = head.document.split(".")
    forged = replace(head, document=".".join([*parts[:2], parts[2][::-1]]))
    assert list(audit.verify([forged])) == [Fault(Tampering.FORGED, 5, 5)]
    tamper(f"UPDATE audit_head SET document = '{forged.document}'")
    assert [each.what for each in audit.verify_export(audit.exported_chain())] == [Tampering.FORGED]


def test_a_digest_is_the_same_for_the_same_text_and_needs_the_secret(app: Flask) -> None:
    assert audit.digest("sara@shop.example") == audit.digest("sara@shop.example")
    assert audit.digest("sara@shop.example") != audit.digest("reza@shop.example")
    kept, settings = keeping.keeper(), app.extensions["peyvand.settings"]
    keeping.init_audit(app, replace(settings, secret_key=b"another"), kept.sign, kept.open)
    other = audit.digest("sara@shop.example")
    keeping.init_audit(app, settings, kept.sign, kept.open)
    assert other != audit.digest("sara@shop.example")
