"""Answers as JSON text. Written by hand because they are made on the hot path; a test holds them to `schemas`."""

import json
from datetime import datetime
from typing import Any

from network.earning.results import Earned, MemberBalance, OwnEntry, Quote, Redeemed, Reversed
from network.earning.service.explain import Explanation
from network.kernel.clock import as_utc
from network.kernel.identifiers import show, show_entry
from network.wallet.domain import Balance, Entry, Operation

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)  # `dumps` would make one for each answer
_PREFIXES = {
    Operation.EARN: "ern",
    Operation.REDEMPTION: "rdm",
    Operation.HOLD: "rdm",
    Operation.REDEMPTION_REVERSAL: "rev",
    Operation.EARN_REVERSAL: "rev",
}


def present_earn(earned: Earned) -> str:
    """An Earn."""
    entry = earned.entry
    return _json(
        {
            "id": _entry_id(entry),
            "member": show("mbr", earned.member_id),
            "points": entry.points,
            "amount_minor": entry.slip.amount_minor,
            "currency": entry.slip.currency,
            **_slip(entry, earned.store),
            "lots": [
                {
                    "id": show("lot", lot.lot_id),
                    "points": lot.issued,
                    "activates_at": _instant(lot.activates_at),
                    "expires_at": _instant(lot.expires_at) if lot.expires_at else None,
                }
                for lot in earned.lots
            ],
            "balance": _balance(earned.balance) if earned.balance else None,
        }
    )


def present_redemption(redeemed: Redeemed) -> str:
    """A Redemption."""
    entry = redeemed.entry
    return _json(
        {
            "id": _entry_id(entry),
            "member": show("mbr", redeemed.member_id),
            "points": entry.points,
            "captured_points": redeemed.captured_points,
            "reversed_points": redeemed.reversed_points,
            "value_minor": redeemed.value_minor,
            "currency": entry.slip.currency,
            "status": redeemed.status.value,
            "source": redeemed.source.value,
            "hold_expires_at": _instant(redeemed.hold_expires_at) if redeemed.hold_expires_at else None,
            **_slip(entry, redeemed.store),
            "balance": _balance(redeemed.balance),
        }
    )


def present_reversal(returned: Reversed) -> str:
    """A Reversal."""
    entry = returned.entry
    return _json(
        {
            "id": _entry_id(entry),
            "original": _entry_id(returned.original),
            "member": show("mbr", returned.member_id),
            "points": entry.points,
            "owed_points": returned.owed_points,
            "amount_minor": entry.slip.amount_minor,
            "currency": entry.slip.currency,
            "receipt": entry.slip.receipt,
            "posted_at": _instant(entry.posted_at),
            "balance": _balance(returned.balance) if returned.balance else None,
        }
    )


def present_quote(quote: Quote) -> dict[str, Any]:
    """A Quote, as JSON values."""
    return {
        "member": show("mbr", quote.member_id),
        "currency": quote.currency,
        "earn_points": quote.earn_points,
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


def present_entry(own: OwnEntry) -> dict[str, Any]:
    """An Entry, as JSON values."""
    entry = own.entry
    return {
        "id": _entry_id(entry),
        "operation": entry.operation.value,
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
        "id": _entry_id(entry),
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


def _slip(entry: Entry, store: str | None) -> dict[str, Any]:
    return {
        "receipt": entry.slip.receipt,
        "store": store,
        "occurred_at": _instant(entry.slip.occurred_at),
        "posted_at": _instant(entry.posted_at),
    }


def _balance(balance: Balance) -> dict[str, int]:
    return {
        "available": balance.available,
        "pending": balance.pending,
        "held": balance.held,
        "debt": balance.debt,
    }


def _entry_id(entry: Entry) -> str:
    return show_entry(_PREFIXES.get(entry.operation, "ent"), entry.wallet_id, entry.sequence)


def _instant(instant: datetime) -> str:
    return as_utc(instant).isoformat().replace("+00:00", "Z")


def _json(value: dict[str, Any]) -> str:
    return _ENCODER.encode(value)
