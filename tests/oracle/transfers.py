"""Points and debts that go from one wallet to another, and come home; where they are, and whose they are now."""

from tests.oracle.ledger import Ledger
from tests.oracle.wallet import Debt, Entry, Lot, Move, Wallet

OPERATOR = "operator"
Part = tuple[Lot, int, Lot | None]
"""Points of a lot, and the lot that they come home to, if they do."""
Hop = tuple[Wallet, Lot | None]
"""Where points that came back go on to: a wallet, and the lot there that they come home to, if they do."""


def movable(lot: Lot) -> int:
    """What can go to another wallet: pending or active, but not held."""
    return lot.left - lot.held


def send(
    ledger: Ledger, source: Wallet, target: Wallet, parts: list[Part], *, follows: Entry | None = None
) -> list[Lot]:
    """A pair of entries, of nothing as well: each half names the other's wallet. The lots where the points are now."""
    arrived = []
    for lot, points, into in parts:
        until = source.lasts_until(lot)
        lot.left -= points
        source.move("transfer_out", lot, points=-points)
        if into is None:
            into = Lot(lot.contract, points, lot.issued_at, lot.activates_at, until, lot.idle)
            into.home, into.giver, into.made = lot, source.owner, _next_number(target)
            into.point_type = lot.point_type
            target.lots.append(into)
        elif into.expires_at and until:
            into.expires_at = max(into.expires_at, until)
        into.is_active = lot.is_active
        into.left += points
        target.move("transfer_in", into, points=points)
        arrived.append(into)
    total = sum(points for _, points, _ in parts)
    for operation, wallet, other in (("transfer_out", source, target), ("transfer_in", target, source)):
        refers_to = follows if wallet is source else None
        wallet.enter(operation, total, OPERATOR, ledger.now, refers_to=refers_to, other=other.owner)
        wallet.post(ledger.now)
    return arrived


def send_debt(ledger: Ledger, source: Wallet, target: Wallet, debt: Debt) -> Debt:
    """What is left of a debt is owed in the other wallet, to the same issuer; or again there where it came from."""
    points, home = debt.left, debt.home if debt.giver == target.owner else None
    debt.left = 0
    source.move("debt_out", debt.lot, debt=-points, redeemer=debt.contract)
    source.enter("transfer_out", points, OPERATOR, ledger.now, refers_to=debt.entry, other=target.owner)
    target.move("debt_in", debt.lot, debt=points, redeemer=debt.contract)
    owed = home
    if owed is None:
        owed = Debt(debt.entry, debt.contract, points, 0, debt.lot, debt, source.owner)
        target.debts.append(owed)
    owed.left += points
    came_to = home.entry if home else None
    entry = target.enter("transfer_in", points, OPERATOR, ledger.now, refers_to=came_to, other=source.owner)
    if home is None:
        owed.entry = entry
    for wallet in (source, target):
        wallet.post(ledger.now)
    return owed


def pieces_of(ledger: Ledger, lot: Lot) -> list[tuple[Wallet, Lot]]:
    """What was made of a lot's points elsewhere: by the age of wallets, in each the latest first."""
    found = [(wallet, each) for wallet in ledger.wallets.values() for each in wallet.lots if each.home is lot]
    return sorted(found, key=lambda piece: (piece[0].number, -piece[1].made, piece[1].lot_id))


def all_pieces_of(ledger: Ledger, lot: Lot) -> list[tuple[Wallet, Lot]]:
    """And what was made of those again."""
    found = []
    for wallet, piece in pieces_of(ledger, lot):
        found += [(wallet, piece), *all_pieces_of(ledger, piece)]
    return found


def recall(ledger: Ledger, wallet: Wallet, lot: Lot, points: int) -> None:
    """Bring up to so many points of a wallet's lot home from wherever they are."""
    for away, piece in pieces_of(ledger, lot):
        if points > movable(piece):
            recall(ledger, away, piece, points - movable(piece))
        given = min(points, movable(piece))
        if given > 0:
            send(ledger, away, wallet, [(piece, given, lot)])
            points -= given


def way_on(ledger: Ledger, wallet: Wallet, lot: Lot) -> list[Hop]:
    """Where points that come back into a lot have to go on to: home, if what they were moved for is over, and to whom
    that one was merged into. Mostly nowhere.
    """
    hops: list[Hop] = []
    while lot.home is not None and not _is_bound(ledger, wallet, lot):
        wallet, lot = ledger.wallets[str(lot.giver)], lot.home
        hops.append((wallet, lot))
    return hops + [(heir, None) for heir in heirs_of(ledger, wallet)]


def heirs_of(ledger: Ledger, wallet: Wallet) -> list[Wallet]:
    """The wallet of the member that this one's was merged into, of the one that that one was merged into, and so on."""
    member = ledger.members.get(wallet.owner)
    if member is None or member.merged_into is None:
        return []
    heir = member.merged_into.wallet
    return [heir, *heirs_of(ledger, heir)]


def go_on(ledger: Ledger, wallet: Wallet, drawn: list[Lot], came_back: tuple[Move, ...]) -> None:
    """What came back into a wallet goes on to whom it belongs now, unless it has expired at once."""
    ways = {id(lot): way_on(ledger, wallet, lot) for lot in drawn}
    for move in came_back:
        source, lot, points = wallet, move.lot, move.points
        for target, into in ways[id(lot)]:
            points = min(points, movable(lot))
            if not points:
                break
            (lot,) = send(ledger, source, target, [(lot, points, into)])
            source = target
    write_down(ledger, [target for way in ways.values() for target, _ in way])


def write_down(ledger: Ledger, wallets: list[Wallet]) -> None:
    """What was due in wallets that were looked at together is written down in all of them."""
    for wallet in wallets:
        if wallet.is_due:
            wallet.post(ledger.now)


def _is_bound(ledger: Ledger, wallet: Wallet, lot: Lot) -> bool:
    """Whether what a lot was moved for still holds: its giver shares the pool, or is merged into its keeper."""
    for home in ledger.homes:
        if home.wallet is wallet:
            return lot.giver in home.spends_from
    into = ledger.members[str(lot.giver)].merged_into
    return into is not None and into.wallet is wallet


def _next_number(wallet: Wallet) -> int:
    """Of the next entry: what was due goes before it."""
    return len(wallet.entries) + len(wallet.extensions) + len(wallet.waiting) + 1
