"""Households: who shares a pool, by which rules, what goes in, who spends it, and what comes home."""

from datetime import timedelta

from tests.oracle.days import day_of, first_instant
from tests.oracle.ledger import Caps, Home, Ledger, Member, refuse
from tests.oracle.transfers import Part, movable, send
from tests.oracle.wallet import Entry, Wallet


def home_of(ledger: Ledger, member: Member) -> Home | None:
    """The household that a member is in."""
    return next((home for home in ledger.homes if member.name in home.spends_from), None)


def found(ledger: Ledger, member: Member) -> Home:
    """A household with an empty pool; its founder may spend at once."""
    _check_active(member)
    _check_free(ledger, member)
    pool = ledger.open_wallet(f"home{len(ledger.homes)}")
    ledger.homes.append(Home(pool, {member.name: ledger.now}, member.name, joined={member.name: (ledger.now, 0)}))
    return ledger.homes[-1]


def invite(ledger: Ledger, home: Home, member: Member) -> None:
    """Ask a member in."""
    _check_active(member)
    if member.name in home.spends_from or member.name in home.invited:
        refuse(409, "already_invited")
    _check_room(ledger, home)
    home.invitations += 1
    home.invited[member.name] = home.invitations


def join(ledger: Ledger, home: Home, member: Member) -> None:
    """The member consents; it may spend after a while."""
    if member.name not in home.invited:
        refuse(402, "not_invited")
    _check_active(member)
    _check_free(ledger, member)
    _check_room(ledger, home)
    home.joined[member.name] = ledger.now, home.invited.pop(member.name)
    home.spends_from[member.name] = ledger.now + timedelta(days=ledger.home_rules.delay_days)


def contribute(ledger: Ledger, member: Member, points: int) -> None:
    """Spendable points go into the pool, first those that expire first, whatever they clear in."""
    home, wallet = _home(ledger, member), member.wallet
    room = _left_to_contribute(ledger, home, member)
    if points > room:
        refuse(402, "contribution_cap_reached", "#/points", contributable=room)
    free = sum(lot.free for lot in wallet.lots)
    if points > free:
        refuse(402, "insufficient_points", "#/points", available=free)
    parts: list[Part] = []
    for lot in wallet.draw_order:
        part = min(points, lot.free)
        points -= part
        if part:
            parts.append((lot, part, None))
    send(ledger, wallet, home.wallet, parts)


def leave(ledger: Ledger, member: Member) -> int:
    """What is left of a member's points comes home; how many."""
    home = _home(ledger, member)
    own = [lot for lot in home.wallet.draw_order if lot.left and lot.giver == member.name]
    for hold in home.wallet.holds:
        if hold.is_open and (hold.entry.bearer == member.name or any(lot in own for lot, _ in hold.parts)):
            refuse(409, "pool_holds_open")
    del home.spends_from[member.name]
    home.caps.pop(member.name, None)
    home.shares.pop(member.name, None)
    if home.head == member.name:
        home.head = min(home.spends_from, key=lambda name: home.joined[name], default=member.name)
    ledger.left_home_at[member.name] = ledger.now
    parts: list[Part] = [(lot, lot.left - lot.held, lot.home) for lot in own if lot.left > lot.held]
    send(ledger, home.wallet, member.wallet, parts)
    return sum(points for _, points, _ in parts)


def set_caps(ledger: Ledger, member: Member, caps: Caps) -> None:
    """What a member may put in or take in a month, if that is less than what all may."""
    _home(ledger, member).caps[member.name] = caps


def set_share(ledger: Ledger, member: Member, percent: int) -> None:
    """So much of everything that the member earns from now on is to go into the pool."""
    _home(ledger, member).shares[member.name] = percent, ledger.now


