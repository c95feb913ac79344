"""What must be true when the storm is over."""

import operator
import re
from typing import Any

from network.kernel.identifiers import read_any_entry, show
from tests.end_to_end._processes import Installation, wait_until

_PREFIXES = ("ern", "rdm", "rev")
_FOLLOW_UPS = ("capture", "void")
_MADE_BY_REQUESTS = """
SELECT receipt, wallet_id, sequence, refers_to FROM journal WHERE starts_with(receipt, 'till-')
"""
_KEPT = """
SELECT idempotency_key, sequence IS NOT NULL AS accepted FROM request WHERE starts_with(idempotency_key, 'till-')
AND status <> 202 -- of a batch, which makes its entries later
"""
_VISITS = """
SELECT (count(*) FILTER (WHERE operation = 'earn'))::int AS earns,
       (count(*) FILTER (WHERE operation IN ('redemption', 'capture')))::int AS burns FROM journal WHERE points > 0
"""
_CLOSING = "state IN ('open', 'cut', 'netted')"
_UNSTATED = f"SELECT count(*) FROM cycle WHERE ends_at <= (SELECT frozen_at FROM network_clock) AND {_CLOSING}"
_WAITING = "SELECT count(*) FROM batch WHERE completed_at IS NULL"
_BATCHES = """
SELECT batch_id, total, sum(posted)::int AS posted, sum(duplicates)::int AS duplicates, sum(refused)::int AS refused
FROM batch JOIN batch_part USING (batch_id) GROUP BY batch_id
"""
_UNFOLDED = "SELECT count(*) FROM movement WHERE xid >= (SELECT next_xid FROM settlement_horizon)"
_TOTALS = """
SELECT kind, sum(points)::bigint AS points, count(*) AS movements FROM movement
WHERE kind IN ('issue', 'unissue', 'draw', 'undraw', 'expire') GROUP BY kind ORDER BY kind
"""
_CLEARED = """
SELECT kind, sum(points)::bigint AS points, sum(movements)::bigint AS movements FROM clearing_slice
GROUP BY kind ORDER BY kind
"""


def wait_for_calm(installation: Installation) -> None:
    """Until every fact is handled, and every cycle that has ended is stated."""
    told = f"SELECT name, state, waiting_reason FROM cycle WHERE {_CLOSING} ORDER BY starts_at LIMIT 5"
    wait_until(lambda: not installation.value(_UNSTATED), "cycles aren't stated", lambda: str(installation.rows(told)))
    wait_until(lambda: not installation.value(_WAITING), "batches aren't completed")
    wait_until(lambda: not installation.value(_UNFOLDED), "movements aren't folded")
    wait_until(lambda: not installation.value("SELECT count(*) FROM outbox"), "the outbox isn't drained")


def check_facts(installation: Installation) -> None:
    """Every fact was handled, and once: the read model counts what the journal counts."""
    (counted,) = installation.rows("SELECT sum(earns)::int AS earns, sum(burns)::int AS burns FROM member_activity")
    assert [counted] == installation.rows(_VISITS)


def check_acknowledged(installation: Installation, accepted: dict[str, tuple[str, str]], refused: list[str]) -> None:
    """What was acknowledged is there, once, as the answer named it; nothing is there that was not."""
    entries: dict[str, dict[str, Any]] = {}
    for row in installation.rows(_MADE_BY_REQUESTS):
        assert row["receipt"] not in entries, f"{row['receipt']} is there twice"
        entries[row["receipt"]] = row
    made = {key: told for key, told in accepted.items() if told[0] != "enrol"}
    assert entries.keys() == made.keys(), sorted(entries.keys() ^ made.keys())[:5]
    for key, (verb, public) in made.items():
        entry, named = entries[key], read_any_entry(_PREFIXES, public)
        sequence = entry["refers_to"] if verb in _FOLLOW_UPS else entry["sequence"]
        assert (entry["wallet_id"], sequence) == named, (key, verb, public, entry)
    kept = {row["idempotency_key"]: row["accepted"] for row in installation.rows(_KEPT)}
    assert {key for key, was in kept.items() if was} == made.keys()
    assert {key for key, was in kept.items() if not was} <= {*refused, *accepted} - made.keys()


def check_members(installation: Installation, accepted: dict[str, tuple[str, str]], before: int) -> None:
    """Each enrolment that was acknowledged made one member."""
    enrolled = [public for verb, public in accepted.values() if verb == "enrol"]
    assert len(set(enrolled)) == len(enrolled)
    assert installation.value("SELECT count(*) FROM member") == before + len(enrolled)


def check_adjustments(installation: Installation, posted: list[str]) -> None:
    """Each adjustment that somebody was told of was posted, and none was posted twice."""
    rows = installation.rows("SELECT adjustment_id::text AS id, decision, wallet_id, sequence FROM adjustment")
    decided = {row["id"]: row["decision"] for row in rows}
    assert {decided[each] for each in posted} <= {"posted"}
    entries = installation.rows("SELECT wallet_id, sequence FROM journal WHERE operation = 'adjustment'")
    named = [(row["wallet_id"], row["sequence"]) for row in rows if row["decision"] == "posted"]
    assert sorted(named) == sorted((row["wallet_id"], row["sequence"]) for row in entries)


def check_batches(installation: Installation, told: dict[str, int]) -> int:
    """Each file was taken in once, and each of its lines was posted once or refused; how many were posted."""
    found = {show("bat", row["batch_id"]): row for row in installation.rows(_BATCHES)}
    assert {number: row["total"] for number, row in found.items()} == told
    for row in found.values():
        assert (row["duplicates"], row["posted"] + row["refused"]) == (0, row["total"]), row
    receipts = installation.rows("SELECT receipt FROM journal WHERE starts_with(receipt, 'line-')")
    posted = sum(row["posted"] for row in found.values())
    assert len(receipts) == len({row["receipt"] for row in receipts}) == posted
    return posted


def check_merges(installation: Installation, made: list[str]) -> None:
    """Each merge that somebody was told of was made."""
    states = {
        row["id"]: row["state"] for row in installation.rows("SELECT merge_id::text AS id, state FROM member_merge")
    }
    assert {states[each] for each in made} <= {"merged"}


def check_approvals(installation: Installation, told: list[str]) -> None:
    """Each cycle whose approval somebody was told of stays approved; in which nobody owes anything may be closed."""
    states = {row["id"]: row["state"] for row in installation.rows("SELECT cycle_id::text AS id, state FROM cycle")}
    assert {states[each] for each in told} <= {"approved", "closed"}, states


def check_totals(installation: Installation) -> dict[str, int]:
    """What all cycles clear is what the ledger moved; the totals, by kind. Points still expire, and are cut later."""

    def told() -> list[list[dict[str, Any]]]:
        return [installation.rows(_TOTALS), installation.rows(_CLEARED)]

    wait_until(lambda: operator.eq(*told()), "not all that was moved is cleared", lambda: str(told()))
    return {f"points of kind {row['kind']}": row["points"] for row in installation.rows(_TOTALS)}


def check_log(installation: Installation) -> None:
    """PostgreSQL saw no deadlock. Its statistics do not survive an immediate stop; its log does."""
    for log in (installation.state / "servers").glob("postgres.log*"):
        assert not re.search("deadlock detected", log.read_text(errors="replace")), log
