"""What a partner is told. Identifiers are told as their kind and what they name: `("ern", member, sequence)`."""

from collections import Counter
from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.oracle import homes
from tests.oracle.clearing import claims
from tests.oracle.ledger import Ledger, Member, Refusal, Reply, refuse
from tests.oracle.terms import Contract
from tests.oracle.wallet import Entry, Lot, Wallet

_KINDS = {"earn": "ern", "redemption": "rdm", "hold": "rdm", "redemption_reversal": "rev", "earn_reversal": "rev"}
_SHOWN = {*_KINDS, "capture", "void", "lapse"}
_EXPIRING_SHOWN = 5


def earn(entry: Entry, member: Member) -> dict[str, Any]:
    """A purchase, the points it made, and the balance as it is now for those who may see it."""
    lots = [move.lot for move in entry.moves]
    return {
        "id": name(entry),
        "member": ("mbr", member.name),
        "points": entry.points,
        "amount_minor": entry.amount_minor,
        "currency": entry.currency,
        **_slip(entry),
        "lots": [
            {
                "points": lot.issued,
                "point_type": lot.point_type,
                "activates_at": lot.activates_at,
                "expires_at": member.wallet.lasts_until(lot),
            }
            for lot in lots
        ],
        "balance": member.wallet.balance if member.shows_balance_to(entry.partner) else None,
    }


def redemption(entry: Entry, member: Member) -> dict[str, Any]:
    """Points held or paid with, where that stands, and what of it was taken back."""
    hold = next((each for each in member.wallet.holds if each.entry is entry), None)
    status = hold.status if hold else "captured"
    drawing = drawing_of(entry, member)
    captured = drawing.points if drawing else 0
    left = sum(points for _, points, _ in draws_left(drawing, member)) if drawing else 0
    value = drawing.amount_minor if drawing else entry.amount_minor if hold and hold.is_open else 0
    return {
        "id": name(entry),
        "member": ("mbr", member.name),
        "points": entry.points,
        "captured_points": captured,
        "reversed_points": captured - left,
        "value_minor": value,
        "currency": entry.currency,
        "status": status,
        "source": "pool" if entry.bearer else "own",
        "hold_expires_at": hold.until if hold and hold.is_open else None,
        "captured_at": drawing.posted_at if drawing else None,
        **_slip(entry),
        "balance": member.wallet.balance,
    }


def reversal(made: Entry, original: Entry, member: Member) -> dict[str, Any]:
    """A return."""
    return {
        "id": name(made),
        "original": name(original),
        "member": ("mbr", member.name),
        "points": made.points,
        "owed_points": sum(move.debt for move in made.moves if move.kind == "owe"),
        "cleared_points": sum(abs(move.points) for move in made.moves if move.kind in ("unissue", "undraw")),
        "amount_minor": made.amount_minor,
        "currency": made.currency,
        "receipt": made.receipt,
        "posted_at": made.posted_at,
        "balance": member.wallet.balance if member.shows_balance_to(made.partner) else None,
    }


def read_entry(ledger: Ledger, till: str, entry: Entry) -> Reply:
    """An earn or a redemption of the till's own, as it is now."""
    if entry.partner != till:
        return Reply(404, {"code": "entry_not_found", "pointer": None})
    member = ledger.keeper(entry)
    return Reply(200, earn(entry, member) if entry.operation == "earn" else redemption(entry, member))


def balance(ledger: Ledger, till: str, member: Member, at: datetime | None = None) -> Reply:
    """The points of a member, now or as they were, and which go next; of a merged one those of whoever is meant now."""
    member = member.present
    try:
        if not member.shows_balance_to(till):
            refuse(404, "member_not_found")
        if at is not None and at > ledger.now:
            refuse(422, "instant_ahead", "#/at")
    except Refusal as refusal:
        return refusal.reply
    instant = at or ledger.now
    wallet = member.wallet if at is None else member.wallet.at(at)
    told = {"member": ("mbr", member.name), **wallet.balance, "as_of": instant, "expiring": _expiring(wallet)}
    home = homes.home_of(ledger, member) if at is None else None
    if home is None:
        return Reply(200, {**told, "pool": None})
    available, left = home.wallet.balance["available"], homes.left_to_spend(ledger, home, member)
    return Reply(200, {**told, "pool": {"available": available, "spendable": min(available, left)}})


