"""The real network beside the oracle: the application over PostgreSQL, asked over its own HTTP edge, its answers and
tables read back in the oracle's words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask

from network.auth.scopes import SCOPES
from network.auth.service import create_client
from network.earning.domain import Rule
from network.earning.service import set_earning_rule
from network.expiry.domain import ExpiryPolicy, PolicyVersion
from network.expiry.domain import Rule as ExpiryRule
from network.expiry.service import set_policy
from network.infrastructure.calendars import CALENDARS
from network.infrastructure.database import statement_connection
from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import read, read_any_entry, show, show_entry
from network.members.service import acquaintance
from network.partners import service as partners
from network.partners.domain import ContractTerms, PointType, TypeRates
from network.settlement import service as settlement
from network.wallet.domain import Draft, Movement, ReturnPolicy
from network.wallet.domain import Entry as RealEntry
from network.wallet.history import entries_of_wallet
from network.wallet.service import whole_wallet
from partner_sdk.proof import Keys, Receipt
from tests.fixtures import Coalition, Customer, Till, token_of
from tests.oracle.expiry import Decision
from tests.oracle.terms import Contract
from tests.oracle.terms import Rule as OracleRule

_ENTRY_PREFIXES = ("ern", "rdm", "rev", "ent")
_STANDARD = {"type", "title", "status", "detail", "code", "request_id", "errors"}
# ids of lots are checked with the tables, cycles with the settlement, signatures as they are told
_UNDETERMINED = {"lot", "cycle", "receipt_signature"}


@dataclass(frozen=True)
class Told:
    """An answer in the oracle's words."""

    status: int
    body: dict[str, Any]
    replayed: bool
    raw: bytes


