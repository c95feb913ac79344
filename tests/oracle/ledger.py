"""The network as a whole: its clock, its partners and members, and the answers that it has given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from tests.oracle.terms import Contract, Partner, Rule
from tests.oracle.wallet import Wallet

ENROLMENT, CARD, PHONE = "enrolment", "card", "phone"
_STRENGTH = [PHONE, CARD, ENROLMENT]
_KEPT_REFUSAL = 402

AHEAD = timedelta(minutes=5)
OLDEST_PURCHASE = timedelta(days=400)
OLDEST_BURN = timedelta(days=35)


@dataclass(frozen=True)
class Reply:
    """What comes back: an HTTP status, and what the body must say. `replayed`: it was given before."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


class Refusal(Exception):
    """An answer other than yes. `pointer`: the field that is to blame."""

    def __init__(self, status: int, code: str, pointer: str | None = None, **extra: Any) -> None:
        super().__init__(code)
        self.reply = Reply(status, {"code": code, "pointer": pointer, **extra})


def refuse(status: int, code: str, pointer: str | None = None, **extra: Any) -> NoReturn:
    """Say no."""
    raise Refusal(status, code, pointer, **extra)


@dataclass(eq=False)
class Member:
    """A person, who knows it how, and its points."""

    name: str
    wallet: Wallet
    has_phone: bool = False
    known_by: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return self.name

    def show(self, partner: str, how: str) -> None:
        """A partner comes to know the member, or to know it better."""
        known = self.known_by.get(partner)
        if known is None or _STRENGTH.index(known) < _STRENGTH.index(how):
            self.known_by[partner] = how

    def shows_balance_to(self, partner: str) -> bool:
        return self.known_by.get(partner) in (ENROLMENT, CARD)


@dataclass(frozen=True)
class Terms:
    """Under what a till acts: its contract and its rule, as of the instant it speaks of."""

    contract: Contract
    rule: Rule


@dataclass
class Ledger:
    """Everything."""

    now: datetime
    zone: ZoneInfo
    partners: dict[str, Partner] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[Any, Reply]] = field(default_factory=dict)

    def advance(self, now: datetime) -> None:
        """It is later now, for everybody."""
        assert now >= self.now
        self.now = now
        for member in self.members.values():
            member.wallet.pass_time(now)

    def sweep(self) -> int:
        """Write down all that was due; in how many wallets something was."""
        due = [member.wallet for member in self.members.values() if member.wallet.waiting]
        for wallet in due:
            wallet.post(self.now)
        return len(due)

    def enrol(self, partner: str, name: str, *, has_phone: bool = False) -> Member:
        """A new member, known to this partner."""
        member = self.members[name] = Member(name, Wallet(name), has_phone)
        member.show(partner, ENROLMENT)
        return member

    def look_up(self, partner: str, name: str, how: str) -> Reply:
        """A member shows its card, or tells its phone number."""
        member = self.members[name]
        if how == PHONE and not member.has_phone:
            return Reply(404, {"code": "member_not_found", "pointer": None})
        member.show(partner, how)
        return Reply(200, {"id": ("mbr", name), "identified_by": member.known_by[partner]})

    def ask(self, partner: str, key: str, request: Any, do: Callable[[], dict[str, Any]]) -> Reply:
        """Do what is asked once; the same key answers the same. A refusal for want of points is kept as well."""
        if (partner, key) in self.answers:
            earlier, reply = self.answers[partner, key]
            if earlier != request:
                return Reply(422, {"code": "idempotency_key_reused", "pointer": "#/Idempotency-Key"})
            return Reply(reply.status, reply.body, replayed=True)
        try:
            reply = Reply(201, do())
        except Refusal as refusal:
            reply = refusal.reply
        if reply.status in (201, _KEPT_REFUSAL):
            self.answers[partner, key] = request, reply
        return reply

    def terms(self, till: str, currency: str, occurred_at: datetime | None = None, store: str | None = None) -> Terms:
        """What every request of a till has to pass."""
        partner = self.partners[till]
        if partner.status == "left":
            refuse(403, "partner_inactive")
        if store is not None and store not in partner.stores:
            refuse(422, "unknown_store", "#/store")
        at = occurred_at or self.now
        if at > self.now + AHEAD:
            refuse(422, "purchase_in_future", "#/occurred_at")
        if at < self.now - OLDEST_PURCHASE:
            refuse(422, "purchase_too_old", "#/occurred_at")
        contract = partner.contract_at(currency, at)
        if contract is None:
            if any(each.currency == currency for each in partner.contracts):
                refuse(422, "no_contract", "#/occurred_at")
            refuse(422, "wrong_currency", "#/currency")
        return Terms(contract, partner.rule_at(currency, at))
