"""Answers as JSON. Those of the hot path are put together as text, by hand; a test holds them all to `schemas`."""

from datetime import datetime
from json.encoder import encode_basestring
from typing import Any

from network.earning.results import Earned, MemberBalance, MemberStatement, OwnEntry, Quote, Redeemed, Reversed
from network.earning.service.explain import Explanation
from network.kernel.clock import show_instant
from network.kernel.identifiers import show, show_entry
from network.kernel.jsontext import writer
from network.partners.domain import PointType
from network.wallet.domain import Balance, Entry, Lot, Operation

_NULL = "null"
_json = writer()
_PREFIXES = {
    Operation.EARN: "ern",
    Operation.REDEMPTION: "rdm",
    Operation.HOLD: "rdm",
    Operation.REDEMPTION_REVERSAL: "rev",
    Operation.EARN_REVERSAL: "rev",
}


def present_earn(earned: Earned, signature: str | None = None) -> str:
    """An Earn; `signature`: of its receipt."""
    entry = earned.entry
    balance = _balance_text(earned.balance) if earned.balance else _NULL
    lots = ",".join(_lot_text(lot, earned.point_type) for lot in earned.lots)
    return (
        f'{{"id":"{entry_id(entry)}","member":"{show("mbr", earned.member_id)}","points":{entry.points},'
        f'"amount_minor":{_whole(entry.slip.amount_minor)},"currency":{_text(entry.slip.currency)},'
        f'{_slip_text(entry, earned.store)},"lots":[{lots}],"balance":{balance},'
        f'"receipt_signature":{_plain(signature)}}}'
    )


def present_redemption(redeemed: Redeemed, signature: str | None = None) -> str:
    """A Redemption; `signature`: of its receipt."""
    entry = redeemed.entry
    return (
        f'{{"id":"{entry_id(entry)}","member":"{show("mbr", redeemed.member_id)}","points":{entry.points},'
        f'"captured_points":{redeemed.captured_points},"reversed_points":{redeemed.reversed_points},'
        f'"value_minor":{redeemed.value_minor},"currency":{_text(entry.slip.currency)},'
        f'"status":{_text(redeemed.status)},"source":"{redeemed.source}","hold_expires_at":{_instant(redeemed.hold_expires_at)},'
        f'"captured_at":{_instant(redeemed.captured_at)},{_slip_text(entry, redeemed.store)},'
        f'"balance":{_balance_text(redeemed.balance)},"receipt_signature":{_plain(signature)}}}'
    )


def present_reversal(returned: Reversed, signature: str | None = None) -> str:
    """A Reversal; `signature`: of its receipt."""
    entry = returned.entry
    return _json(
        {
            "id": entry_id(entry),
            "original": entry_id(returned.original),
            "member": show("mbr", returned.member_id),
            "points": entry.points,
            "owed_points": returned.owed_points,
            "cleared_points": returned.cleared_points,
            "amount_minor": entry.slip.amount_minor,
            "currency": entry.slip.currency,
            "receipt": entry.slip.receipt,
            "posted_at": show_instant(entry.posted_at),
            "balance": _balance(returned.balance) if returned.balance else None,
            "receipt_signature": signature,
        }
    )


def present_quote(quote: Quote) -> dict[str, Any]:
    """A Quote, as JSON values."""
    return {
        "member": show("mbr", quote.member_id),
        "currency": quote.currency,
        "earn_points": quote.earn_points,
        "point_type": quote.point_type.value,
        "redeemable_points": quote.redeemable_points,
        "redeemable_minor": quote.redeemable_minor,
        "points": quote.points,
        "value_minor": quote.value_minor,
        "sufficient": quote.sufficient,
        "as_of": quote.as_of,
    }


def present_balance(found: MemberBalance) -> dict[str, Any]:
    """A Balance, as JSON values."""
    return {
        "member": show("mbr", found.member_id),
        **_balance(found.balance),
        "as_of": found.as_of,
        "expiring": [{"points": points, "expires_at": at} for points, at in found.expiring],
        "pool": found.pool and {"available": found.pool.available, "spendable": found.pool.spendable},
    }


def present_statement(statement: MemberStatement) -> dict[str, Any]:
    """A Statement, as JSON values."""
    return {
        "member": show("mbr", statement.member_id),
        "from": statement.first_day,
        "to": statement.last_day,
        "begins_at": statement.begins_at,
        "ends_at": statement.ends_at,
        "opening": _balance(statement.opening),
        "closing": _balance(statement.closing),
        "totals": [
            {"operation": each.operation.value, "entries": each.entries, "points": each.points, "change": each.change}
            for each in statement.totals
        ],
        "elsewhere_points": statement.elsewhere_points,
        "expired_points": statement.expired_points,
        "expiring": [{"points": points, "expires_at": at} for points, at in statement.expiring],
        "entries": [present_entry(own) for own in statement.own],
    }


def present_entry(own: OwnEntry) -> dict[str, Any]:
    """An Entry, as JSON values."""
    entry = own.entry
    return {
        "id": entry_id(entry),
        "operation": str(entry.operation),
        "member": show("mbr", own.member_id),
        "points": entry.points,
        "amount_minor": entry.slip.amount_minor,
        "currency": entry.slip.currency,
        "receipt": entry.slip.receipt,
        "store": own.store,
        "occurred_at": entry.slip.occurred_at,
        "posted_at": entry.posted_at,
    }


def present_explanation(explanation: Explanation) -> dict[str, Any]:
    """An Explanation, as JSON values. Exact amounts are decimals in text: nothing is rounded per entry."""
    entry, rule = explanation.entry, explanation.rule
    return {
        "id": entry_id(entry),
        "operation": str(entry.operation),
        "points": entry.points,
        "cycle": explanation.cycle,
        "rule": rule
        and {
            "points_per_unit": str(rule.points_per_unit),
            "pending_days": rule.pending_days,
            "return_policy": rule.return_policy.value,
        },
        "movements": [
            {
                "lot": show("lot", movement.lot_id),
                "origin_lot": movement.origin_lot_id and show("lot", movement.origin_lot_id),
                "kind": movement.kind,
                "points": movement.points,
                "issuer": movement.issuer,
                "issuer_contract_version": movement.issuer_contract_version,
                "point_type": movement.point_type.value,
                "redeemer": movement.redeemer,
                "redeemer_contract_version": movement.redeemer_contract_version,
                "claims": [
                    {"leg": c.leg, "debtor": c.debtor, "creditor": c.creditor, "amount": f"{c.amount:f}"}
                    for c in movement.claims
                ],
            }
            for movement in explanation.movements
        ],
    }


def _lot_text(lot: Lot, point_type: PointType) -> str:
    return (
        f'{{"id":"{show("lot", lot.lot_id)}","points":{lot.issued},"point_type":"{point_type}",'
        f'"activates_at":{_instant(lot.activates_at)},"expires_at":{_instant(lot.expires_at)}}}'
    )


def _slip_text(entry: Entry, store: str | None) -> str:
    """Members of an object, not an object."""
    return (
        f'"receipt":{_text(entry.slip.receipt)},"store":{_text(store)},'
        f'"occurred_at":{_instant(entry.slip.occurred_at)},"posted_at":{_instant(entry.posted_at)}'
    )


def _balance_text(balance: Balance) -> str:
    return (
        f'{{"available":{balance.available},"pending":{balance.pending},"held":{balance.held},"debt":{balance.debt}}}'
    )


def _balance(balance: Balance) -> dict[str, int]:
    return {
        "available": balance.available,
        "pending": balance.pending,
        "held": balance.held,
        "debt": balance.debt,
    }


def entry_id(entry: Entry) -> str:
    """The public id of an entry, by which its partner knows it."""
    return show_entry(_PREFIXES.get(entry.operation, "ent"), entry.wallet_id, entry.sequence)


def _text(text: str | None) -> str:
    return _NULL if text is None else encode_basestring(text)


def _plain(text: str | None) -> str:
    """A text in which there is nothing to escape."""
    return _NULL if text is None else f'"{text}"'


def _whole(number: int | None) -> str:
    return _NULL if number is None else str(number)


def _instant(instant: datetime | None) -> str:
    return _NULL if instant is None else f'"{show_instant(instant)}"'
