"""What follows an entry: a hold is captured or given back, a redemption or a purchase is returned."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from tests.oracle import transfers, views
from tests.oracle.ledger import Ledger, Member, Terms, refuse
from tests.oracle.terms import DEBT_ALLOWED, PENDING_ONLY, Contract, minor, points_for
from tests.oracle.wallet import Debt, Entry, Hold, Lot


def capture(
    ledger: Ledger, till: str, entry: Entry, *, points: int | None = None, receipt: str | None = None
) -> dict[str, Any]:
    """Spend a hold, once, whole or in part; the rest is free again, in the lots it came from."""
    member, terms = _own(ledger, till, entry, "hold")
    wallet, hold = member.wallet, _hold(member, entry)
    points = entry.points if points is None else points
    _check_open(hold)
    if points > entry.points:
        refuse(422, "capture_too_large", "#/points", held=entry.points)
    left = points
    for lot, held in hold.parts:
        taken = min(held, left)
        left -= taken
        if taken:
            wallet.draw(lot, taken, terms.contract, held=taken)
        if held > taken:
            wallet.release(lot, held - taken)
    hold.status = "captured"
    hold.capture = wallet.enter(
        "capture",
        points,
        till,
        ledger.now,
        refers_to=entry,
        amount_minor=minor(points * terms.contract.value, terms.contract.currency),
        currency=entry.currency,
        receipt=receipt,
        store=entry.store,
        bearer=entry.bearer,
    )
    wallet.post(ledger.now)
    return views.redemption(entry, member)


def void(ledger: Ledger, till: str, entry: Entry, *, receipt: str | None = None) -> dict[str, Any]:
    """Give a hold back."""
    member, _ = _own(ledger, till, entry, "hold")
    hold = _hold(member, entry)
    _check_open(hold)
    member.wallet.end_hold(
        hold,
        "voided",
        "void",
        ledger.now,
        currency=entry.currency,
        receipt=receipt,
        store=entry.store,
        bearer=entry.bearer,
    )
    member.wallet.post(ledger.now)
    return views.redemption(entry, member)


def reverse_redemption(
    ledger: Ledger, till: str, entry: Entry, *, points: int | None = None, receipt: str | None = None
) -> dict[str, Any]:
    """Points go back to the lots they came from, last drawn first.

    A lot that has expired meanwhile lives a little longer from now on, if the partner's rule says so.
    """
    member, terms = _own(ledger, till, entry, "redemption", "hold")
    wallet, drawing = member.wallet, views.drawing_of(entry, member)
    if drawing is None:
        refuse(404, "entry_not_found")
    draws = views.draws_left(drawing, member)
    left = sum(part for _, part, _ in draws)
    points = left if points is None else points
    if points > left or not points:
        refuse(402, "reversal_too_large", "#/points", reversible=left)
    back = points
    for lot, part, redeemer in reversed(draws):
        returned = min(part, back)
        back -= returned
        if returned:
            _undraw(ledger, member, lot, returned, redeemer, timedelta(days=terms.rule.extension_days))
    reversal = wallet.enter(
        "redemption_reversal",
        points,
        till,
        ledger.now,
        refers_to=drawing,
        amount_minor=_share(drawing, left) - _share(drawing, left - points),
        currency=entry.currency,
        receipt=receipt,
        store=entry.store,
        bearer=entry.bearer,
    )
    wallet.post(ledger.now)
    transfers.go_on(ledger, wallet, [lot for lot, part, _ in draws if part], reversal.moves)
    told = ledger.told(entry)
    transfers.write_down(ledger, [told.wallet])
    return views.reversal(reversal, entry, told)


def reverse_earn(
    ledger: Ledger,
    till: str,
    entry: Entry,
    *,
    amount_minor: int | None = None,
    lines: tuple[int, ...] | None = None,
    receipt: str | None = None,
) -> dict[str, Any]:
    """Points of a returned purchase are taken back; those already spent become a debt, if the policy allows.

    What is left of the purchase keeps the points that it would have earned alone.
    """
    member, terms = _own(ledger, till, entry, "earn")
    assert entry.amount_minor is not None and entry.currency is not None
    before = views.returns_of(entry, member)
    left = entry.amount_minor - sum(each.amount_minor or 0 for each in before)
    basket = None if lines is None else _lines_returned(entry, before, lines)
    amount = sum(basket) if basket is not None else left if amount_minor is None else amount_minor
    if not 0 < amount <= left:
        refuse(402, "return_too_large", "#/amount_minor", returnable_minor=left)
    rule = ledger.partners[till].rule_at(entry.currency, entry.occurred_at)
    points = points_for(left, entry.currency, rule) - points_for(left - amount, entry.currency, rule)
    taken, owed = _what_can_go(ledger, entry, points, terms.rule.return_policy)
    wallet = member.wallet
    if points:
        lot = entry.moves[0].lot
        transfers.recall(ledger, wallet, lot, points - transfers.movable(lot))
    if taken:
        entry.moves[0].lot.left -= taken
        wallet.move("unissue", entry.moves[0].lot, points=-taken)
    if owed:
        entry.moves[0].lot.owed += owed
        wallet.move("owe", entry.moves[0].lot, debt=owed, redeemer=terms.contract)
        debt = Debt(entry, terms.contract, owed, owed, entry.moves[0].lot)
        wallet.debts.append(debt)
    made = wallet.enter(
        "earn_reversal",
        points,
        till,
        ledger.now,
        refers_to=entry,
        amount_minor=amount,
        currency=entry.currency,
        receipt=receipt,
        store=entry.store,
        lines=basket,
    )
    if owed:
        debt.entry = made
    wallet.post(ledger.now)
    heirs = transfers.heirs_of(ledger, wallet)
    if owed:
        for source, heir in pairwise([wallet, *heirs]):
            debt = transfers.send_debt(ledger, source, heir, debt)
    if points:
        pieces = transfers.all_pieces_of(ledger, entry.moves[0].lot)
        transfers.write_down(ledger, [*heirs, *(away for away, _ in pieces)])
    return views.reversal(made, entry, ledger.told(entry))


def _own(ledger: Ledger, till: str, entry: Entry, *operations: str) -> tuple[Member, Terms]:
    """The member and the till's terms, if the entry is one of its own and of such a kind."""
    if entry.partner != till or entry.operation not in operations:
        refuse(404, "entry_not_found")
    assert entry.currency is not None
    return ledger.keeper(entry), ledger.terms(till, entry.currency)


