"""Draws of this partner's points elsewhere, held against what their redeemers signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._findings import Draws, Finding
from ._lines import Line
from ._receipts import microseconds
from ._signers import SLACK_US, Signers

__all__ = ["Requests"]

_KINDS = {"redemption": "redemption", "capture": "capture", "redemption_reversal": "return"}
_DRAWN = ("draw", "undraw")
_REPAYMENT = "repayment"  # of a debt, drawn at whom it is owed to, when the member earns: nobody asks for it
_MOST_FINDINGS = 1_000


class Requests:
    """What is known of them after the lines so far. A signature vouches for one entry, up to the points in it.

    Memory grows by about a hundred bytes for each signed entry: none may be vouched for by another's signature.
    """

    def __init__(
        self, code: str, cycle: Mapping[str, Any], signers: Signers, used: Iterable[str], late_us: int
    ) -> None:
        """`used`: those of the cycle before that were signed so late that they could be shown again in this one."""
        self._code, self._signers, self._currency = code, signers, cycle["currency"]
        self._remembered_from = microseconds(cycle["ends_at"]) - late_us - 2 * SLACK_US
        self._seen = {_short(each) for each in used}
        self._entry: list[Line] = []
        self._found: list[Finding] = []
        self._points: dict[str, list[int]] = {}
        self.used: list[str] = []

    def take(self, line: Line) -> None:
        """The next line; those of an entry stand together."""
        redeemer = line.flow.redeemer
        if self._entry and self._entry[0].ref != line.ref:
            self._close()
        if redeemer in (None, self._code) or line.flow.kind not in _DRAWN:
            return
        if line.operation in _KINDS:
            self._entry.append(line)
            return
        self._count(line, signed=False)
        if line.operation != _REPAYMENT and self._signers.requires(str(redeemer), line.posted_us):
            self._note("unsigned_draw", line, f"nobody draws points at {redeemer} by a {line.operation}")

    def finished(self) -> list[Finding]:
        """All that was found."""
        self._close()
        return self._found

    def draws(self) -> dict[str, Draws]:
        """By redeemer: the points drawn there, less those returned, with a signature and without."""
        return {code: Draws(*points) for code, points in self._points.items()}

    def _close(self) -> None:
        lines, self._entry = self._entry, []
        if not lines:
            return
        wrong = self._wrong_with(lines)
        if wrong is not None:
            self._note(wrong[0], lines[0], wrong[1])
        for line in lines:
            self._count(line, signed=wrong is None and line.request is not None)

    def _wrong_with(self, lines: list[Line]) -> tuple[str, str] | None:
        first, code = lines[0], str(lines[0].flow.redeemer)
        if any((each.request, each.operation, each.flow.redeemer) != (first.request, first.operation, code)
               for each in lines):  # fmt: skip
            return "bad_request", "the lines of the entry are shown with different signatures"
        if first.request is None:
            if not self._signers.requires(code, first.posted_us):
                return None
            return "unsigned_draw", f"{code} signs all that it asks, and there is no signature of this"
        told = self._signers.statement(code, first.request, first.posted_us)
        if told is None:
            return "bad_request", f"no key of {code}'s signed it"
        kind = _KINDS[first.operation]
        if not _is_of(told, kind, self._currency, first.posted_us):
            return "bad_request", f"what {code} signed is no {kind} in {self._currency} of this time"
        if _short(told["request"]) in self._seen:
            return "reused_request", f"{code} asked for this once, and it is shown for another entry too"
        self._seen.add(_short(told["request"]))
        if first.posted_us >= self._remembered_from:
            self.used.append(told["request"])
        points = abs(sum(each.points for each in lines))
        if points > told["points"]:
            return "inflated_draw", f"{points} points; {code} signed a {kind} of {told['points']}"
        return None

    def _note(self, kind: str, line: Line, detail: str) -> None:
        if len(self._found) < _MOST_FINDINGS:
            self._found.append(Finding(kind, line.name, detail))

    def _count(self, line: Line, *, signed: bool) -> None:
        points = self._points.setdefault(str(line.flow.redeemer), [0, 0])
        points[0 if signed else 1] -= line.points


def _is_of(told: Mapping[str, Any], kind: str, currency: str, posted_us: int) -> bool:
    """Whether a signed statement is whole, and speaks of such a draw."""
    try:
        apart = abs(microseconds(told["signed_at"]) - posted_us)
        is_whole = type(told["points"]) is int and len(bytes.fromhex(told["request"])) == 32
    except (KeyError, TypeError, ValueError):
        return False
    said = (told.get("format"), told.get("kind"), told.get("currency"))
    return is_whole and said == ("request/1", kind, currency) and apart <= SLACK_US


def _short(request: str) -> bytes:
    return bytes.fromhex(request)[:16]