def move_shares(ledger: Ledger) -> None:
    """Of what was earned since the last time: each share from its own lot, pending or not, as far as the cap allows."""
    for member in ledger.members.values():
        new = member.wallet.entries[ledger.looked_at.get(member.name, 0) :]
        ledger.looked_at[member.name] = len(member.wallet.entries)
        home = home_of(ledger, member)
        percent, since = home.shares.get(member.name, (0, ledger.now)) if home else (0, ledger.now)
        for entry in [each for each in new if each.operation == "earn" and each.moves and each.posted_at >= since]:
            lot = entry.moves[0].lot
            share = lot.issued * percent // 100
            if home and (points := min(share, movable(lot), _left_to_contribute(ledger, home, member))):
                send(ledger, member.wallet, home.wallet, [(lot, points, None)], follows=entry)


def pass_headship(home: Home, member: Member) -> None:
    """Another one of its members heads it."""
    if not home.spends_from:
        refuse(404, "household_not_found")
    if member.name not in home.spends_from:
        refuse(403, "not_a_member")
    home.head = member.name


def pool_for(ledger: Ledger, member: Member, points: int) -> Wallet:
    """The pool, if the member may take so many points from it now."""
    home = home_of(ledger, member)
    if home is None:
        refuse(402, "not_in_household", "#/source")
    starts = home.spends_from[member.name]
    if ledger.now < starts:
        refuse(402, "pool_delay", "#/source", spendable_from=starts.isoformat().replace("+00:00", "Z"))
    left = left_to_spend(ledger, home, member)
    if points > left:
        refuse(402, "pool_cap_reached", "#/points", spendable=left)
    return home.wallet


def left_to_spend(ledger: Ledger, home: Home, member: Member) -> int:
    """How much more the member may take this month. What is on hold for it counts, what was returned does not."""
    if ledger.now < home.spends_from[member.name]:
        return 0
    spent = sum(hold.entry.points for hold in home.wallet.holds if hold.is_open and hold.entry.bearer == member.name)
    for entry in home.wallet.entries:
        is_burn = entry.bearer == member.name and entry.operation in ("redemption", "capture")
        if is_burn and _is_of_this_month(ledger, entry):
            spent += entry.points - sum(each.points for each in home.wallet.entries if each.refers_to is entry)
    return max(0, _lower(ledger.home_rules.spend_cap, _caps(home, member).spend) - spent)


def _home(ledger: Ledger, member: Member) -> Home:
    home = home_of(ledger, member)
    if home is None:
        refuse(402, "not_in_household")
    return home


def _left_to_contribute(ledger: Ledger, home: Home, member: Member) -> int:
    cap, entries = _lower(ledger.home_rules.contribute_cap, _caps(home, member).contribute), member.wallet.entries
    given = [entry for entry in entries if (entry.operation, entry.other) == ("transfer_out", home.name)]
    return max(0, cap - sum(entry.points for entry in given if _is_of_this_month(ledger, entry)))


def _caps(home: Home, member: Member) -> Caps:
    return home.caps.get(member.name, Caps())


def _lower(of_all: int, own: int | None) -> int:
    return of_all if own is None else min(of_all, own)


def _check_active(member: Member) -> None:
    if member.merged_into is not None:
        refuse(409, "member_merged", merged_into=("mbr", member.merged_into.name))


def _check_free(ledger: Ledger, member: Member) -> None:
    if home_of(ledger, member) is not None:
        refuse(409, "already_in_household")
    left_at = ledger.left_home_at.get(member.name)
    if left_at is not None:
        until = left_at + timedelta(days=ledger.home_rules.cooling_off_days)
        if ledger.now < until:
            refuse(402, "household_cooling_off", until=until.isoformat())


def _check_room(ledger: Ledger, home: Home) -> None:
    if len(home.spends_from) >= ledger.home_rules.most_members:
        refuse(402, "household_full")


def _is_of_this_month(ledger: Ledger, entry: Entry) -> bool:
    return entry.posted_at >= first_instant(day_of(ledger.now, ledger.zone).replace(day=1), ledger.zone)