class Reality:
    """Tills by partner, members by name, and what stands in the tables about them."""

    def __init__(self, app: Flask, zone: ZoneInfo, start: datetime) -> None:
        app.extensions["peyvand.zone"] = zone
        self._app = app
        Coalition(app)
        set_clock(start)
        for currency in ("USD", "JPY"):
            settlement.ensure_calendar(currency, "month", zone.key)
        self.tills: dict[str, Till] = {}
        self.members: dict[str, Customer] = {}
        self.wallets: dict[str, UUID] = {}
        self._codes = {each.partner_id: each.code for each in partners.list_partners()}
        self._versions: dict[UUID, tuple[str, int]] = {}
        self._stores: dict[UUID, str] = {}
        self._keys: Keys | None = None

    def join(self, code: str, stores: set[str]) -> None:
        """A partner without a contract, with a till that may do everything."""
        partner_id = partners.create_partner(code=code, name=code, name_fa=code, trusts_cards=True).partner_id
        client = create_client(partner_id=partner_id, name="till", scopes=SCOPES)
        self.tills[code] = Till(self._app, partner_id, code, client, token_of(self._app, client))
        self._codes[partner_id] = code
        self._stores |= {partners.add_store(partner_id, code=each, name=each).store_id: each for each in stores}

    def partner_id(self, code: str) -> UUID:
        return next(partner_id for partner_id, each in self._codes.items() if each == code)

    def sign(self, contract: Contract) -> None:
        """The next version of a partner's contract."""
        partners.sign_contract(
            self.partner_id(contract.partner),
            ContractTerms(
                valid_from=contract.valid_from,
                currency=contract.currency,
                issuance_price=_decimal(contract.price),
                redemption_element=_decimal(contract.price - contract.fee),
                service_fee=_decimal(contract.fee),
                reimbursement_rate=_decimal(contract.paid),
                member_value=_decimal(contract.value),
                funded_at_issue=_decimal(contract.funded),
                prepaid=False,
                expires_after_months=contract.months,
                expiry_programme=contract.programme,
                rates_by_type=tuple(_type_rates(contract, each) for each, _ in contract.types),
            ),
        )
        self._learn_versions(self.partner_id(contract.partner))

    def set_clock(self, to: datetime) -> None:
        set_clock(to)

    def set_rule(self, rule: OracleRule) -> None:
        policy = ReturnPolicy(rule.return_policy)
        told = Rule(_decimal(rule.points_per_unit), rule.pending_days, policy, rule.extension_days)
        set_earning_rule(self.partner_id(rule.partner), rule.currency, rule.valid_from, told)

    def decide(self, decision: Decision) -> None:
        policy = decision.policy and ExpiryPolicy(
            rule=ExpiryRule(decision.policy.rule),
            months=decision.policy.months,
            zone=decision.policy.zone,
            calendar=CALENDARS[decision.policy.calendar],
            notice_days=decision.policy.notice_days,
        )
        set_policy(
            PolicyVersion(
                programme=decision.programme,
                jurisdiction=decision.place,
                valid_from=decision.valid_from,
                policy=policy,
                is_minimum=decision.is_minimum,
            )
        )

    def notices(self) -> dict[tuple[str, datetime, int], int]:
        """What members were told ahead: whose points, when they expire, how many days before; how many."""
        rows = statement_connection().execute("SELECT wallet_id, expires_at, notice_days, points FROM expiry_notice")
        names = self._owners
        return {(names[row[0]], row[1], row[2]): row[3] for row in rows}

    def enrol(self, code: str, name: str, phone: str | None, place: str | None) -> Told:
        told = {"phone": phone, "jurisdiction": place}
        answer = self.tills[code].post("/v1/members", {key: value for key, value in told.items() if value})
        assert answer.status_code == 201, answer.text
        self.members[name] = Customer(answer.json["id"], answer.json["card_number"])
        known = acquaintance(self.tills[code].partner_id, self.members[name].member_id)
        assert known
        self.wallets[name] = known.wallet_id
        return self._told(answer)

    def post(self, code: str, path: str, body: dict[str, Any], key: str | None = None) -> Told:
        return self._told(self._receipted(code, self.tills[code].post(path, body, key)))

    def get(self, code: str, path: str, **query: Any) -> Told:
        return self._told(self.tills[code].get(path, **query))

    def name(self, kind: str, owner: str, sequence: int) -> str:
        """An entry's public name."""
        return show_entry(kind, self.wallets[owner], sequence)

    def heads(self) -> dict[str, tuple[int, dict[str, int]]]:
        """Of every wallet: how many entries, and the balance after the last."""
        rows = statement_connection().execute("SELECT wallet_id, sequence, available, pending, held, debt FROM wallet")
        names = self._owners
        parts = ("available", "pending", "held", "debt")
        return {names[row[0]]: (row[1], dict(zip(parts, row[2:], strict=True))) for row in rows}

    def state(self, name: str) -> dict[str, Any]:
        """A wallet with everything settled that is due, in the form of `state_of`."""
        draft: Draft = whole_wallet(statement_connection(), self.wallets[name])
        balance = draft.balance
        return {
            "balance": {part: getattr(balance, part) for part in ("available", "pending", "held", "debt")},
            "lots": {
                str(lot.lot_id): (
                    self._versions[lot.contract_id],
                    lot.currency,
                    lot.issued,
                    lot.remaining,
                    lot.held,
                    not lot.is_pending,
                    lot.issued_at,
                    lot.activates_at,
                    lot.expires_at,
                    lot.inactivity and (lot.inactivity.months, lot.inactivity.calendar.name, lot.inactivity.zone.key),
                )
                for lot in draft.lots
                if lot.remaining
            },
            "holds": {
                hold.sequence: (hold.points, hold.expires_at, [(str(lot_id), part) for lot_id, part in hold.parts])
                for hold in draft.holds.values()
                if hold.is_open
            },
            "debts": {
                debt.sequence: (self._versions[debt.contract_id], debt.owed, debt.remaining)
                for debt in draft.debts.values()
                if debt.remaining
            },
        }

    def journal(self, name: str, since: datetime) -> Iterator[dict[str, Any]]:
        """A wallet's entries from an instant on, in the form of `told_of`."""
        found = entries_of_wallet(statement_connection(), self.wallets[name])
        return (self._entry(entry) for entry in found if entry.posted_at >= since)

    def _entry(self, entry: RealEntry) -> dict[str, Any]:
        slip, balance = entry.slip, entry.balance
        return {
            "sequence": entry.sequence,
            "operation": str(entry.operation),
            "points": entry.points,
            "partner": self._codes[slip.partner_id],
            "occurred_at": slip.occurred_at,
            "posted_at": entry.posted_at,
            "refers_to": entry.refers_to,
            "balance": {part: getattr(balance, part) for part in ("available", "pending", "held", "debt")},
            "amount_minor": slip.amount_minor,
            "currency": slip.currency,
            "receipt": slip.receipt,
            "store": self._stores[slip.store_id] if slip.store_id else None,
            "lines": slip.basket,
            "bearer": self._owners[slip.bearer_id] if slip.bearer_id else None,
            "moves": [self._move(movement) for movement in entry.movements],
        }

    def _move(self, movement: Movement) -> tuple[Any, ...]:
        redeemer = movement.redeemer_contract_id
        assert self._codes[movement.issuer_id] == self._versions[movement.issuer_contract_id][0]
        return (
            str(movement.kind),
            str(movement.lot_id),
            movement.points,
            movement.held,
            movement.debt,
            self._versions[movement.issuer_contract_id],
            self._versions[redeemer] if redeemer else None,
        )

    @property
    def _owners(self) -> dict[UUID, str]:
        return {wallet_id: name for name, wallet_id in self.wallets.items()}

    def _learn_versions(self, partner_id: UUID) -> None:
        query = "SELECT contract_id, version FROM contract_version WHERE partner_id = %s"
        for contract_id, version in statement_connection().execute(query, (partner_id,)).fetchall():
            self._versions[contract_id] = self._codes[partner_id], version

    def _receipted(self, code: str, answer: Any) -> Any:
        """The answer; if it tells of a posting, the network has signed just that."""
        if answer.status_code == 201 and "receipt_signature" in answer.json:
            receipt = Receipt.of(answer.json, show("par", self.partner_id(code)))
            if self._keys is None:
                self._keys = Keys(self.tills[code].get("/v1/proofs/keys").json)
            assert receipt is not None
            assert receipt.is_signed(self._keys), answer.text
        return answer

    def _told(self, answer: Any) -> Told:
        replayed = answer.headers.get("Idempotent-Replayed") == "true"
        body: dict[str, Any] = answer.json
        if answer.status_code < 400:
            return Told(answer.status_code, self.read(body), replayed, answer.data)
        pointers = [each["pointer"] for each in body.get("errors", [])]
        more = self.read({name: value for name, value in body.items() if name not in _STANDARD})
        told = {"code": body["code"], "pointer": pointers[0] if pointers else None, **more}
        return Told(answer.status_code, told, replayed, answer.data)

    def read(self, value: Any, key: str = "") -> Any:
        """JSON in the oracle's words: names for ids, instants and fractions for their texts."""
        if isinstance(value, dict):
            told = {name: each for name, each in value.items() if name not in _UNDETERMINED}
            if str(told.get("id", "")).startswith("lot_"):
                del told["id"]
            return {name: self.read(each, name) for name, each in told.items()}
        if isinstance(value, list):
            return [self.read(each, key) for each in value]
        if isinstance(value, str):
            if key.endswith("_at") or key == "as_of":
                return datetime.fromisoformat(value)
            if key in ("amount", "points_per_unit"):
                return Fraction(value)
            if key in ("id", "original", "member", "merged_into", "origin_lot"):
                return self._named(value)
        return value

    def _named(self, public: str) -> Any:
        if public.startswith("mbr_"):
            return "mbr", next((name for name, each in self.members.items() if each.id == public), public)
        if public.startswith(_ENTRY_PREFIXES):
            wallet_id, sequence = read_any_entry(_ENTRY_PREFIXES, public)
            return public.partition("_")[0], self._owners[wallet_id], sequence
        if public.startswith("lot_"):
            return "lot", str(read("lot", public))
        return public


def _type_rates(contract: Contract, point_type: str) -> TypeRates:
    terms = contract.of(point_type)
    return TypeRates(
        point_type=PointType(point_type),
        redemption_element=_decimal(terms.price - terms.fee),
        service_fee=_decimal(terms.fee),
        reimbursement_rate=_decimal(terms.paid),
        funded_at_issue=_decimal(terms.funded),
    )


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator
