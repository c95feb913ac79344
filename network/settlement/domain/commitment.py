"""From a cycle's lines to what is signed of them, in one pass. Memory grows with the partners, not with the lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from typing import Any
from uuid import UUID

from network.kernel.identifiers import show
from network.settlement.domain.folding import Clearing, Slice, SliceKey
from network.settlement.domain.merkle import Tree, leaf_hash
from network.settlement.domain.netting import Flow, Leg, Position, claims, net
from network.settlement.domain.proof import (
    ENTRY,
    ClearingLine,
    Rates,
    blind,
    canonical,
    head_salt,
    head_text,
    heads_text,
    line_text,
    partner_salt,
)

_EXACT = Context(prec=200, traps=[Inexact])
_SIGNS = {Clearing.ISSUE: 1, Clearing.UNISSUE: 1, Clearing.DRAW: -1, Clearing.UNDRAW: -1}
_LEGS = (Leg.ISSUE, Leg.REDEMPTION, Leg.DEFERRED)  # of clearing lines; what else a statement bills is not proven
_AS_REDEEMER = (Clearing.DRAW, Clearing.UNDRAW)


class LinesDoNotAddUp(ArithmeticError):
    """The lines of a cycle are not those that were folded when it was cut: nothing may be signed."""


@dataclass(frozen=True, slots=True)
class PartnerEntry:
    """What a cycle commits to for one partner: canonical text, its salt, and its place among the leaves."""

    partner_id: UUID
    index: int
    text: str
    salt: bytes
    lines: int
    path: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """The root of a cycle's tree over `leaves` leaves, and each partner's entry with its path in it."""

    root: bytes
    leaves: int
    heads_root: bytes
    heads: int
    entries: tuple[PartnerEntry, ...]


class _Party:
    """One partner's lines so far."""

    __slots__ = ("code", "issuer", "partner_id", "redeemer", "tree")

    def __init__(self, rates: Rates) -> None:
        self.partner_id = rates.partner_id
        self.code = rates.partner
        self.tree = Tree()
        self.issuer = dict.fromkeys(map(str, Clearing), 0)
        self.redeemer = dict.fromkeys(map(str, _AS_REDEEMER), 0)


