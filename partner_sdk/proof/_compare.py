"""Two views of one cycle, by two partners, or by one at two times: what was shown to both has to be the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ._findings import Finding, Report
from ._keys import Keys
from ._lines import canonical, is_entry_of, objects, read_line
from ._merkle import root_of_path
from ._receipts import Receipt
from ._verify import KIND, included, is_whole

__all__ = ["compare", "shared_lines", "verify_entry"]


def compare(one: Report, other: Report) -> list[Finding]:
    """What differs between two partners' reports of the same cycle, or between two of one partner's.

    The documents have to be the same text; the lines that the two have in common, the same lines.
    """
    if one.cycle.get("cycle") != other.cycle.get("cycle"):
        raise ValueError("These are reports of two cycles.")
    found = []
    if one.document != other.document:
        found.append(Finding("two_views", str(one.cycle.get("name")), "two documents were signed for this cycle"))
    codes = str(one.entry.get("code")), str(other.entry.get("code"))
    if codes[0] == codes[1]:
        if canonical(dict(one.entry)) != canonical(dict(other.entry)):
            found.append(Finding("two_views", codes[0], "two entries were shown for this partner"))
    elif one.shared.get(codes[1]) != other.shared.get(codes[0]):
        detail = "the lines that both have part in are not the same; `shared_lines` of both tells which"
        found.append(Finding("unshared_line", f"{codes[0]} {codes[1]}", detail))
    return found


def shared_lines(proof: bytes | str | Iterable[bytes | str], code: str) -> Iterator[str]:
    """The lines that this partner has in common with the one of this code, as text to be exchanged and compared.

    They are in the same order on both sides, and tell the other nothing that it was not shown itself.
    """
    for told in objects(proof):
        line = read_line(told)
        if line is not None and code in (line.flow.issuer, line.flow.redeemer):
            yield f"{line.ref} {line.number} {line.flow.kind} {line.points} {line.leaf.hex()}"


def verify_entry(
    answer: Mapping[str, Any], *, keys: Keys, partner: str, receipt: Receipt | None = None
) -> list[Finding]:
    """Check the proof of one entry (`GET /v1/settlements/{id}/proof/{entry}`): signature, paths, and the receipt."""
    cycle, shown = keys.payload_of(answer["document"], KIND), answer["entry"]
    if cycle is None or not is_whole(cycle):
        return [Finding("signature", "document", "not signed with one of these keys")]
    entry = shown["leaf"]
    found, points = [*included(cycle, shown, entry, partner)], 0
    for told in answer["lines"]:
        line = read_line(dict(told))
        if line is None:
            return [*found, Finding("malformed_line", "line", "is none")]
        steps = [bytes.fromhex(step) for step in told["path"]]
        root = root_of_path(line.leaf, told["index"], entry["lines"], steps)
        if root is None or root.hex() != entry["root"]:
            found.append(Finding("inclusion", line.name, "does not lead to the root of the entry"))
        if not is_entry_of(line):
            found.append(Finding("unopened_line", line.name, "is not of the entry it names"))
        points += line.points
    if receipt is not None and abs(points) != receipt.points:
        kind = "altered_line" if receipt.is_signed(keys) else "bad_receipt"
        found.append(Finding(kind, receipt.entry, f"{abs(points)} points; the receipt says {receipt.points}"))
    return found
