"""The API's answers, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MEMBER = {
    "id": "mbr_1",
    "status": "active",
    "name_masked": "S***",
    "card_masked": "**** 4821",
    "card_number": None,
    "locale": "fa",
    "enrolled_at": "2017-01-03T10:00:00Z",
    "identified_by": "card",
}
ENROLLED = {**MEMBER, "card_number": "6274000000004821", "identified_by": "enrolment"}
BALANCE = {
    "member": "mbr_1",
    "available": 700,
    "pending": 50,
    "held": 20,
    "debt": 0,
    "as_of": "2017-02-01T00:00:00Z",
    "expiring": [{"points": 100, "expires_at": "2018-01-03T00:00:00Z"}],
    "pool": {"available": 300, "spendable": 250},
}
AFTER = {"available": 712, "pending": 0, "held": 0, "debt": 0}
EARN = {
    "id": "ern_1",
    "member": "mbr_1",
    "points": 12,
    "amount_minor": 1250,
    "currency": "USD",
    "receipt": "A-17",
    "store": None,
    "occurred_at": "2017-01-03T10:00:00Z",
    "posted_at": "2017-01-03T10:00:01.250Z",
    "lots": [
        {
            "id": "lot_1",
            "points": 12,
            "point_type": "base",
            "activates_at": "2017-01-03T10:00:00Z",
            "expires_at": "2019-01-03T10:00:00Z",
        }
    ],
    "balance": AFTER,
}
REDEMPTION = {
    "id": "rdm_1",
    "member": "mbr_1",
    "points": 500,
    "value_minor": 500,
    "currency": "USD",
    "status": "captured",
    "source": "own",
    "receipt": "A-18",
    "store": "lab",
    "occurred_at": "2017-01-03T10:00:00Z",
    "posted_at": "2017-01-03T10:00:01Z",
    "balance": AFTER,
}
QUOTE = {
    "member": "mbr_1",
    "currency": "USD",
    "earn_points": 12,
    "point_type": "base",
    "redeemable_points": 700,
    "redeemable_minor": 700,
    "points": None,
    "value_minor": None,
    "sufficient": None,
    "as_of": "2017-02-01T00:00:00Z",
}
SETTLEMENT = {
    "id": "stm_1",
    "cycle": "cyc_1",
    "cycle_name": "USD 2017-01",
    "currency": "USD",
    "starts_at": "2017-01-01T00:00:00Z",
    "ends_at": "2017-02-01T00:00:00Z",
    "status": "stated",
    "issue_minor": 1150,
    "redemption_minor": 450,
    "deferred_minor": 0,
    "breakage_minor": 0,
    "fee_minor": 0,
    "tax_minor": 0,
    "penalty_minor": 0,
    "adjustment_minor": 0,
    "net_minor": -700,
    "stated_at": "2017-02-01T01:00:00Z",
}
SETTLEMENT_WITH_LINES = {
    **SETTLEMENT,
    "lines": [
        {
            "leg": "issue",
            "counterparty": "operator",
            "points": 1000,
            "amount_minor": -1150,
            "base_leg": None,
            "document": "invoice",
        }
    ],
}
ME = {
    "client_id": "cli_till",
    "partner": {"id": "par_1", "code": "bakery", "name": "Bakery"},
    "scopes": ["points:earn", "points:read"],
    "stores": [],
    "livemode": False,
}


def token(value: str, lifetime: Any) -> dict[str, Any]:
    return {"access_token": value, "token_type": "Bearer", "expires_in": lifetime, "scope": "points:earn points:read"}


def entry(number: int) -> dict[str, Any]:
    return {
        "id": f"ern_{number}",
        "operation": "earn",
        "member": "mbr_1",
        "points": 12,
        "amount_minor": 1250,
        "currency": "USD",
        "receipt": None,
        "store": None,
        "occurred_at": "2017-01-03T10:00:00Z",
        "posted_at": "2017-01-03T10:00:01Z",
    }


def page(items: list[dict[str, Any]], next_cursor: str | None = None) -> dict[str, Any]:
    return {"data": items, "has_more": next_cursor is not None, "next_cursor": next_cursor}


STATEMENT = {
    "member": "mbr_1",
    "opening": AFTER,
    "closing": {**AFTER, "available": 700},
    "elsewhere_points": -3,
    "expired_points": 10,
    "totals": [{"operation": "earn", "entries": 1, "points": 1, "change": 1}],
    "entries": [entry(1)],
}


def entries(query: Mapping[str, str], total: int = 45) -> dict[str, Any]:
    """Numbers 1 to `total` in pages of `limit`; the cursor is the number of items before."""
    start, limit = int(query.get("cursor", "0")), int(query.get("limit", "20"))
    items = [entry(number) for number in range(1, total + 1)][start : start + limit]
    return page(items, str(start + limit) if start + limit < total else None)


def usual(method: str, path: str, query: Mapping[str, str]) -> tuple[int, Any] | None:
    """What the route answers when all is well."""
    table: dict[tuple[str, str], tuple[int, Any]] = {
        ("POST", "/v1/members"): (201, ENROLLED),
        ("POST", "/v1/members/lookup"): (200, MEMBER),
        ("GET", "/v1/members/mbr_1"): (200, MEMBER),
        ("GET", "/v1/members/mbr_1/balance"): (200, BALANCE),
        ("GET", "/v1/members/mbr_1/statement"): (200, {**STATEMENT, **query}),
        ("GET", "/v1/members/mbr_1/entries"): (200, entries(query)),
        ("POST", "/v1/quotes"): (200, QUOTE),
        ("POST", "/v1/earns"): (201, EARN),
        ("GET", "/v1/earns/ern_1"): (200, EARN),
        ("POST", "/v1/redemptions"): (201, REDEMPTION),
        ("GET", "/v1/redemptions/rdm_1"): (200, REDEMPTION),
        ("GET", "/v1/settlements"): (200, page([SETTLEMENT])),
        ("GET", "/v1/settlements/stm_1"): (200, SETTLEMENT_WITH_LINES),
        ("GET", "/v1/settlements/stm_1/document"): (200, {"number": "fuel-2017-0001"}),
        ("GET", "/v1/me"): (200, ME),
    }
    return table.get((method, path))
