"""The till's first query: one round trip that reads across the rooms below.

It is the one place that joins their tables: on the hot path a round trip costs as much as all the thinking between.
See docs/adr/0003.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import psycopg

from network.auth.service import client_state_sql
from network.earning.domain import Book, Claim, Rule, Terms
from network.infrastructure.network_clock import NETWORK_NOW
from network.infrastructure.prepared import Row, as_bool, as_instant, as_int, as_text, as_uuid, run, value_rows
from network.infrastructure.requests import RequestKey
from network.infrastructure.together import ask, padded
from network.members.domain import KeyKind
from network.partners.domain import PartnerKey, PointType
from network.signin.domain import SpendRules
from network.signin.service import Shown
from network.wallet.domain import Head, Lot, ReturnPolicy
from network.wallet.repository import HEAD_COLUMNS, first_lots_sql, head_of_binary, lots_of


@dataclass(frozen=True, slots=True)
class Key:
    """What a member is known by at the till: a card, a phone or an alias."""

    kind: KeyKind
    key_hash: bytes


@dataclass(frozen=True, slots=True)
class Till:
    """Who asks, whom for, and about what; the values of the first query."""

    client_id: UUID
    partner_id: UUID
    member_id: UUID
    currency: str
    occurred_at: datetime | None = None
    store: str | None = None
    shown: Key | None = None
    key: RequestKey | None = None
    with_lots: bool = False
    """Whether the first of the lots that a burn could draw are read too."""
    is_burn: bool = False
    has_code: bool = False
    claim: Claim | None = None
    """What the partner's own signature of it would have to say; None: none is looked at."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What guards a member's points: what may be spent, what its codes are checked by, whether it has been here."""

    rules: SpendRules
    shown: Shown | None = None
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a use case of the till decides on."""

    now: datetime
    client_state: str | None
    partner_status: str | None
    terms_version: int | None
    answered: tuple[bytes | None, int | None, str | None]
    member_status: str | None
    jurisdiction: str | None
    known_by: str | None
    key_fits: bool
    store_id: UUID | None
    head: Head | None
    lots: list[Lot]
    trusts_cards: bool
    guard: Guard


_SCENE = f"""
SELECT clock.now, {client_state_sql("c", "p")}, p.status, p.terms_version, r.body_hash, r.status, r.answer, m.status,
       m.jurisdiction, pm.known_by, {{fits}}, {{store}}, {{lots}}, p.trusts_cards, {{rules}}, {{code}}, {HEAD_COLUMNS}
       {{number}}
FROM (SELECT {NETWORK_NOW} AS now) clock{{asked}}
LEFT JOIN partner p ON p.partner_id = {{partner}}
LEFT JOIN oauth_client c ON c.client_id = {{client}} AND c.partner_id = {{partner}}
LEFT JOIN request r ON r.partner_id = {{partner}} AND r.idempotency_key = {{key}}
LEFT JOIN member m ON m.member_id = {{member}}
LEFT JOIN partner_member pm ON pm.partner_id = {{partner}} AND pm.member_id = m.member_id
LEFT JOIN wallet w ON w.wallet_id = m.wallet_id{{joins}}
"""
_FITS = "(SELECT true FROM member_key k WHERE k.kind = '{}' AND k.key_hash = {} AND k.member_id = m.member_id)"
_RULES = (
    "CASE WHEN g.member_id IS NOT NULL THEN"
    " json_build_array(g.is_locked, g.asks_first, g.limit_points, g.cooling_until) END"
)
_CODE = """json_build_array(encode(g.sealed_identity, 'hex'), encode(pk.wrapped_key, 'hex'), t.last, g.wrong_codes,
       g.wrong_until, EXISTS (SELECT FROM opened_partner o WHERE o.member_id = m.member_id AND o.partner_id = {partner})
       OR EXISTS (SELECT FROM member_activity a WHERE a.wallet_id = m.wallet_id AND a.partner_id = {partner})
       OR EXISTS (SELECT FROM journal j WHERE j.wallet_id = m.wallet_id AND j.partner_id = {partner}))"""
_GUARD_JOIN = "\nLEFT JOIN member_guard g ON g.member_id = m.member_id"
_CODE_JOINS = "\nLEFT JOIN person_key pk ON pk.member_id = m.member_id\nLEFT JOIN ticket t ON t.owner_id = m.member_id"
_STORE = "(SELECT s.store_id FROM store s WHERE s.partner_id = {partner} AND s.code = {store})"
_ALWAYS = {"client": "uuid", "partner": "uuid", "member": "uuid", "key": "text"}
_SOMETIMES = {"shown": "bytea", "store": "text", "currency": "text"}


@dataclass(frozen=True, slots=True)
class Shape:
    """The parts of the first query that a request needs; each costs what it costs, used or not."""

    shown: KeyKind | None
    with_store: bool
    with_lots: bool
    is_burn: bool
    has_code: bool

    @classmethod
    def of(cls, till: Till) -> "Shape":
        shown = till.shown.kind if till.shown else None
        return cls(shown, till.store is not None, till.with_lots, till.is_burn, till.has_code)

    @property
    def parameters(self) -> dict[str, str]:
        """Names and types of what is asked, in the order of `_values`."""
        needed = (self.shown is not None, self.with_store, self.with_lots)
        return _ALWAYS | {
            name: _SOMETIMES[name] for name, is_needed in zip(_SOMETIMES, needed, strict=True) if is_needed
        }


@cache
def scene_statement(shape: Shape, count: int | None = None) -> str:
    """The first query of one request, or of as many as `count`, whose number is then the last column."""
    types = shape.parameters
    if count is None:
        terms = {name: f"${number}::{kind}" for number, (name, kind) in enumerate(types.items(), 1)}
        asked = ""
    else:
        terms = {name: f"a.{name}" for name in types}
        asked = f"\nCROSS JOIN (VALUES {value_rows(('bigint', *types.values()), count)}) a (number, {', '.join(types)})"
    return _SCENE.format(
        **{name: terms[name] for name in _ALWAYS},
        asked=asked,
        number="" if count is None else ", a.number",
        fits=_FITS.format(shape.shown.value, terms["shown"]) if shape.shown else "NULL::boolean",
        store=_STORE.format(**terms) if shape.with_store else "NULL::uuid",
        lots=first_lots_sql(terms["currency"]) if shape.with_lots else "NULL::json",
        rules=_RULES if shape.is_burn else "NULL::json",
        code=_CODE.format(**terms) if shape.has_code else "NULL::json",
        joins=(_GUARD_JOIN if shape.is_burn else "") + (_CODE_JOINS if shape.has_code else ""),
    )


def load_scene(connection: psycopg.Connection, till: Till) -> Scene:
    """Read everything at once. Nothing is locked; what is missing is None."""
    return ask(_Asked(connection, till))


class _Asked:
    """The first query, as a question."""

    def __init__(self, connection: psycopg.Connection, till: Till) -> None:
        self.connection = connection
        self.kind = Shape.of(till)
        self.values = _values(till)

    def alone(self) -> Scene:
        (row,) = run(self.connection, scene_statement(self.kind), self.values)
        return _scene(row)

    @classmethod
    def statement(cls, questions: "Sequence[_Asked]") -> tuple[str, list[Any]]:
        """Of one shape."""
        kind, count = questions[0].kind, padded(len(questions))
        values: list[Any] = []
        for number, each in enumerate(questions):
            values.append(number)
            values += each.values
        values += [None] * ((count - len(questions)) * (1 + len(kind.parameters)))
        return scene_statement(kind, count), values

    @classmethod
    def answers(cls, questions: "Sequence[_Asked]", rows: Sequence[Row]) -> list[Scene]:
        """By the number in the last column, which is null in rows that fill up."""
        of_number = {int.from_bytes(row[-1]): row for row in rows if row[-1] is not None}
        return [_scene(of_number[number]) for number in range(len(questions))]


def _values(till: Till) -> list[Any]:
    values: list[Any] = [till.client_id, till.partner_id, till.member_id, till.key and till.key.idempotency_key]
    values += [part for part in (till.shown and till.shown.key_hash, till.store) if part is not None]
    if till.with_lots:
        values.append(till.currency)
    return values


def load_book(connection: psycopg.Connection, partner_id: UUID) -> tuple[int, Book]:
    """All terms that a partner ever had, the keys by which it signs, and their version."""
    row = connection.execute(_BOOK, (partner_id,)).fetchone()
    version, contracts, rules, keys, signing = row or (0, None, None, None, None)
    book = Book()
    for currency, valid_from, contract_id, value, months, programme, is_prepaid, is_limited, others in contracts or ():
        types = tuple((PointType(each), UUID(other_id)) for each, other_id in (others or {}).items())
        terms = Terms(UUID(contract_id), currency, Decimal(value), months, programme, is_prepaid, is_limited, types)
        book.add_terms(datetime.fromisoformat(valid_from), terms)
    for currency, valid_from, points_per_unit, pending_days, policy, extension_days in rules or ():
        rule = Rule(Decimal(points_per_unit), pending_days, ReturnPolicy(policy), extension_days)
        book.add_rule(currency, datetime.fromisoformat(valid_from), rule)
    for kid, jwk, valid_from, until in keys or ():
        valid_until = None if until is None else datetime.fromisoformat(until)
        since = datetime.fromisoformat(valid_from)
        key = PartnerKey(kid=kid, partner_id=partner_id, jwk=jwk, valid_from=since, valid_until=valid_until)
        book.add_key(key)
    for since, is_required in signing or ():
        book.add_signing_rule(datetime.fromisoformat(since), is_required)
    return version, book


_BOOK = """
SELECT p.terms_version,
       (SELECT json_agg(json_build_array(currency, valid_from, contract_id, member_value::text, expires_after_months,
            expiry_programme, prepaid, credit_limit_minor IS NOT NULL, (SELECT json_object_agg(o.point_type,
                o.contract_id) FROM contract_version o WHERE o.partner_id = c.partner_id AND o.version = c.version
                AND o.point_type <> 'base')) ORDER BY valid_from) FROM contract_version c
            WHERE c.partner_id = p.partner_id AND c.point_type = 'base'),
       (SELECT json_agg(json_build_array(currency, valid_from, points_per_unit::text, pending_days, return_policy,
            extension_days) ORDER BY valid_from) FROM earning_rule r WHERE r.partner_id = p.partner_id),
       (SELECT json_agg(json_build_array(k.kid, jwk, valid_from, valid_until)) FROM partner_key k
            LEFT JOIN partner_key_end e USING (kid) WHERE k.partner_id = p.partner_id),
       (SELECT json_agg(json_build_array(since, is_required) ORDER BY since) FROM signing_rule s
            WHERE s.partner_id = p.partner_id)
FROM partner p WHERE p.partner_id = %s
"""


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


def store_codes(connection: psycopg.Connection, partner_id: UUID, store_ids: set[UUID]) -> dict[UUID, str]:
    """The codes of some of a partner's stores."""
    rows = connection.execute(
        "SELECT store_id, code FROM store WHERE partner_id = %s AND store_id = ANY(%s)", (partner_id, list(store_ids))
    ).fetchall()
    return dict(rows)


_RULE = "points_per_unit, pending_days, return_policy, extension_days"


def store_code(connection: psycopg.Connection, partner_id: UUID, store_id: UUID | None) -> str | None:
    """The code of one of a partner's stores."""
    return store_codes(connection, partner_id, {store_id}).get(store_id) if store_id else None


def _scene(row: Row) -> Scene:
    now, client_state, partner_status, terms_version, body_hash, status, answer, member_status = row[:8]
    jurisdiction, known_by, fits, store_id, lots, trusts_cards, rules, code = row[8:16]
    instant = as_instant(now)
    assert instant is not None
    return Scene(
        now=instant,
        client_state=as_text(client_state),
        partner_status=as_text(partner_status),
        terms_version=as_int(terms_version),
        answered=(body_hash, as_int(status), as_text(answer)),
        member_status=as_text(member_status),
        jurisdiction=as_text(jurisdiction),
        known_by=as_text(known_by),
        key_fits=fits is not None,
        store_id=as_uuid(store_id),
        head=head_of_binary(row[16:25]) if row[16] is not None else None,
        lots=lots_of(json.loads(lots)) if lots else [],
        trusts_cards=as_bool(trusts_cards),
        guard=_guard(rules, code) if rules or code else _UNGUARDED,
    )


_UNGUARDED = Guard(SpendRules())


def _guard(rules: bytes | None, code: bytes | None) -> Guard:
    is_locked, asks_first, limit, cooling = json.loads(rules) if rules else (False, True, None, None)
    spend_rules = SpendRules(is_locked, asks_first, limit, datetime.fromisoformat(cooling) if cooling else None)
    if code is None:
        return Guard(spend_rules)
    identity, wrapped, last_step, wrong, until, is_used = json.loads(code)
    shown = Shown(
        sealed_identity=bytes.fromhex(identity) if identity else None,
        wrapped_key=bytes.fromhex(wrapped) if wrapped else None,
        last_step=last_step,
        wrong_codes=wrong or 0,
        wrong_until=datetime.fromisoformat(until) if until else None,
    )
    return Guard(spend_rules, shown, is_used)
