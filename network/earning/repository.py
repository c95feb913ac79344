"""The till's first query: one round trip that reads across the rooms below.

It is the one place that joins their tables: on the hot path a round trip costs as much as all the thinking between.
See docs/adr/0003.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from uuid import UUID

import psycopg

from network.auth.service import client_state_sql
from network.earning.domain import Rule, Terms
from network.infrastructure.network_clock import NETWORK_NOW
from network.infrastructure.prepared import Row, as_bytes, as_instant, as_int, as_text, as_uuid, run
from network.infrastructure.requests import RequestKey
from network.wallet.domain import Head, Lot, ReturnPolicy
from network.wallet.repository import HEAD_COLUMNS, LOTS_AS_JSON, head_of_text, lots_of


@dataclass(frozen=True, slots=True)
class Till:
    """Who asks, whom for, and about what; the values of the first query."""

    client_id: UUID
    partner_id: UUID
    member_id: UUID
    currency: str
    occurred_at: datetime | None = None
    store: str | None = None
    card_hash: bytes | None = None
    key: RequestKey | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a use case of the till decides on."""

    now: datetime
    client_state: str | None
    partner_status: str | None
    answered: tuple[bytes | None, int | None, str | None]
    member_status: str | None
    jurisdiction: str | None
    known_by: str | None
    card_fits: bool
    store_id: UUID | None
    terms: Terms | None
    rule: Rule
    head: Head | None
    lots: list[Lot]


_SCENE = f"""
SELECT clock.now, {client_state_sql("$1::uuid")}, p.status, r.body_hash, r.status, r.answer, m.status, pm.known_by,
       {{card}} AS card_fits, {{store}} AS store_id, ct.contract_id, ct.member_value, ct.expires_after_months,
       ct.expiry_programme, m.jurisdiction, rule.points_per_unit, rule.pending_days, rule.return_policy,
       rule.extension_days, {{lots}}, {HEAD_COLUMNS}
FROM (SELECT {NETWORK_NOW} AS now) clock
LEFT JOIN partner p ON p.partner_id = $2::uuid
LEFT JOIN request r ON r.partner_id = $2 AND r.idempotency_key = $6::text
LEFT JOIN member m ON m.member_id = $3::uuid
LEFT JOIN partner_member pm ON pm.partner_id = $2 AND pm.member_id = m.member_id
LEFT JOIN wallet w ON w.wallet_id = m.wallet_id
LEFT JOIN LATERAL (
    SELECT cv.contract_id, cv.member_value, cv.expires_after_months, cv.expiry_programme FROM contract_version cv
    WHERE cv.partner_id = $2 AND cv.currency = $4::text AND cv.valid_from <= coalesce($5::timestamptz, clock.now)
    ORDER BY cv.valid_from DESC LIMIT 1
) ct ON true
LEFT JOIN LATERAL (
    SELECT er.points_per_unit, er.pending_days, er.return_policy, er.extension_days FROM earning_rule er
    WHERE er.partner_id = $2 AND er.currency = $4 AND er.valid_from <= coalesce($5, clock.now)
    ORDER BY er.valid_from DESC LIMIT 1
) rule ON true
"""
_CARD = (
    "(SELECT true FROM member_key k WHERE k.kind = 'card' AND k.key_hash = ${}::bytea AND k.member_id = m.member_id)"
)
_STORE = "(SELECT s.store_id FROM store s WHERE s.partner_id = $2 AND s.code = ${}::text)"
_ALWAYS = 6  # parameters that every scene has


@cache
def scene_statement(*, with_lots: bool, with_card: bool, with_store: bool) -> str:
    """The first query with the parts that a request needs; each costs what it costs, used or not."""
    return _SCENE.format(
        lots=LOTS_AS_JSON if with_lots else "NULL::json",
        card=_CARD.format(_ALWAYS + 1) if with_card else "NULL::boolean",
        store=_STORE.format(_ALWAYS + 1 + with_card) if with_store else "NULL::uuid",
    )


def load_scene(connection: psycopg.Connection, till: Till, *, with_lots: bool) -> Scene:
    """Read everything at once. Nothing is locked; what is missing is None."""
    key = till.key.idempotency_key if till.key else None
    always = (till.client_id, till.partner_id, till.member_id, till.currency, till.occurred_at, key)
    parts = tuple(part for part in (till.card_hash, till.store) if part is not None)
    statement = scene_statement(
        with_lots=with_lots, with_card=till.card_hash is not None, with_store=till.store is not None
    )
    (row,) = run(connection, statement, always + parts)
    return _scene(row, till.currency)


