"""The verification of one cycle's proof, in one pass over its lines. Needs no network, and no other software of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from itertools import chain
from typing import Any

from ._findings import Finding, Report
from ._keys import Keys
from ._lines import canonical, objects, read_line
from ._merkle import leaf_hash, root_of_path
from ._money import LEGS, net_of
from ._receipts import Contract, Receipt, microseconds
from ._requests import Requests
from ._signers import Signers
from ._walk import Walk

__all__ = ["KIND", "included", "is_whole", "verify"]

KIND = "peyvand-cycle+jws"
LATE_SECONDS = 600
_BESIDE = {"breakage": 1, "adjustment": 1, "fee": -1, "tax": -1, "penalty": -1}  # of no clearing line; not proven


def verify(
    proof: bytes | str | Iterable[bytes | str],
    *,
    keys: Keys,
    partner: str,
    receipts: Iterable[Receipt] | None = None,
    awaited: Iterable[Receipt] | None = None,
    contracts: Iterable[Contract] = (),
    signers: Signers | None = None,
    used: Iterable[str] = (),
    previous: str | None = None,
    statement: Mapping[str, Any] | None = None,
    late_seconds: int = LATE_SECONDS,
) -> Report:
    """Check a statement's proof (`GET /v1/settlements/{id}/proof`) against what this partner holds itself.

    `proof`: its text, or its lines, such as a file opened for reading: memory does not grow with it.
    `keys`, `partner`: the network's public keys; your own id, `par_...`.
    `receipts`: all that you hold of this cycle's time, more do no harm; None leaves them out. `awaited`: those of the
    report before, so that what was posted in a cycle's last `late_seconds` has to be in the next. `contracts`: all
    versions of your own. `signers`: the keys of partners that sign what they ask, for draws elsewhere; each signature
    takes some milliseconds. `used`: of the report before. `previous`: the document before, None only for the first.
    `statement`: as `GET /v1/settlements/{id}` gives it. Raises ValueError for what is no proof at all.
    """
    told = objects(proof)
    document, shown = _opening(told)
    found: list[Finding] = []
    cycle = keys.payload_of(document, KIND)
    if cycle is None or not is_whole(cycle):
        how = ("signature", "not signed with one of these keys") if cycle is None else ("format", "not of this form")
        return Report(findings=(Finding(how[0], "document", how[1]),), document=document, cycle={}, entry={})
    found += _chained(cycle, previous)
    entry = shown.get("leaf")
    if not isinstance(entry, dict):
        raise ValueError("A proof needs the partner's entry.")
    found += included(cycle, shown, entry, partner)
    walk = Walk(cycle, str(entry.get("code")), keys, receipts, awaited, tuple(contracts), late_seconds)
    requests = None if signers is None else Requests(walk.code, cycle, signers, used, late_seconds * 1_000_000)
    for each in told:
        line = read_line(each)
        walk.take(line)
        if requests is not None and line is not None:
            requests.take(line)
    found += walk.finished()
    found += [] if requests is None else requests.finished()
    found += _recomputed(entry, walk, int(cycle["minor_digits"]))
    if statement is not None:
        found += _as_stated(statement, entry, walk, int(cycle["minor_digits"]))
    return Report(
        findings=tuple(found),
        document=document,
        cycle=cycle,
        entry=entry,
        lines=walk.tree.size,
        net_minor=_whole(entry.get("net_minor")),
        shared=walk.shared(),
        late=tuple(walk.late),
        awaited=tuple(walk.still_awaited()),
        others=walk.others,
        draws={} if requests is None else requests.draws(),
        used=() if requests is None else tuple(requests.used),
    )


def is_whole(cycle: Mapping[str, Any]) -> bool:
    """Whether a document has the members that are needed of it, and is of the form that is known here."""
    try:
        microseconds(cycle["starts_at"]), microseconds(cycle["ends_at"])
    except (KeyError, TypeError, ValueError):
        return False
    texts, numbers = ("cycle", "name", "currency", "root"), ("minor_digits", "number", "leaves")
    return (
        cycle.get("format") == "cycle/1"
        and all(isinstance(cycle.get(name), str) for name in texts)
        and all(isinstance(cycle.get(name), int) and 0 <= cycle[name] < 2**31 for name in numbers)
    )


def included(
    cycle: Mapping[str, Any], shown: Mapping[str, Any], entry: Mapping[str, Any], partner: str
) -> Iterable[Finding]:
    """Whether the entry is this partner's, of this cycle, and among what was signed."""
    if entry.get("format") != "entry/1":
        yield Finding("format", "entry", "a newer form; get a newer partner_sdk")
    if entry.get("partner") != partner:
        yield Finding("partner", "entry", f"is {entry.get('partner')}'s, not {partner}'s")
    if entry.get("cycle") != cycle.get("cycle"):
        yield Finding("inclusion", "entry", f"is of {entry.get('cycle')}, not of this cycle")
    try:
        path = [bytes.fromhex(step) for step in shown["path"]]
        leaf = leaf_hash(bytes.fromhex(shown["salt"]), canonical(entry))
        root = root_of_path(leaf, shown["index"], cycle["leaves"], path)
    except (KeyError, TypeError, ValueError):
        root = None
    if root is None or root.hex() != cycle.get("root"):
        yield Finding("inclusion", "entry", "does not lead to the signed root")


def _opening(told: Any) -> tuple[str, dict[str, Any]]:
    nothing: dict[str, Any] = {}
    first, second = next(told, nothing), next(told, nothing)
    if first.get("type") != "cycle" or second.get("type") != "entry" or not isinstance(first.get("document"), str):
        raise ValueError("A proof begins with the cycle's document and the partner's entry.")
    return first["document"], second


def _chained(cycle: Mapping[str, Any], previous: str | None) -> Iterable[Finding]:
    """Whether this document names the one before. What that one says was verified when it was the last."""
    named = None if previous is None else sha256(previous.encode()).hexdigest()
    if cycle.get("previous") != named:
        yield Finding("chain", str(cycle.get("name")), "does not follow the document before it")
    if (cycle.get("number") == 1) != (cycle.get("previous") is None):
        yield Finding("chain", str(cycle.get("name")), "only the first document has none before it")
    if microseconds(cycle["starts_at"]) >= microseconds(cycle["ends_at"]):
        yield Finding("period", str(cycle.get("name")), "ends before it begins")


def _recomputed(entry: Mapping[str, Any], walk: Walk, minor_digits: int) -> Iterable[Finding]:
    """Whether the entry says what its lines say: root, count, points, exact and rounded amounts, and the net."""
    if entry.get("root") != walk.tree.root().hex():
        yield Finding("root", "entry", "is not that of these lines")
    if entry.get("lines") != walk.tree.size:
        yield Finding("count", "entry", f"says {entry.get('lines')} lines, there are {walk.tree.size}")
    for side in ("issuer", "redeemer"):
        if entry.get(side) != getattr(walk, side):
            yield Finding("points", f"entry {side}", f"says {entry.get(side)}, the lines {getattr(walk, side)}")
    exact, minor, _ = net_of(walk.code, walk.flows, minor_digits)
    for leg in LEGS:
        if _decimal((entry.get("exact") or {}).get(leg)) != exact[leg]:
            yield Finding("exact", leg, f"says {(entry.get('exact') or {}).get(leg)}, the lines {exact[leg]:f}")
        if (entry.get("minor") or {}).get(leg) != minor[leg]:
            yield Finding("minor", leg, f"says {(entry.get('minor') or {}).get(leg)}, the lines {minor[leg]}")
    net = minor["redemption"] - minor["issue"] - minor["deferred"]
    if entry.get("net_minor") != net:
        yield Finding("net", "entry", f"says {entry.get('net_minor')}, the lines {net}")


def _as_stated(
    statement: Mapping[str, Any], entry: Mapping[str, Any], walk: Walk, minor_digits: int
) -> Iterable[Finding]:
    """Whether the statement bills what was proven, leg by leg and line by line."""
    if statement.get("cycle") != entry.get("cycle"):
        yield Finding("statement", "cycle", "is another one")
    _, minor, lines = net_of(walk.code, walk.flows, minor_digits)
    for leg in LEGS:
        if statement.get(f"{leg}_minor") != minor[leg]:
            yield Finding("statement", leg, f"says {statement.get(f'{leg}_minor')}, the lines {minor[leg]}")
    net = minor["redemption"] - minor["issue"] - minor["deferred"]
    net += sum(sign * (statement.get(f"{leg}_minor") or 0) for leg, sign in _BESIDE.items())
    if statement.get("net_minor") != net:
        yield Finding("statement", "net_minor", f"says {statement.get('net_minor')}, its parts {net}")
    stated = {
        (each["leg"], each["counterparty"]): (each["points"], each["amount_minor"])
        for each in statement.get("lines") or ()
        if each["leg"] in LEGS
    }
    expected = {key: numbers for key, numbers in lines.items() if any(numbers)}
    for leg, other in sorted(set(chain(stated, expected)) if stated else ()):
        if stated.get((leg, other)) != expected.get((leg, other)):
            yield Finding("statement", f"{leg} {other}", f"says {stated.get((leg, other))}")


def _decimal(text: Any) -> Decimal | None:
    try:
        return Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0
