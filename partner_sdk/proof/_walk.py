"""Going through the lines of one cycle, remembering sums and what receipts are still to be found; never the lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from itertools import chain
from typing import Any

from ._findings import Finding, Shared
from ._keys import Keys
from ._lines import RECEIPTED, Line, is_entry_of
from ._merkle import Tree
from ._money import Flow
from ._receipts import Contract, Receipt, contract_at, microseconds

__all__ = ["Walk"]

_SECOND = 1_000_000
_MOST_FINDINGS = 1_000
_OPERATIONS = {"earn": ("earn",), "captured": ("redemption", "capture"),
               "reversal": ("redemption_reversal", "earn_reversal")}  # fmt: skip
_AT_ITS_OWN_TIME = ("earn", "redemption", "capture")  # returns have the rates of what they return


class Walk:
    """What is known after the lines so far."""

    def __init__(
        self,
        cycle: Mapping[str, Any],
        code: str,
        keys: Keys,
        receipts: Iterable[Receipt] | None,
        awaited: Iterable[Receipt] | None,
        contracts: tuple[Contract, ...],
        late_seconds: int,
    ) -> None:
        self.code = code
        self.tree = Tree()
        self.issuer = dict.fromkeys(("issue", "unissue", "draw", "undraw", "expire"), 0)
        self.redeemer = dict.fromkeys(("draw", "undraw"), 0)
        self.flows: dict[Flow, int] = {}
        self.others: dict[str, int] = {}
        self.late: list[str] = []
        self._cycle, self._keys, self._contracts = cycle, keys, contracts
        self._starts, self._ends = microseconds(cycle["starts_at"]), microseconds(cycle["ends_at"])
        self._late_us = late_seconds * _SECOND
        self._checks_receipts = receipts is not None
        own = [each for each in receipts or () if each.clears and each.currency == cycle["currency"]]
        self._expected = {each.entry: each for each in own if self._starts <= each.posted_us < self._ends}
        # what was posted just before this cycle began may be in it; where it is known what was, that has to be
        older = own if awaited is None else awaited
        self._older = {each.entry: each for each in older if self._is_just_before(each)}
        self._awaited = set() if awaited is None else set(self._older)
        self._found: list[Finding] = []
        self._last: tuple[str, int] = ("", -1)
        self._own: list[Line] = []
        self._shared: dict[str, tuple[int, int, Any]] = {}

    def take(self, line: Line | None) -> None:
        """The next line."""
        if line is None:
            self._note(Finding("malformed_line", f"line {self.tree.size + 1}", "is none"))
            return
        if line.place <= self._last:
            self._complain("order", line, "stands twice or not in its place")
        self._last = line.place
        self.tree.append(line.leaf)
        self._add(line)
        self._check(line)
        if self._own and self._own[0].entry != line.entry:
            self._compare()
        if line.entry is not None:
            self._own.append(line)

    def finished(self) -> list[Finding]:
        """All that was found in the lines, and what no line was found for."""
        if self._own:
            self._compare()
        for receipt in chain(self._expected.values(), self._older.values()):
            if receipt.entry in self._awaited or not self._may_come(receipt):
                self._against(receipt, "missing_line", f"{receipt.kind} of {receipt.points} points has no line")
        return self._found

    def still_awaited(self) -> Iterator[Receipt]:
        """Receipts of the cycle's last minutes that were not found, and may be in the next."""
        return (receipt for receipt in self._expected.values() if self._may_come(receipt))

    def shared(self) -> dict[str, Shared]:
        """By the other partner's code."""
        return {
            code: Shared(lines, points, digest.hexdigest()) for code, (lines, points, digest) in self._shared.items()
        }

    def _is_just_before(self, receipt: Receipt) -> bool:
        return self._starts - self._late_us <= receipt.posted_us < self._starts

    def _may_come(self, receipt: Receipt) -> bool:
        """Whether its line may be in another cycle, the one after its own."""
        return receipt.posted_us < self._starts or receipt.posted_us >= self._ends - self._late_us

    def _add(self, line: Line) -> None:
        flow = line.flow
        self.flows[flow] = self.flows.get(flow, 0) + line.points
        if flow.issuer == self.code:
            self.issuer[flow.kind] += line.points
        if flow.redeemer == self.code and flow.kind in self.redeemer:
            self.redeemer[flow.kind] += line.points
        other = flow.issuer if flow.redeemer == self.code else flow.redeemer
        if other is not None and other != self.code:
            lines, points, digest = self._shared.get(other) or (0, 0, sha256())
            digest.update(line.leaf)
            self._shared[other] = lines + 1, points + line.points, digest

    def _check(self, line: Line) -> None:
        """What one line has to be by itself."""
        flow = line.flow
        if self.code not in (flow.issuer, flow.redeemer) or line.cycle != self._cycle["cycle"]:
            self._complain("foreign_line", line, "is another partner's, or another cycle's")
        if line.posted_us >= self._ends or line.posted_us < self._starts - self._late_us:
            self._complain("moved_line", line, "was not posted in this cycle")
        if line.entry is None and line.operation not in RECEIPTED:
            self.others[line.operation] = self.others.get(line.operation, 0) + 1
        elif line.entry is None and line.made_by == self.code:
            self._complain("unopened_line", line, f"is of a {line.operation} of this partner's, and hides which")
        elif line.entry is not None and not is_entry_of(line):
            self._complain("unopened_line", line, "is not of the entry it names")
        self._check_rates(line)

    def _check_rates(self, line: Line) -> None:
        flow = line.flow
        if not self._contracts:
            return
        if flow.issuer == self.code:
            known = self._version(flow.issuer_version, flow.point_type)
            if known is None or not (
                _same(known.issuance_price, flow.issuance_price)
                and _same(known.funded_at_issue, flow.funded_at_issue)
                and known.prepaid == bool(flow.prepaid)
            ):
                self._complain("re_rated_line", line, f"{flow.issuance_price} x {flow.funded_at_issue} was not agreed")
        if flow.redeemer == self.code:
            known = self._version(flow.redeemer_version, flow.point_type)
            if known is None or not _same(known.reimbursement_rate, flow.reimbursement_rate):
                self._complain("re_rated_line", line, f"{flow.reimbursement_rate} was not agreed")

    def _version(self, number: int | None, point_type: str) -> Contract | None:
        """A version as it holds for points of a type: at the rates of base points where it has no others."""
        currency = self._cycle["currency"]
        found = [each for each in self._contracts if (each.version, each.currency) == (number, currency)]
        of_type = {each.point_type: each for each in found}
        return of_type.get(point_type) or of_type.get("base")

    def _compare(self) -> None:
        """The lines of one own entry, which stand together, with its receipt."""
        lines, self._own = self._own, []
        first = lines[0]
        if first.posted_us < self._starts:
            self.late.append(str(first.entry))
        if not self._checks_receipts:
            return
        entry = str(first.entry)
        receipt = self._expected.pop(entry, None) or self._older.pop(entry, None)
        if receipt is None:
            self._complain("added_line", first, "there is no receipt for it")
            return
        points = abs(sum(line.points for line in lines))
        if first.operation not in _OPERATIONS[receipt.kind] or points != receipt.points:
            told = f"{first.operation} of {points} points; the receipt says {receipt.kind} of {receipt.points}"
            self._against(receipt, "altered_line", told)
        elif any(line.posted_us != receipt.posted_us for line in lines):
            self._against(receipt, "altered_line", f"was posted at another time than {receipt.posted_at}")
        elif receipt.kind == "earn" and any(line.flow.point_type != receipt.point_type for line in lines):
            self._against(receipt, "re_rated_line", f"is not of {receipt.point_type} points")
        elif any(not self._is_at_rate(line, receipt) for line in lines):
            self._against(receipt, "re_rated_line", "has the rates of another contract version")

    def _is_at_rate(self, line: Line, receipt: Receipt) -> bool:
        """Whether a line has the version that was in force: at the purchase, the burn, or the capture of a hold."""
        if not self._contracts or line.operation not in _AT_ITS_OWN_TIME:
            return True
        instant = receipt.posted_at if line.operation == "capture" else receipt.occurred_at
        agreed = contract_at(self._contracts, receipt.currency, instant)
        flow = line.flow
        used = flow.issuer_version if line.operation == "earn" else flow.redeemer_version
        return agreed is not None and agreed.version == used

    def _against(self, receipt: Receipt, kind: str, detail: str) -> None:
        """A finding that a receipt proves, if the network signed it."""
        if receipt.is_signed(self._keys):
            self._note(Finding(kind, receipt.entry, detail))
        else:
            self._note(Finding("bad_receipt", receipt.entry, f"{detail}; but the receipt is not the network's"))

    def _complain(self, kind: str, line: Line, detail: str) -> None:
        self._note(Finding(kind, line.name, detail))

    def _note(self, finding: Finding) -> None:
        if len(self._found) < _MOST_FINDINGS:  # of a proof that is all wrong, the rest would only fill the memory
            self._found.append(finding)


def _same(one: str | None, other: str | None) -> bool:
    try:
        return one is not None and other is not None and Decimal(one) == Decimal(other)
    except ArithmeticError:
        return False
