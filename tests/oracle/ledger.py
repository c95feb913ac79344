"""The network as a whole: its clock, its partners and members, and the answers that it has given."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from tests.oracle.expiry import Decision, Life, life_of, policies_for
from tests.oracle.terms import Contract, Partner, Rule
from tests.oracle.wallet import Entry, Wallet

ENROLMENT, CARD, PHONE = "enrolment", "card", "phone"
_STRENGTH = [PHONE, CARD, ENROLMENT]
_KEPT_REFUSALS = (402, 409)  # they depend on what is there, which may be something else the next time

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
    """A person, who knows it how, its points, and the place whose law they are under."""

    name: str
    wallet: Wallet
    has_phone: bool = False
    place: str | None = None
    known_by: dict[str, str] = field(default_factory=dict)
    merged_into: "Member | None" = None

    def __repr__(self) -> str:
        return self.name

    @property
    def present(self) -> "Member":
        """Who is meant now: the one that this was merged into, and so on."""
        return self.merged_into.present if self.merged_into else self

    def show(self, partner: str, how: str) -> None:
        """A partner comes to know the member, or to know it better."""
        if is_better(how, self.known_by.get(partner)):
            self.known_by[partner] = how

    def shows_balance_to(self, partner: str) -> bool:
        return self.present.known_by.get(partner) in (ENROLMENT, CARD)


def is_better(how: str, known_by: str | None) -> bool:
    """Whether a partner knows a member better by this."""
    return known_by is None or _STRENGTH.index(known_by) < _STRENGTH.index(how)


@dataclass(frozen=True)
class HomeRules:
    """What holds for all households; caps are points of one member in one month."""

    delay_days: int = 7
    most_members: int = 6
    cooling_off_days: int = 30
    spend_cap: int = 5_000
    contribute_cap: int = 5_000


@dataclass(frozen=True)
class Caps:
    """Of one member, where they are lower than those of all."""

    spend: int | None = None
    contribute: int | None = None


@dataclass(eq=False)
class Home:
    """A household: its pool, since when each of its members may spend, who heads it, and what is set for some alone.

    `invited`: as the so manieth; `joined`: when, and as the so manieth that was invited. `shares`: percents of
    what is earned from an instant on.
    """

    wallet: Wallet
    spends_from: dict[str, datetime]
    head: str
    invited: dict[str, int] = field(default_factory=dict)
    joined: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    invitations: int = 0
    caps: dict[str, Caps] = field(default_factory=dict)
    shares: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.wallet.owner


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
    decisions: list[Decision] = field(default_factory=list)
    homes: list[Home] = field(default_factory=list)
    home_rules: HomeRules = HomeRules()
    left_home_at: dict[str, datetime] = field(default_factory=dict)
    looked_at: dict[str, int] = field(default_factory=dict)  # how many entries of a wallet, for shares

    @property
    def wallets(self) -> dict[str, Wallet]:
        """Of members and of households."""
        pools = {home.name: home.wallet for home in self.homes}
        return {name: member.wallet for name, member in self.members.items()} | pools

    @property
    def entries(self) -> list[Entry]:
        """All that was ever posted."""
        return [entry for wallet in self.wallets.values() for entry in wallet.entries]

    def keeper(self, entry: Entry) -> Member:
        """Whose entry it is; for one in a pool the same member, with the pool for its wallet."""
        if entry.bearer is None:
            return self.members[entry.owner]
        bearer = self.members[entry.bearer]
        return replace(bearer, wallet=self.wallets[entry.owner])

    def told(self, entry: Entry) -> Member:
        """Who is meant by the member of an entry now, as `keeper`."""
        present = self.members[entry.bearer or entry.owner].present
        return present if entry.bearer is None else replace(present, wallet=self.wallets[entry.owner])

    def advance(self, now: datetime) -> None:
        """It is later now, for everybody."""
        assert now >= self.now
        self.now = now
        for wallet in self.wallets.values():
            wallet.pass_time(now)

    def sweep(self) -> int:
        """Write down all that was due; in how many wallets something was."""
        due = [wallet for wallet in self.wallets.values() if wallet.is_due]
        for wallet in due:
            wallet.post(self.now)
        return len(due)

    def enrol(self, partner: str, name: str, *, has_phone: bool = False, place: str | None = None) -> Member:
        """A new member, known to this partner."""
        member = self.members[name] = Member(name, self.open_wallet(name), has_phone, place)
        member.show(partner, ENROLMENT)
        return member

    def open_wallet(self, name: str) -> Wallet:
        """An empty one."""
        return Wallet(name, len(self.wallets))

    def look_up(self, partner: str, name: str, how: str) -> Reply:
        """A member shows its card, or tells its phone number."""
        member = self.members[name]
        if how == PHONE and not member.has_phone:
            return Reply(404, {"code": "member_not_found", "pointer": None})
        member = member.present
        member.show(partner, how)
        return Reply(200, {"id": ("mbr", member.name), "identified_by": member.known_by[partner]})

    def ask(self, partner: str, key: str, request: Any, do: Callable[[], dict[str, Any]]) -> Reply:
        """Do what is asked once; the same key answers the same. Refusals for what is not there are kept as well."""
        if (partner, key) in self.answers:
            earlier, reply = self.answers[partner, key]
            if earlier != request:
                return Reply(422, {"code": "idempotency_key_reused", "pointer": "#/Idempotency-Key"})
            return Reply(reply.status, reply.body, replayed=True)
        try:
            reply = Reply(201, do())
        except Refusal as refusal:
            reply = refusal.reply
        if reply.status in (201, *_KEPT_REFUSALS):
            self.answers[partner, key] = request, reply
        return reply

    def life_of_points(self, contract: Contract, member: Member, at: datetime) -> Life:
        """How long points live that a member earns then."""
        return life_of(*policies_for(self.decisions, contract, member.place, at, self.zone), at)

    def terms(
        self,
        till: str,
        currency: str,
        occurred_at: datetime | None = None,
        store: str | None = None,
        member: Member | None = None,
    ) -> Terms:
        """What every request of a till has to pass; one that names a member by its id, also that."""
        partner = self.partners[till]
        if partner.status == "left":
            refuse(403, "partner_inactive")
        if member is not None and member.merged_into is not None:
            if till not in member.known_by:
                refuse(404, "member_not_found", "#/member")
            refuse(409, "member_merged", "#/member", merged_into=("mbr", member.present.name))
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
