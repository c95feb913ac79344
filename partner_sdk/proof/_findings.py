"""What can be wrong, and what was found out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._receipts import Receipt

__all__ = ["Draws", "Finding", "Report", "Shared"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `kind`: one of the words below; `where`: the line, entry or member; `detail`: how.

    Of the document: `signature` `chain` `period`. Of the entry: `inclusion` `format` `partner`. Of all lines together:
    `root` `count` `points` `exact` `minor` `net`, and `statement` where one was given. Of a line: `malformed_line`
    `foreign_line` `order` `unopened_line` `re_rated_line` `moved_line`; and against receipts `missing_line`
    `altered_line` `added_line` `bad_receipt`; of a draw elsewhere, against what its redeemer signed, `unsigned_draw`
    `bad_request` `inflated_draw` `reused_request`. Of two views: `two_views` `unshared_line`.
    """

    kind: str
    where: str
    detail: str


@dataclass(frozen=True, slots=True)
class Shared:
    """The lines that this partner has in common with another: how many, their points, and a digest of all of them.

    The other partner's report has the same, or one of the two was shown something else: `compare`.
    """

    lines: int
    points: int
    digest: str


@dataclass(frozen=True, slots=True)
class Draws:
    """Points of this partner's that were drawn at another, less those returned: those that the other signed for, and
    those that no good signature stands behind."""

    signed: int
    unsigned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a verification. `ok`: nothing was found.

    `document`: the signed text, to be kept and given as `previous` the next time; `cycle` and `entry`: what it says.
    `late`: entries of this partner that were posted before the cycle began and fell into it. `awaited`: receipts of the
    last minutes of the cycle that have no line in it and may have one in the next. `others`: how many lines there are
    of each operation that has no receipts (adjustments, repayments, expiry). `draws`: by redeemer, where `signers` were
    given; `used`: signed requests of the cycle's last minutes, to be given the next time. At most a thousand findings
    of a sort are told.
    """

    findings: tuple[Finding, ...]
    document: str
    cycle: Mapping[str, Any]
    entry: Mapping[str, Any]
    lines: int = 0
    net_minor: int = 0
    shared: Mapping[str, Shared] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    awaited: tuple[Receipt, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)
    draws: Mapping[str, Draws] = field(default_factory=dict)
    used: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.findings
