"""A cycle over HTTP, and its proof, verified by the SDK as a partner would: offline, with its own receipts."""

from __future__ import annotations

import json
import signal
from typing import Any

import psycopg
import pytest
from flask import Flask

from network.auth.service import rotate_signing_key
from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import show
from network.settings import Settings
from network.settlement import service as settlement
from network.settlement.errors import CycleNotCut
from network.settlement.jobs import prove
from network.worker import NetworkWorker
from partner_sdk.proof import Contract, Keys, Receipt, Report, compare, verify, verify_entry
from tests.fixtures import Till, assert_problem, day, next_key
from tests.integration.settlement.ledger import Ledger, broken, close_due, connect, count, month_one
from tests.integration.settlement.test_kills import end_of, start_process

_PROVER = """
import sys
from network.app import create_app
from network.settings import Settings
from network.settlement.service import prove_cycle

with create_app(Settings.from_environment()).app_context():
    print(prove_cycle(sys.argv[1]).document)
"""


class Books:
    """What each partner keeps: the answers that it was given."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.answers: dict[str, list[dict[str, Any]]] = {code: [] for code in ledger.tills}

    def till(self, code: str) -> Till:
        return self.ledger.tills[code]

    def keep(self, code: str, answer: Any) -> dict[str, Any]:
        assert answer.status_code == 201, answer.text
        self.answers[code].append(answer.json)
        return dict(answer.json)

    def receipts(self, code: str) -> list[Receipt]:
        partner = show("par", self.ledger.partner(code))
        found = [Receipt.of(answer, partner) for answer in self.answers[code]]
        return [each for each in found if each is not None]

    def contracts(self, *, paid: str = "0.0090") -> list[Contract]:
        return [
            Contract(
                version=1,
                currency="USD",
                valid_from="2017-01-01T00:00:00Z",
                issuance_price="0.0115",
                funded_at_issue="1",
                reimbursement_rate=paid,
            )
        ]

    def statement(self, code: str, place: int = 0) -> dict[str, Any]:
        till = self.till(code)
        name = till.get("/v1/settlements").json["data"][place]["id"]
        return dict(till.get(f"/v1/settlements/{name}").json)

    def proof(self, code: str, place: int = 0) -> str:
        answer = self.till(code).get(f"/v1/settlements/{self.statement(code, place)['id']}/proof")
        assert answer.status_code == 200, answer.text
        assert answer.content_type.startswith("application/x-ndjson")
        return str(answer.text)

    def keys(self, code: str) -> Keys:
        return Keys(self.till(code).get("/v1/proofs/keys").json)

    def verified(self, code: str, place: int = 0, **more: Any) -> Report:
        return verify(
            self.proof(code, place),
            keys=self.keys(code),
            partner=show("par", self.ledger.partner(code)),
            receipts=self.receipts(code),
            contracts=self.contracts(),
            statement=self.statement(code, place),
            **more,
        )


def january(ledger: Ledger) -> Books:
    """A month with everything that clears: earns, redemptions, a captured hold, returns, a debt repaid elsewhere."""
    books = Books(ledger)
    grocer, fuel, coffee = (books.till(code) for code in ("grocer", "fuel", "coffee"))
    set_clock(day(1, 10))
    sara = ledger.coalition.enrol(grocer)
    for till in (fuel, coffee):
        till.post("/v1/members/lookup", {"card_number": sara.card_number})
    first = books.keep("grocer", grocer.earn(sara, 100_00, receipt="A-1"))
    books.keep("fuel", fuel.earn(sara, 40_00, occurred_at="2017-01-09T10:00:00Z"))
    set_clock(day(1, 11))
    paid = books.keep("coffee", coffee.redeem(sara, 110))
    hold = fuel.redeem(sara, 20, capture=False, hold_seconds=604_800).json
    set_clock(day(1, 12))
    books.keep("fuel", fuel.post(f"/v1/redemptions/{hold['id']}/capture", {"points": 15}, next_key()))
    books.keep("coffee", coffee.post(f"/v1/redemptions/{paid['id']}/reverse", {"points": 4}, next_key()))
    books.keep("grocer", grocer.post(f"/v1/earns/{first['id']}/reverse", {"amount_minor": 60_00}, next_key()))
    set_clock(day(1, 13))
    books.keep("coffee", coffee.earn(sara, 30_00))  # repays what the return left the member owing
    return books


def prove_all() -> None:
    for cycle in settlement.cycles():
        if cycle.state.is_complete:
            settlement.prove_cycle(cycle.cycle_id)


def test_every_partner_verifies_its_statement_with_its_own_receipts(ledger: Ledger) -> None:
    books = january(ledger)
    set_clock(day(2, 1))
    close_due()
    prove_all()
    reports = {code: books.verified(code) for code in ledger.tills}
    assert {code: report.findings for code, report in reports.items()} == dict.fromkeys(ledger.tills, ())
    for code, report in reports.items():
        assert report.net_minor == books.statement(code)["net_minor"]
        assert report.lines
        assert all(compare(report, other) == [] for other in reports.values())
    documents = {books.till(code).get("/v1/proofs/cycles").text for code in ledger.tills}
    assert len(documents) == 1, "the same bytes for all"
    assert reports["coffee"].document == books.till("fuel").get("/v1/proofs/cycles").json["data"][0]["document"]
    assert broken() == {}


def test_what_a_partner_was_not_told_of_or_was_told_otherwise_is_named(ledger: Ledger) -> None:
    books = january(ledger)
    set_clock(day(2, 1))
    close_due()
    prove_all()
    forgotten = books.answers["fuel"].pop(0)
    (finding,) = books.verified("fuel").findings
    assert (finding.kind, finding.where.split()[0]) == ("added_line", forgotten["id"])
    books.answers["fuel"].insert(0, {**forgotten, "points": 41})
    (finding,) = books.verified("fuel").findings
    assert (finding.kind, finding.where) == ("bad_receipt", forgotten["id"]), "no answer of the network's says 41"
    report = verify(
        books.proof("coffee"), keys=books.keys("coffee"), partner=show("par", ledger.partner("coffee")),
        contracts=books.contracts(paid="0.0091"),
    )  # fmt: skip
    assert {finding.kind for finding in report.findings} == {"re_rated_line"}
    stolen = verify(books.proof("coffee"), keys=books.keys("coffee"), partner=show("par", ledger.partner("fuel")))
    assert "partner" in {finding.kind for finding in stolen.findings}


def test_no_partner_learns_which_member_spent_its_points_elsewhere(ledger: Ledger) -> None:
    books = january(ledger)
    set_clock(day(2, 1))
    close_due()
    prove_all()
    told = [json.loads(line) for line in books.proof("grocer").splitlines()[2:]]
    elsewhere = [line for line in told if line["leaf"][12] not in (None, "grocer")]
    own = [line for line in told if "entry" in line]
    assert {tuple(line) for line in elsewhere} == {("type", "leaf", "salt", "request")}
    assert {line["request"] for line in elsewhere} == {None}, "nobody signs here, and it says so"
    wallet = own[0]["entry"].partition("_")[2][:26]
    assert wallet not in json.dumps(elsewhere)
    assert {line["leaf"][4] for line in own} == {"earn", "earn_reversal"}


def test_cycles_are_chained_and_keys_that_were_replaced_still_verify(ledger: Ledger) -> None:
    books = january(ledger)
    set_clock(day(2, 1))
    close_due()
    prove_all()
    first = books.verified("fuel")
    rotate_signing_key()
    set_clock(day(2, 10))
    books.keep("fuel", books.till("fuel").earn(ledger._member("z", "fuel"), 10_00))
    with connect() as connection:
        ledger.insert(connection, "fuel", 777, day(1, 31))  # came late, and of no entry
    set_clock(day(3, 1))
    close_due()
    prove_all()
    second = verify(
        books.proof("fuel"), keys=books.keys("fuel"), partner=show("par", ledger.partner("fuel")),
        receipts=books.receipts("fuel"), awaited=first.awaited, previous=first.document,
    )  # fmt: skip
    assert {finding.kind for finding in second.findings} == {"moved_line"}, "half a day is too late for a late line"
    assert second.others == {"unknown": 1}
    assert (first.cycle["number"], second.cycle["number"]) == (1, 2)
    assert books.verified("fuel", 1).ok
    page = books.till("fuel").get("/v1/proofs/cycles", limit=1).json
    assert page["has_more"]
    older = books.till("fuel").get("/v1/proofs/cycles", limit=1, cursor=page["next_cursor"]).json
    assert [each["number"] for each in (*page["data"], *older["data"])] == [2, 1]


def test_one_entry_is_proven_by_itself(ledger: Ledger) -> None:
    books = january(ledger)
    set_clock(day(2, 1))
    close_due()
    prove_all()
    statement, keys = books.statement("coffee")["id"], books.keys("coffee")
    for receipt in books.receipts("coffee"):
        answer = books.till("coffee").get(f"/v1/settlements/{statement}/proof/{receipt.entry}")
        assert verify_entry(answer.json, keys=keys, partner=receipt.partner, receipt=receipt) == []
        assert len(answer.json["lines"]) >= 1
        changed = json.loads(answer.text)
        changed["lines"][0]["leaf"][6] -= 1
        assert verify_entry(changed, keys=keys, partner=receipt.partner, receipt=receipt) != []
    other = books.receipts("fuel")[0].entry
    path = f"/v1/settlements/{statement}/proof/{other}"
    assert_problem(books.till("coffee").get(path), 404, "entry_not_in_cycle")
    assert_problem(books.till("fuel").get(path), 404, "settlement_not_found")


def test_receipts_are_signed_kept_and_the_same_when_repeated(ledger: Ledger) -> None:
    till = ledger.tills["grocer"]
    member = ledger._member("p", "grocer")
    first, again = (till.earn(member, 12_34, key="once") for _ in range(2))
    assert first.data == again.data
    keys, partner = Keys(till.get("/v1/proofs/keys").json), show("par", till.partner_id)
    read = till.get(f"/v1/earns/{first.json['id']}").json
    for answer in (first.json, read):
        receipt = Receipt.of(answer, partner)
        assert receipt is not None
        assert receipt.is_signed(keys)
        assert (receipt.kind, receipt.points) == ("earn", 12)
        altered = Receipt.of({**answer, "points": 13}, partner)
        assert altered is not None
        assert not altered.is_signed(keys)
    hold = till.redeem(member, 5, capture=False).json
    held = Receipt.of(hold, partner)
    assert held is not None
    assert held.is_signed(keys)
    assert not held.clears
    assert hold["captured_at"] is None
    voided = Receipt.of(till.post(f"/v1/redemptions/{hold['id']}/void", {}, next_key()).json, partner)
    assert voided is not None
    assert voided.is_signed(keys)


def test_proofs_are_for_partners_with_the_scope_and_of_their_own_statements(ledger: Ledger) -> None:
    books = january(ledger)
    set_clock(day(2, 1))
    close_due()
    statement, cycle = books.statement("fuel")["id"], settlement.get_cycle("2017-01").cycle_id
    paths = [f"/v1/settlements/{statement}/proof", f"/v1/proofs/cycles/{show('cyc', cycle)}"]
    for path in paths:
        assert_problem(books.till("fuel").get(path), 404, "proof_not_ready")
    prove_all()
    assert books.till("fuel").get(paths[1]).json["number"] == 1
    assert_problem(books.till("coffee").get(paths[0]), 404, "settlement_not_found")
    for path in (*paths, "/v1/proofs/cycles", "/v1/proofs/keys", f"{paths[0]}/ern_1"):
        assert_problem(books.till("fuel").anonymous().get(path), 401, "unauthenticated")
        assert_problem(books.till("fuel").only("points:read").get(path), 403, "insufficient_scope")
    assert_problem(books.till("fuel").get("/v1/proofs/cycles/cyc_1"), 422, "malformed_id")


def test_a_ledger_that_was_edited_is_no_longer_what_was_signed(ledger: Ledger) -> None:
    january(ledger)
    set_clock(day(2, 1))
    close_due()
    prove_all()
    assert settlement.still_holds("2017-01")
    with connect() as connection:
        connection.execute("ALTER TABLE journal DISABLE TRIGGER USER")
        connection.execute("UPDATE journal SET hash = sha256(hash)")
        connection.execute("ALTER TABLE journal ENABLE TRIGGER USER")
    assert not settlement.still_holds("2017-01")


def test_what_was_signed_stays_and_the_ledger_check_counts_it(ledger: Ledger) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    prove_all()
    assert broken() == {}
    with connect() as connection:
        for table in ("cycle_proof", "proof_entry"):
            for edit in (f"DELETE FROM {table}", f"UPDATE {table} SET cycle_id = cycle_id"):
                with pytest.raises(psycopg.errors.RestrictViolation), connection.transaction():
                    connection.execute(edit)
        connection.execute("ALTER TABLE proof_entry DISABLE TRIGGER USER")
        connection.execute("UPDATE proof_entry SET lines = lines + 1 WHERE place = 1")
        connection.execute("ALTER TABLE proof_entry ENABLE TRIGGER USER")
    assert set(broken()) == {"proofs = slices"}


def test_a_worker_proves_what_was_cut_in_order_and_once(ledger: Ledger, app: Flask) -> None:
    month_one(ledger)
    set_clock(day(4, 1))
    close_due()
    with pytest.raises(CycleNotCut):
        settlement.prove_cycle("2017-04")
    for left in (3, 2, 1):
        assert count("SELECT count(*) FROM cycle_proof") == 3 - left
        assert prove() == 1
        assert prove() == 0
        NetworkWorker(app).work(burst=True)
    assert prove() == 0
    numbers = [settlement.get_proof(cycle.cycle_id).number for cycle in settlement.cycles() if cycle.state.is_complete]
    assert numbers == [1, 2, 3]


@pytest.mark.parametrize(("failpoint", "kept"), [("settlement.in_proof", 0), ("settlement.after_proof", 1)])
def test_a_proof_killed_here_is_there_or_made_by_the_next(
    ledger: Ledger, settings: Settings, failpoint: str, kept: int
) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    status, output = end_of(start_process(settings, _PROVER, "2017-01", failpoint=failpoint))
    assert status == -signal.SIGKILL, output
    assert count("SELECT count(*) FROM cycle_proof") == kept
    assert settlement.prove_cycle("2017-01").number == 1
    assert count("SELECT count(*) FROM proof_entry") == 3
    assert settlement.still_holds("2017-01")


def test_two_who_prove_at_once_publish_one_document(ledger: Ledger, settings: Settings) -> None:
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    twins = [start_process(settings, _PROVER, "2017-01") for _ in range(2)]
    documents = {end_of(twin) for twin in twins}
    assert documents == {(0, f"{settlement.prove_cycle('2017-01').document}\n")}
    assert count("SELECT count(*) FROM proof_entry") == 3
