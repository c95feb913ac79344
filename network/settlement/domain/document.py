"""A statement as a document: all that its renderings show, worked out once. They add nothing and compute nothing.

From the total one comes to the matrix of issuers and redeemers, from there to the lines, and from a line to the entries
of the journal. Legs are taken by their names, whatever they are: a new one appears by itself. Every amount is seen from
the partner: positive, it receives.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal, Inexact, localcontext
from uuid import UUID

from network.kernel.identifiers import show
from network.kernel.money import to_minor
from network.settlement.domain.netting import Flow, Leg, Line, claims
from network.settlement.domain.numbering import StatementNumber

ON_US = "on_us"
"""The section of the lines in which a partner redeemed its own points."""

_ORDER = ("issue", "redemption", ON_US, "deferred", "breakage", "fee", "tax", "penalty", "adjustment")
_ALWAYS = ("issue", "redemption", ON_US, "adjustment")
_EXACT = Context(prec=200, traps=[Inexact])

LineKey = tuple[UUID, UUID | None, Leg]


@dataclass(frozen=True, slots=True)
class Party:
    """Who a document is from, to, or about."""

    code: str
    name: str
    name_fa: str


@dataclass(frozen=True, slots=True)
class Reversal:
    """What of a line are reversals: points, and minor units as the line counts them; both mostly negative."""

    points: int
    amount_minor: int


_NOTHING_REVERSED = Reversal(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One line. `number` is that of the cycle's netting, by which its journal entries are listed.

    `points` and `amount_minor` are after reversals, `reversed_points` and `reversed_minor` the reversals alone.
    """

    number: int
    leg: str
    section: str
    issuer: Party
    redeemer: Party | None
    points: int
    reversed_points: int
    reversed_minor: int
    amount_minor: int

    @property
    def gross_minor(self) -> int:
        """The amount before reversals."""
        return self.amount_minor - self.reversed_minor


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one leg; of redemptions, other partners' points and one's own (`ON_US`) apart."""

    name: str
    lines: tuple[DocumentLine, ...]

    @property
    def has_pairs(self) -> bool:
        """Whether its lines are in the matrix."""
        return any(line.redeemer is not None for line in self.lines)

    @property
    def points(self) -> int:
        return sum(line.points for line in self.lines)

    @property
    def gross_minor(self) -> int:
        return sum(line.gross_minor for line in self.lines)

    @property
    def reversed_minor(self) -> int:
        return sum(line.reversed_minor for line in self.lines)

    @property
    def amount_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class DocumentCell:
    """Points of `issuer` redeemed at `redeemer`, as far as they are on this partner's lines, which are `lines`."""

    issuer: Party
    redeemer: Party
    points: int
    amount_minor: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PointsTold:
    """The partner's own points: opening + issued - reversed - burned - expired = outstanding."""

    opening: int
    issued: int
    reversed: int
    burned: int
    expired: int
    outstanding: int

    @property
    def rows(self) -> tuple[tuple[str, int], ...]:
        """By name, with the sign by which they add up to the last one."""
        gone = (("reversed", -self.reversed), ("burned", -self.burned), ("expired", -self.expired))
        first = (("opening", self.opening), ("issued", self.issued))
        return (*first, *gone, ("outstanding", self.outstanding))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementDocument:
    """A statement with all that is said of it. Days are those of the calendar's `time_zone`, the last one included.

    `opening_minor`: what of earlier cycles was approved and not paid when this one was stated. Nothing here changes
    afterwards but `number`, which is None before the approval; without it the document is a draft.
    """

    statement_id: UUID
    version: int
    cycle_name: str
    currency: str
    time_zone: str
    first_day: date
    last_day: date
    stated_at: datetime
    operator: Party
    partner: Party
    number: StatementNumber | None
    opening_minor: int
    sections: tuple[Section, ...]
    points: PointsTold | None

    @property
    def public_id(self) -> str:
        """The id as partners see it, `stm_...`."""
        return show("stm", self.statement_id)

    def entries_path(self, number: int) -> str:
        """Where the API lists the journal entries of a line."""
        return f"/v1/settlements/{self.public_id}/lines/{number}/entries"

    @property
    def net_minor(self) -> int:
        """What this cycle comes to."""
        return sum(section.amount_minor for section in self.sections)

    @property
    def reversed_minor(self) -> int:
        return sum(section.reversed_minor for section in self.sections)

    @property
    def gross_minor(self) -> int:
        return self.net_minor - self.reversed_minor

    @property
    def closing_minor(self) -> int:
        """What is open with this cycle: the opening balance and the net."""
        return self.opening_minor + self.net_minor

    @property
    def lines(self) -> tuple[DocumentLine, ...]:
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def matrix(self) -> tuple[DocumentCell, ...]:
        """A cell for every pair of issuer and redeemer that has a line, by their codes."""
        found: dict[tuple[str, str], list[DocumentLine]] = {}
        for line in self.lines:
            if line.redeemer is not None:
                found.setdefault((line.issuer.code, line.redeemer.code), []).append(line)
        return tuple(_cell(found[pair]) for pair in sorted(found))


