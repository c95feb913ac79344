"""Who owes whom: exact for each movement, rounded once for each line of a cycle."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from tests.oracle.days import month_name
from tests.oracle.terms import minor
from tests.oracle.wallet import Entry, Move

OPERATOR = "operator"
Claim = tuple[str, str, str, Fraction]
Line = tuple[str, str, str | None]

_CLEARING = {"issue", "unissue", "draw", "undraw", "expire"}


def claims(move: Move) -> Iterator[Claim]:
    """What a movement makes due: leg, debtor, creditor, exact amount in major units."""
    lot = move.lot.contract.of(move.lot.point_type)
    if move.kind in ("issue", "unissue"):
        yield "issue", lot.partner, OPERATOR, move.points * lot.funded * lot.price
    if move.kind in ("draw", "undraw") and move.redeemer:
        points, at = -move.points, move.redeemer.of(move.lot.point_type)
        if at.partner == lot.partner:
            yield "redemption", OPERATOR, at.partner, points * lot.funded * at.paid
        else:
            yield "redemption", OPERATOR, at.partner, points * at.paid
            if lot.funded < 1:
                yield "deferred", lot.partner, OPERATOR, points * (1 - lot.funded) * lot.price


def cycle_name(entry: Entry, currency: str, zone: ZoneInfo) -> str:
    """The cycle of an entry: the month of its posting, there where the calendar hangs."""
    return f"{currency} {month_name(entry.posted_at, zone)}"


def cleared_points(entries: Iterable[Entry], zone: ZoneInfo) -> dict[tuple[object, ...], int]:
    """Points by cycle, kind, their type, and the contract versions of issuer and redeemer."""
    sums: dict[tuple[object, ...], int] = defaultdict(int)
    for entry in entries:
        for move in entry.moves:
            if move.kind in _CLEARING:
                lot, at = move.lot.contract, move.redeemer
                redeemer = (at.partner, at.version) if at and move.kind in ("draw", "undraw") else (None, None)
                cycle = cycle_name(entry, lot.currency, zone)
                sums[cycle, move.kind, move.lot.point_type, lot.partner, lot.version, *redeemer] += move.points
    return dict(sums)


def lines(entries: Iterable[Entry], cycle: str, zone: ZoneInfo) -> dict[Line, tuple[int, int]]:
    """The lines of a cycle: (leg, issuer, redeemer) to points and rounded amount; empty ones left out."""
    points: dict[Line, int] = defaultdict(int)
    amounts: dict[Line, Fraction] = defaultdict(Fraction)
    currency = cycle.partition(" ")[0]
    for entry in entries:
        for move in entry.moves:
            if move.lot.currency != currency or cycle_name(entry, currency, zone) != cycle:
                continue
            for leg, _, _, amount in claims(move):
                redeemer = None if leg == "issue" or not move.redeemer else move.redeemer.partner
                line = leg, move.lot.issuer, redeemer
                points[line] += move.points if leg == "issue" else -move.points
                amounts[line] += amount
    told = {line: (points[line], minor(amounts[line], currency)) for line in points}
    return {line: numbers for line, numbers in told.items() if any(numbers)}


def nets(of_cycle: dict[Line, tuple[int, int]]) -> dict[str, int]:
    """What each party receives, negative if it pays; the operator's own included. Adds up to nothing."""
    received: dict[str, int] = defaultdict(int)
    for (leg, issuer, redeemer), (_, amount) in of_cycle.items():
        if leg == "redemption":
            debtor, creditor = OPERATOR, str(redeemer)
        else:
            debtor, creditor = issuer, OPERATOR
        received[debtor] -= amount
        received[creditor] += amount
    return dict(received)


def has_ended(cycle: str, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a cycle's month is over."""
    return cycle.rpartition(" ")[2] < month_name(now, zone)