def _hold(member: Member, entry: Entry) -> Hold:
    return next(hold for hold in member.wallet.holds if hold.entry is entry)


def _check_open(hold: Hold) -> None:
    if not hold.is_open:
        refuse(409, "hold_over")


def _undraw(ledger: Ledger, member: Member, lot: Lot, points: int, redeemer: Contract, longer: timedelta) -> None:
    lot.left += points
    lot.spent -= points
    if longer and member.wallet.is_over(lot, ledger.now):
        lot.expires_at = ledger.now + longer
    member.wallet.move("undraw", lot, points=points, redeemer=redeemer)


def _share(drawing: Entry, points: int) -> int:
    """What of a redemption's value belongs to some of its points, so that shares add up to the whole."""
    assert drawing.amount_minor is not None
    return drawing.amount_minor * points // drawing.points


def _lines_returned(entry: Entry, before: list[Entry], lines: tuple[int, ...]) -> tuple[int, ...]:
    """What goes back of each line of the basket; each can go back once."""
    if entry.lines is None:
        refuse(422, "no_such_line", "#/lines")
    gone = {number for each in before for number, amount in enumerate(each.lines or (), 1) if amount}
    if any(number in gone or not 1 <= number <= len(entry.lines) for number in lines):
        refuse(422, "no_such_line", "#/lines")
    return tuple(amount if number in lines else 0 for number, amount in enumerate(entry.lines, 1))


def _what_can_go(ledger: Ledger, entry: Entry, points: int, policy: str) -> tuple[int, int]:
    """How many points are taken out of the purchase's lot, and how many the member owes from now on."""
    if not points:
        return 0, 0
    lot = entry.moves[0].lot
    if policy == PENDING_ONLY and (lot.is_active or lot.activates_at <= ledger.now):
        refuse(402, "earn_not_pending")
    everywhere = [lot, *(piece for _, piece in transfers.all_pieces_of(ledger, lot))]
    taken = min(points, sum(each.left - each.held for each in everywhere))
    owed = min(points - taken, max(0, sum(each.spent + each.held - each.owed for each in everywhere)))
    if owed and policy != DEBT_ALLOWED:
        refuse(402, "points_already_spent", "#/points", reversible=taken)
    return taken, owed
