"""What the operator's people do: adjustments, with a second person above a limit; new terms; suspensions."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.oracle.expiry import policies_for
from tests.oracle.ledger import Ledger, Member, refuse
from tests.oracle.terms import Contract
from tests.oracle.wallet import Entry, Lot

DEFAULT_LIMIT = 1_000
REASONS = {"goodwill", "missing_points", "correction", "fraud"}


@dataclass(eq=False)
class Adjustment:
    """Points that somebody wants to give, or to take."""

    member: Member
    issuer: str
    currency: str
    points: int
    person: str
    point_type: str = "base"
    decision: str = "proposed"
    decided_by: str | None = None
    entry: Entry | None = None


@dataclass(eq=False)
class Extension:
    """A member's points that expire after one instant and by another, and are to expire later."""

    member: Member
    issuer: str | None
    after: datetime
    by: datetime
    to: datetime
    person: str
    decision: str = "proposed"
    decided_by: str | None = None
    entries: tuple[Entry, ...] = ()


@dataclass
class Office:
    """The people, and what waits for a second one of them."""

    ledger: Ledger
    limits: dict[str, int] = field(default_factory=dict)
    notices: dict[tuple[str, datetime, int], int] = field(default_factory=dict)

    def propose(self, member: Member, issuer: str, currency: str, points: int, reason: str, person: str) -> Adjustment:
        """Post what is within the person's limit; keep the rest for a second person."""
        if not points:
            refuse(422, "nothing_to_adjust", "#/points")
        if reason not in REASONS:
            refuse(422, "unknown_reason", "#/reason")
        _check_active(member)
        self._contract(issuer, currency)
        given = "goodwill" if reason == "goodwill" else "base"
        wanted = Adjustment(member, issuer, currency, points, person, given)
        if abs(points) <= self._limit(person):
            self._post(wanted)
        return wanted

    def propose_extension(
        self, member: Member, issuer: str | None, after: datetime, by: datetime, to: datetime, person: str
    ) -> Extension:
        """Extend what is within the person's limit; keep the rest for a second person."""
        wanted = Extension(member, issuer, after, by, to, person)
        lots = _concerned(wanted)
        if not lots:
            refuse(402, "nothing_to_extend")
        if sum(lot.left for lot in lots) <= self._limit(person):
            self._extend(wanted)
        return wanted

    def approve(self, wanted: Adjustment | Extension, person: str) -> None:
        """A second person lets it happen."""
        self._check_second(wanted, person)
        self._post(wanted) if isinstance(wanted, Adjustment) else self._extend(wanted)
        wanted.decided_by = person

    def reject(self, wanted: Adjustment | Extension, person: str) -> None:
        """A second person does not."""
        self._check_second(wanted, person)
        wanted.decision, wanted.decided_by = "rejected", person

    def give_notices(self) -> int:
        """Tell members of points that expire so many days from now, if the points were there that long ago; of each
        lot only the latest notice, and each notice once. How many are new. What is told is what stands written.
        """
        found: dict[tuple[str, datetime, int], int] = defaultdict(int)
        for member in self.ledger.members.values():
            written = member.wallet.written
            for lot in written.lots:
                until = written.lasts_until(lot)
                if until and lot.left > lot.held and until > self.ledger.now:
                    days = self._days_ahead(member, lot, until)
                    if days is not None:
                        found[member.name, until, days] += lot.left - lot.held
        new = {key: points for key, points in found.items() if key not in self.notices}
        self.notices |= new
        return len(new)

    def _days_ahead(self, member: Member, lot: Lot, until: datetime) -> int | None:
        ledger = self.ledger
        policy, _ = policies_for(ledger.decisions, lot.contract, member.place, ledger.now, ledger.zone)
        days = min((days for days in policy.notice_days if until - timedelta(days=days) <= ledger.now), default=None)
        return None if days is None or until - timedelta(days=days) < lot.issued_at else days

    def _limit(self, person: str) -> int:
        return self.limits.get(person.casefold(), DEFAULT_LIMIT)

    def _extend(self, wanted: Extension) -> None:
        wallet, lots = wanted.member.wallet, _concerned(wanted)
        if not lots:
            refuse(402, "nothing_to_extend")
        entries = []
        for issuer in dict.fromkeys(lot.issuer for lot in lots):
            own = [lot for lot in lots if lot.issuer == issuer]
            for lot in own:
                lot.expires_at = wanted.to
                wallet.move("extend", lot)
            entries.append(wallet.enter("extension", sum(lot.left for lot in own), issuer, self.ledger.now))
        wallet.post(self.ledger.now)
        wanted.decision, wanted.entries = "posted", tuple(entries)

    def _check_second(self, wanted: Adjustment | Extension, person: str) -> None:
        if wanted.decision != "proposed":
            refuse(409, "already_decided")
        if wanted.person.casefold() == person.casefold():
            refuse(403, "same_person")

    def _post(self, wanted: Adjustment) -> None:
        now, wallet = self.ledger.now, wanted.member.wallet
        contract = self._contract(wanted.issuer, wanted.currency)
        _check_active(wanted.member)
        if wanted.points > 0:
            life = self.ledger.life_of_points(contract, wanted.member, now)
            lot = Lot(contract, wanted.points, now, now, life.timer(now), life.idle, point_type=wanted.point_type)
            wallet.issue(lot, now)
        else:
            own = [lot for lot in wallet.draw_order if (lot.issuer, lot.currency) == (wanted.issuer, wanted.currency)]
            there, left = sum(lot.free for lot in own), -wanted.points
            if left > there:
                refuse(402, "not_enough_of_issuer", "#/points", available=there)
            for lot in reversed(own):
                taken = min(lot.free, left)
                left -= taken
                if taken:
                    lot.left -= taken
                    wallet.move("unissue", lot, points=-taken)
        wanted.entry = wallet.enter("adjustment", abs(wanted.points), wanted.issuer, now, currency=wanted.currency)
        wallet.post(now)
        wanted.decision = "posted"

    def _contract(self, issuer: str, currency: str) -> Contract:
        contract = self.ledger.partners[issuer].contract_at(currency, self.ledger.now)
        if contract is None:
            refuse(422, "no_contract")
        return contract


def _check_active(member: Member) -> None:
    if member.merged_into is not None:
        refuse(409, "member_merged", merged_into=("mbr", member.present.name))


def _concerned(wanted: Extension) -> list[Lot]:
    """Lots whose points expire in the window, by the dates that the member sees."""
    wallet = wanted.member.wallet
    return [
        lot
        for lot in wallet.draw_order
        if lot.left
        and wanted.issuer in (None, lot.issuer)
        and (until := wallet.lasts_until(lot))
        and wanted.after < until <= wanted.by
    ]