def insert_rule(
    connection: psycopg.Connection, partner_id: UUID, currency: str, valid_from: datetime, rule: Rule
) -> None:
    """A partner's earning rule from an instant on."""
    connection.execute(
        f"INSERT INTO earning_rule (partner_id, currency, valid_from, {_RULE}) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            partner_id,
            currency,
            valid_from,
            rule.points_per_unit,
            rule.pending_days,
            rule.return_policy,
            rule.extension_days,
        ),
    )


def rule_at(connection: psycopg.Connection, partner_id: UUID, currency: str, at: datetime) -> Rule:
    """The partner's rule that was in force at an instant."""
    row = connection.execute(
        f"SELECT {_RULE} FROM earning_rule WHERE partner_id = %s AND currency = %s AND valid_from <= %s"
        " ORDER BY valid_from DESC LIMIT 1",
        (partner_id, currency, at),
    ).fetchone()
    return Rule(row[0], row[1], ReturnPolicy(row[2]), row[3]) if row else Rule()


def returned_before(connection: psycopg.Connection, wallet_id: UUID, sequence: int) -> tuple[int, list[list[int]]]:
    """Of an earn: how much money its returns have taken back, and what each took of the basket's lines."""
    rows = connection.execute(
        "SELECT amount_minor, basket FROM journal WHERE wallet_id = %s AND refers_to = %s"
        " AND operation = 'earn_reversal'",
        (wallet_id, sequence),
    ).fetchall()
    return sum(row[0] or 0 for row in rows), [row[1] for row in rows if row[1] is not None]


def has_contract(connection: psycopg.Connection, partner_id: UUID, currency: str) -> bool:
    """Whether the partner ever had a contract in this currency."""
    return (
        connection.execute(
            "SELECT 1 FROM contract_version WHERE partner_id = %s AND currency = %s LIMIT 1", (partner_id, currency)
        ).fetchone()
        is not None
    )


def store_codes(connection: psycopg.Connection, partner_id: UUID, store_ids: set[UUID]) -> dict[UUID, str]:
    """The codes of some of a partner's stores."""
    rows = connection.execute(
        "SELECT store_id, code FROM store WHERE partner_id = %s AND store_id = ANY(%s)", (partner_id, list(store_ids))
    ).fetchall()
    return dict(rows)


_RULE = "points_per_unit, pending_days, return_policy, extension_days"


def _rule(
    points_per_unit: bytes | None, pending_days: bytes | None, policy: bytes | None, extension_days: bytes | None
) -> Rule:
    if points_per_unit is None or pending_days is None or policy is None or extension_days is None:
        return Rule()
    return Rule(
        Decimal(points_per_unit.decode()), int(pending_days), ReturnPolicy(policy.decode()), int(extension_days)
    )


def store_code(connection: psycopg.Connection, partner_id: UUID, store_id: UUID | None) -> str | None:
    """The code of one of a partner's stores."""
    return store_codes(connection, partner_id, {store_id}).get(store_id) if store_id else None


def _scene(row: Row, currency: str) -> Scene:
    now, client_state, partner_status, body_hash, status, answer, member_status, known_by, fits, store_id = row[:10]
    contract_id, member_value, expires_after_months, programme, jurisdiction, points_per_unit = row[10:16]
    pending_days, return_policy, extension_days, lots = row[16:20]
    instant = as_instant(now)
    assert instant is not None
    terms = None
    if contract_id is not None and member_value is not None:
        months = as_int(expires_after_months)
        terms = Terms(UUID(contract_id.decode()), currency, Decimal(member_value.decode()), months, as_text(programme))
    return Scene(
        now=instant,
        client_state=as_text(client_state),
        partner_status=as_text(partner_status),
        answered=(as_bytes(body_hash), as_int(status), as_text(answer)),
        member_status=as_text(member_status),
        jurisdiction=as_text(jurisdiction),
        known_by=as_text(known_by),
        card_fits=fits is not None,
        store_id=as_uuid(store_id),
        terms=terms,
        rule=_rule(points_per_unit, pending_days, return_policy, extension_days),
        head=head_of_text(row[20:]) if row[20] is not None else None,
        lots=lots_of(json.loads(lots)) if lots else [],
    )