class Commitment:
    """A cycle's commitment while its lines and then its chain heads are added, in the order of their proofs."""

    def __init__(self, cycle_id: UUID, currency: str, operator_id: UUID, secret: bytes) -> None:
        """`secret`: 32 random bytes of the cycle's own, from which all its salts come."""
        self._cycle = show("cyc", cycle_id)
        self._currency = currency
        self._operator_id = operator_id
        self._secret = secret
        self._parties: dict[UUID, _Party] = {}
        self._sums: dict[tuple[str, Rates, Rates | None], list[int]] = {}
        self._heads = Tree()

    def add(self, line: ClearingLine) -> None:
        """Add a line to the trees of its issuer and its redeemer: one leaf, the same in both."""
        hidden = blind(self._secret, line.wallet_id, line.sequence)
        leaf = leaf_hash(hidden.salt(line.line), line_text(self._cycle, hidden.ref, line).encode())
        issuer, redeemer = line.issuer, line.redeemer
        party = self._party(issuer)
        party.issuer[line.kind] += line.points
        party.tree.append(leaf)
        if redeemer is not None:
            other = self._party(redeemer)
            other.redeemer[line.kind] += line.points
            if other is not party:
                other.tree.append(leaf)
        sums = self._sums.setdefault((line.kind, issuer, redeemer), [0, 0])
        sums[0] += line.points
        sums[1] += 1

    def add_head(self, wallet_id: UUID, sequence: int, head: bytes) -> None:
        """Add the hash of a wallet's last entry that clears in the cycle."""
        text = head_text(self._cycle, wallet_id, sequence, head)
        self._heads.append(leaf_hash(head_salt(self._secret, wallet_id), text.encode()))

    def check(self, slices: Iterable[Slice]) -> None:
        """Raises LinesDoNotAddUp unless the lines are those that the cut has folded, in points and in number."""
        folded = {each.key: [each.points, each.movements] for each in slices}
        added = {
            SliceKey(Clearing(kind), issuer.contract_id, redeemer.contract_id if redeemer else None): sums
            for (kind, issuer, redeemer), sums in self._sums.items()
        }
        if folded != added:
            raise LinesDoNotAddUp(f"the lines of {self._cycle} are not those that were folded")

    def finish(self) -> Committed:
        """The root over the chain heads and every partner's entry, by code; and the entries with their paths."""
        tree, heads, heads_root = Tree(), self._heads.size, self._heads.root()
        tree.append(leaf_hash(b"", heads_text(self._cycle, heads, heads_root).encode()))
        parties = sorted(self._parties.values(), key=lambda party: party.code)
        told = [self._entry(number, party, told) for number, (party, told) in enumerate(self._told(parties), start=1)]
        paths = [tree.follow(leaf_hash(entry.salt, entry.text.encode())) for entry in told]
        leaves, root = tree.size, tree.root()
        entries = (
            PartnerEntry(entry.partner_id, entry.index, entry.text, entry.salt, entry.lines, tuple(path))
            for entry, path in zip(told, paths, strict=True)
        )
        return Committed(root, leaves, heads_root, heads, tuple(entries))

    def _party(self, rates: Rates) -> _Party:
        party = self._parties.get(rates.partner_id)
        if party is None:
            party = self._parties[rates.partner_id] = _Party(rates)
        return party

    def _told(self, parties: list[_Party]) -> Iterator[tuple[_Party, dict[str, Any]]]:
        """What each party's lines come to in money, exact by leg, and rounded as netting rounds."""
        flows = [_flow(key, points) for key, (points, _) in self._sums.items() if _clears(key)]
        netting = net(self._currency, self._operator_id, flows)
        exact, positions = _exact(flows), netting.positions
        for party in parties:
            owed, position = exact.get(party.partner_id, {}), positions.get(party.partner_id, Position())
            if party.partner_id == self._operator_id:
                continue
            yield (
                party,
                {
                    "exact": {leg.value: _plain(owed.get(leg, Decimal(0))) for leg in _LEGS},
                    "minor": {
                        "issue": position.issue_minor,
                        "redemption": position.redemption_minor,
                        "deferred": position.deferred_minor,
                    },
                    "net_minor": position.net_minor,
                },
            )

    def _entry(self, index: int, party: _Party, told: dict[str, Any]) -> PartnerEntry:
        lines = party.tree.size
        text = canonical(
            {
                "format": ENTRY,
                "cycle": self._cycle,
                "partner": show("par", party.partner_id),
                "code": party.code,
                "lines": lines,
                "root": party.tree.root().hex(),
                "issuer": party.issuer,
                "redeemer": party.redeemer,
                **told,
            }
        )
        return PartnerEntry(party.partner_id, index, text, partner_salt(self._secret, party.partner_id), lines)


def _clears(key: tuple[str, Rates, Rates | None]) -> bool:
    """Whether lines of this kind move money: points that expire don't, nor those of a block that was paid before."""
    kind, issuer, redeemer = key
    return kind in _SIGNS and not (redeemer is None and issuer.prepaid)


def _flow(key: tuple[str, Rates, Rates | None], points: int) -> Flow:
    kind, issuer, redeemer = key
    return Flow(
        issuer_id=issuer.partner_id,
        redeemer_id=None if redeemer is None else redeemer.partner_id,
        points=points * _SIGNS[Clearing(kind)],
        issuance_price=Decimal(issuer.issuance_price),
        funded_at_issue=Decimal(issuer.funded_at_issue),
        reimbursement_rate=Decimal(0) if redeemer is None else Decimal(redeemer.reimbursement_rate),
    )


def _exact(flows: Iterable[Flow]) -> dict[UUID, dict[Leg, Decimal]]:
    """What each partner owes for issue, is due for redemption, and owes deferred; in major units, not rounded."""
    sums: dict[UUID, dict[Leg, Decimal]] = {}
    with localcontext(_EXACT):
        for flow in flows:
            for leg, amount in claims(flow):
                owner = flow.redeemer_id if leg is Leg.REDEMPTION and flow.redeemer_id else flow.issuer_id
                own = sums.setdefault(owner, {})
                own[leg] = own.get(leg, Decimal(0)) + amount
    return sums


def _plain(amount: Decimal) -> str:
    """A decimal without exponent and without zeros at its end: the same amount is the same text."""
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