def reversals(currency: str, flows: Iterable[Flow]) -> dict[LineKey, Reversal]:
    """What these flows, which are reversals alone, take from each line; each rounded once, half to even.

    A line itself was rounded with them: what it was before them is taken as the difference.
    """
    points: dict[LineKey, int] = {}
    amounts: dict[LineKey, Decimal] = {}
    with localcontext(_EXACT):
        for flow in flows:
            for leg, amount in claims(flow):
                key = (flow.issuer_id, flow.redeemer_id, leg)
                points[key] = points.get(key, 0) + flow.points
                amounts[key] = amounts.get(key, Decimal(0)) + amount
    return {key: Reversal(points[key], to_minor(amounts[key], currency)) for key in points}


def sections_of(
    partner_id: UUID,
    lines: Sequence[tuple[int, Line]],
    reversed_: Mapping[LineKey, Reversal],
    parties: Mapping[UUID, Party],
) -> tuple[Section, ...]:
    """A partner's numbered lines by section, in a fixed order; legs that it does not know come last, as they come."""
    found: dict[str, list[DocumentLine]] = {name: [] for name in _ALWAYS}
    for number, line in lines:
        if line.moves_money:
            told = _line(partner_id, number, line, reversed_, parties)
            found.setdefault(told.section, []).append(told)
    known = [name for name in _ORDER if name in found]
    unknown = [name for name in found if name not in _ORDER]
    return tuple(Section(name, tuple(found[name])) for name in [*known, *unknown])


def _line(
    partner_id: UUID, number: int, line: Line, reversed_: Mapping[LineKey, Reversal], parties: Mapping[UUID, Party]
) -> DocumentLine:
    sign = 1 if line.creditor_id == partner_id else -1
    reversal = reversed_.get((line.issuer_id, line.redeemer_id, line.leg), _NOTHING_REVERSED)
    leg = str(line.leg.value)
    return DocumentLine(
        number=number,
        leg=leg,
        section=ON_US if leg == "redemption" and line.issuer_id == line.redeemer_id else leg,
        issuer=parties[line.issuer_id],
        redeemer=None if line.redeemer_id is None else parties[line.redeemer_id],
        points=line.points,
        reversed_points=reversal.points,
        reversed_minor=sign * reversal.amount_minor,
        amount_minor=sign * line.amount_minor,
    )


def _cell(lines: Sequence[DocumentLine]) -> DocumentCell:
    first = lines[0]
    assert first.redeemer is not None, "only lines that have one are in the matrix"
    return DocumentCell(
        issuer=first.issuer,
        redeemer=first.redeemer,
        points=max((line.points for line in lines), key=abs),  # the legs of a pair are about the same points
        amount_minor=sum(line.amount_minor for line in lines),
        lines=tuple(line.number for line in lines),
    )
