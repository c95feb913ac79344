"""What a till asks for: points for a purchase, points as money, points set aside, and what it would be."""

from datetime import datetime, timedelta
from typing import Any

from tests.oracle import homes, views
from tests.oracle.ledger import CARD, OLDEST_BURN, Ledger, Member, Refusal, refuse
from tests.oracle.terms import activation_of, minor, points_for
from tests.oracle.wallet import Hold, Lot

POOL = "pool"


def earn(
    ledger: Ledger,
    till: str,
    member: Member,
    *,
    amount_minor: int,
    currency: str,
    occurred_at: datetime | None = None,
    receipt: str | None = None,
    store: str | None = None,
    lines: tuple[int, ...] | None = None,
    point_type: str = "base",
) -> dict[str, Any]:
    """A purchase becomes a lot, by the terms of its own day. It first repays what the member owes."""
    terms = ledger.terms(till, currency, occurred_at, store, member)
    if till not in member.known_by:
        refuse(404, "member_not_found", "#/member")
    if ledger.partners[till].status == "suspended":
        refuse(403, "issuing_suspended")
    if lines is not None and sum(lines) != amount_minor:
        refuse(422, "basket_mismatch", "#/lines")
    bought_at, wallet = occurred_at or ledger.now, member.wallet
    points = points_for(amount_minor, currency, terms.rule)
    life = ledger.life_of_points(terms.contract, member, bought_at)
    lot = Lot(
        contract=terms.contract,
        issued=points,
        issued_at=ledger.now,
        activates_at=activation_of(min(bought_at, ledger.now), terms.rule),  # a clock ahead makes nobody wait
        expires_at=life.timer(ledger.now),
        idle=life.idle,
        point_type=point_type,
    )
    if points:
        wallet.issue(lot, ledger.now)
    entry = wallet.enter(
        "earn",
        points,
        till,
        bought_at,
        amount_minor=amount_minor,
        currency=currency,
        receipt=receipt,
        store=store,
        lines=lines,
    )
    if points and lot.is_active:
        wallet.repay_from(lot, ledger.now)
    wallet.post(ledger.now)
    return views.earn(entry, member)


def redeem(
    ledger: Ledger,
    till: str,
    member: Member,
    *,
    points: int,
    currency: str,
    card_of: Member,
    capture: bool = True,
    hold_seconds: int = 1800,
    source: str = "own",
    occurred_at: datetime | None = None,
    receipt: str | None = None,
    store: str | None = None,
) -> dict[str, Any]:
    """Points pay at the till, or are held for a capture; the card proves that the member is there."""
    terms = ledger.terms(till, currency, occurred_at, store, member)
    if card_of.present is not member:
        refuse(403, "proof_refused", "#/proof")
    burned_at, wallet = occurred_at or ledger.now, member.wallet
    if source == POOL:
        try:
            wallet = homes.pool_for(ledger, member, points)
        except Refusal:
            member.show(till, CARD)
            raise
    if burned_at < ledger.now - OLDEST_BURN:
        refuse(422, "redemption_too_old", "#/occurred_at")
    member.show(till, CARD)
    if points > wallet.spendable(currency):
        refuse(402, "insufficient_points", "#/points", available=wallet.spendable(currency))
    value_minor = minor(points * terms.contract.value, currency)
    slip: dict[str, Any] = {"amount_minor": value_minor, "currency": currency, "receipt": receipt, "store": store}
    slip["bearer"] = member.name if source == POOL else None
    parts = wallet.take(points, currency)
    if capture:
        for lot, part in parts:
            wallet.draw(lot, part, terms.contract)
        entry = wallet.enter("redemption", points, till, burned_at, **slip)
    else:
        for lot, part in parts:
            wallet.set_aside(lot, part)
        entry = wallet.enter("hold", points, till, burned_at, **slip)
        wallet.holds.append(Hold(entry, ledger.now + timedelta(seconds=hold_seconds), parts))
    wallet.post(ledger.now)
    return views.redemption(entry, ledger.keeper(entry))


def quote(
    ledger: Ledger,
    till: str,
    member: Member,
    *,
    currency: str,
    amount_minor: int | None = None,
    points: int | None = None,
    point_type: str = "base",
) -> dict[str, Any]:
    """What would a basket earn, what could be burned; nothing happens."""
    terms = ledger.terms(till, currency, member=member)
    if till not in member.known_by:
        refuse(404, "member_not_found", "#/member")
    if amount_minor is None and points is None:
        refuse(422, "nothing_to_quote", "#/amount_minor")
    there = member.wallet.spendable(currency) if member.shows_balance_to(till) else None
    value = terms.contract.value
    return {
        "member": ("mbr", member.name),
        "currency": currency,
        "earn_points": None if amount_minor is None else points_for(amount_minor, currency, terms.rule),
        "point_type": point_type,
        "redeemable_points": there,
        "redeemable_minor": None if there is None else minor(there * value, currency),
        "points": points,
        "value_minor": None if points is None else minor(points * value, currency),
        "sufficient": None if points is None or there is None else points <= there,
        "as_of": ledger.now,
    }
