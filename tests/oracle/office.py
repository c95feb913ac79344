"""What the operator's people do: adjustments, with a second person above a limit; new terms; suspensions."""

from dataclasses import dataclass, field

from tests.oracle.ledger import Ledger, Member, refuse
from tests.oracle.terms import Contract, expiry_of
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
    decision: str = "proposed"
    decided_by: str | None = None
    entry: Entry | None = None


@dataclass
class Office:
    """The people, and what waits for a second one of them."""

    ledger: Ledger
    limits: dict[str, int] = field(default_factory=dict)
    adjustments: list[Adjustment] = field(default_factory=list)

    def propose(self, member: Member, issuer: str, currency: str, points: int, reason: str, person: str) -> Adjustment:
        """Post what is within the person's limit; keep the rest for a second person."""
        if not points:
            refuse(422, "nothing_to_adjust", "#/points")
        if reason not in REASONS:
            refuse(422, "unknown_reason", "#/reason")
        self._contract(issuer, currency)
        wanted = Adjustment(member, issuer, currency, points, person)
        if abs(points) <= self.limits.get(person.casefold(), DEFAULT_LIMIT):
            self._post(wanted)
        self.adjustments.append(wanted)
        return wanted

    def approve(self, wanted: Adjustment, person: str) -> None:
        """A second person lets it happen."""
        self._check_second(wanted, person)
        self._post(wanted)
        wanted.decided_by = person

    def reject(self, wanted: Adjustment, person: str) -> None:
        """A second person does not."""
        self._check_second(wanted, person)
        wanted.decision, wanted.decided_by = "rejected", person

    def _check_second(self, wanted: Adjustment, person: str) -> None:
        if wanted.decision != "proposed":
            refuse(409, "already_decided")
        if wanted.person.casefold() == person.casefold():
            refuse(403, "same_person")

    def _post(self, wanted: Adjustment) -> None:
        now, wallet = self.ledger.now, wanted.member.wallet
        contract = self._contract(wanted.issuer, wanted.currency)
        if wanted.points > 0:
            expires_at = expiry_of(now, contract, self.ledger.zone)
            wallet.issue(Lot(contract, wanted.points, now, now, expires_at), now)
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