def entries(till: str, member: Member) -> Reply:
    """The till's own entries in a member's wallet, newest first; of a merged one what lies in its old wallet."""
    if till not in member.present.known_by:
        return Reply(404, {"code": "member_not_found", "pointer": None})
    own = [each for each in reversed(member.wallet.entries) if each.partner == till and each.operation in _SHOWN]
    told = [
        {
            "id": name(each),
            "operation": each.operation,
            "member": ("mbr", member.name),
            "points": each.points,
            "amount_minor": each.amount_minor,
            "currency": each.currency,
            **_slip(each),
        }
        for each in own
    ]
    return Reply(200, {"data": told})


def explanation(ledger: Ledger, till: str, entry: Entry) -> Reply:
    """Why an entry of the till's own is as it is, and what of it the till pays or is paid."""
    if entry.partner != till:
        return Reply(404, {"code": "entry_not_found", "pointer": None})
    rule = None
    if entry.operation == "earn" and entry.currency:
        found = ledger.partners[till].rule_at(entry.currency, entry.occurred_at)
        rule = {
            "points_per_unit": found.points_per_unit,
            "pending_days": found.pending_days,
            "return_policy": found.return_policy,
        }
    moves = [
        {
            "kind": move.kind,
            "points": move.points,
            "issuer": move.lot.issuer,
            "issuer_contract_version": move.lot.contract.version,
            "point_type": move.lot.point_type,
            "redeemer": move.redeemer.partner if move.redeemer else None,
            "redeemer_contract_version": move.redeemer.version if move.redeemer else None,
            "origin_lot": _origin(move.lot),
            "claims": [_claim(*claim) for claim in claims(move) if till in claim[1:3]],
        }
        for move in entry.moves
    ]
    told = {"id": name(entry), "operation": entry.operation, "points": entry.points, "rule": rule, "movements": moves}
    return Reply(200, told)


def name(entry: Entry) -> tuple[str, str, int]:
    """What an entry is called."""
    return _KINDS.get(entry.operation, "ent"), entry.owner, entry.sequence


def drawing_of(entry: Entry, member: Member) -> Entry | None:
    """The entry that took the points of a redemption: itself, or the capture of the hold."""
    if entry.operation == "redemption":
        return entry
    return next(hold.capture for hold in member.wallet.holds if hold.entry is entry)


def draws_left(drawing: Entry, member: Member) -> list[tuple[Lot, int, Contract]]:
    """What of a drawing was not returned yet, in the order of the draws."""
    wallet: Wallet = member.wallet
    found = []
    for move in drawing.moves:
        if move.kind == "draw" and move.redeemer:
            returns = [each.moves for each in wallet.entries if each.refers_to is drawing]
            back = sum(each.points for moves in returns for each in moves if each.lot is move.lot)
            found.append((move.lot, -move.points - back, move.redeemer))
    return found


def returns_of(entry: Entry, member: Member) -> list[Entry]:
    """What was returned of a purchase."""
    return [each for each in member.wallet.entries if each.refers_to is entry and each.operation == "earn_reversal"]


def _expiring(wallet: Wallet) -> list[dict[str, Any]]:
    points: Counter[datetime] = Counter()
    for lot in wallet.lots:
        until = wallet.lasts_until(lot)
        if until and lot.left > lot.held:
            points[until] += lot.left - lot.held
    return [{"points": points[until], "expires_at": until} for until in sorted(points)[:_EXPIRING_SHOWN]]


def _slip(entry: Entry) -> dict[str, Any]:
    return {
        "receipt": entry.receipt,
        "store": entry.store,
        "occurred_at": entry.occurred_at,
        "posted_at": entry.posted_at,
    }


def _origin(lot: Lot) -> tuple[str, str] | None:
    """Of points that were moved: as which lot they were issued."""
    first = lot
    while first.home is not None:
        first = first.home
    return None if first is lot else ("lot", first.lot_id)


def _claim(leg: str, debtor: str, creditor: str, amount: Fraction) -> dict[str, Any]:
    return {"leg": leg, "debtor": debtor, "creditor": creditor, "amount": amount}
