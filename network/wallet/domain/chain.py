"""The hash chain of a wallet. Every entry's hash covers its own fields, its movements and the hash before it, so that
no row of a wallet's history can be edited, dropped, added or moved without every later hash telling.
"""

from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring

from network.wallet.domain.values import Across, Entry, Inactivity, Movement

GENESIS = bytes(32)
"""The hash before a wallet's first entry."""


def entry_hash(previous: bytes, entry: Entry) -> bytes:
    """SHA-256(previous hash || canonical form). 32 bytes."""
    return sha256(previous + canonical_form(entry).encode()).digest()


def canonical_form(entry: Entry) -> str:
    """What of an entry its hash covers, as text: a JSON array without white space.

    Its items: wallet, sequence, operation, points, partner, store, receipt, amount_minor, currency, basket,
    occurred_at, posted_at, refers_to, [available, pending, held, debt], and one array for each movement in line order.
    Identifiers are 32 hexadecimal digits, instants whole microseconds since 1970, absent values null. An entry that has
    to do with another wallet has one array more: [the counterpart's wallet, its sequence, the bearer]. A movement that
    makes a lot which expires by inactivity has one value more, [months, calendar, time zone]; one between wallets too:
    [the other lot, the root lot, issued_at].
    """
    slip, balance = entry.slip, entry.balance
    store = _NULL if slip.store_id is None else f'"{slip.store_id.int:032x}"'
    receipt = _NULL if slip.receipt is None else encode_basestring(slip.receipt)
    currency = _NULL if slip.currency is None else encode_basestring(slip.currency)
    amount_minor = _NULL if slip.amount_minor is None else slip.amount_minor
    basket = _NULL if slip.basket is None else f"[{','.join(map(str, slip.basket))}]"
    refers_to = _NULL if entry.refers_to is None else entry.refers_to
    side = "" if entry.counterpart is None and slip.bearer_id is None else _side(entry)
    return (
        f'["{entry.wallet_id.int:032x}",{entry.sequence},"{entry.operation}",{entry.points},'
        f'"{slip.partner_id.int:032x}",{store},{receipt},{amount_minor},{currency},{basket},'
        f"{microseconds(slip.occurred_at)},{microseconds(entry.posted_at)},{refers_to},"
        f"[{balance.available},{balance.pending},{balance.held},{balance.debt}],"
        f"[{','.join(map(_form, entry.movements))}]{side}]"
    )


def _side(entry: Entry) -> str:
    wallet_id, sequence = entry.counterpart or (None, None)
    bearer_id = entry.slip.bearer_id
    wallet = _NULL if wallet_id is None else f'"{wallet_id.int:032x}"'
    bearer = _NULL if bearer_id is None else f'"{bearer_id.int:032x}"'
    return f",[{wallet},{_NULL if sequence is None else sequence},{bearer}]"


def _form(movement: Movement) -> str:
    redeemer, contract = movement.redeemer_id, movement.redeemer_contract_id
    activates_at, expires_at = movement.activates_at, movement.expires_at
    return (
        f'[{movement.line},"{movement.lot_id.int:032x}","{movement.kind}",{movement.points},{movement.held},'
        f'{movement.debt},"{movement.issuer_id.int:032x}","{movement.issuer_contract_id.int:032x}",'
        f"""{_NULL if redeemer is None else f'"{redeemer.int:032x}"'},"""
        f"""{_NULL if contract is None else f'"{contract.int:032x}"'},{encode_basestring(movement.currency)},"""
        f"{_NULL if activates_at is None else microseconds(activates_at)},"
        f"{_NULL if expires_at is None else microseconds(expires_at)}{_rule(movement.inactivity)}"
        f"{_across(movement.across)}]"
    )


def _rule(inactivity: Inactivity | None) -> str:
    if inactivity is None:
        return ""
    calendar, zone = encode_basestring(inactivity.calendar.name), encode_basestring(inactivity.zone.key)
    return f",[{inactivity.months},{calendar},{zone}]"


def _across(across: Across | None) -> str:
    if across is None:
        return ""
    return f',["{across.other_lot_id.int:032x}","{across.root_lot_id.int:032x}",{microseconds(across.issued_at)}]'


@lru_cache(maxsize=1024)
def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC; exact, as PostgreSQL keeps them."""
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NULL = "null"
