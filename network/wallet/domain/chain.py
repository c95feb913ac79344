"""The hash chain of a wallet. Every entry's hash covers its own fields, its movements and the hash before it, so that
no row of a wallet's history can be edited, dropped, added or moved without every later hash telling.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from network.wallet.domain.values import Entry, Movement

GENESIS = bytes(32)
"""The hash before a wallet's first entry."""


def entry_hash(previous: bytes, entry: Entry) -> bytes:
    """SHA-256(previous hash || canonical form). 32 bytes.

    The canonical form is a JSON array without white space: wallet, sequence, operation, points, partner, store,
    receipt, amount_minor, currency, basket, occurred_at, posted_at, refers_to, [available, pending, held, debt], and
    one array for each movement in line order. Identifiers are 32 hexadecimal digits, instants whole microseconds
    since 1970, absent values null. An entry that has to do with another wallet has one array more: [the counterpart's
    wallet, its sequence, the bearer]; its movements between wallets have [the other lot, the root lot, issued_at].
    """
    slip, balance = entry.slip, entry.balance
    form: list[Any] = [
        entry.wallet_id.hex,
        entry.sequence,
        entry.operation,
        entry.points,
        slip.partner_id.hex,
        _hex(slip.store_id),
        slip.receipt,
        slip.amount_minor,
        slip.currency,
        slip.basket,
        microseconds(slip.occurred_at),
        microseconds(entry.posted_at),
        entry.refers_to,
        [balance.available, balance.pending, balance.held, balance.debt],
        [_form(movement) for movement in entry.movements],
    ]
    if entry.counterpart is not None or slip.bearer_id is not None:
        other_wallet_id, other_sequence = entry.counterpart or (None, None)
        form.append([_hex(other_wallet_id), other_sequence, _hex(slip.bearer_id)])
    return sha256(previous + json.dumps(form, separators=(",", ":"), ensure_ascii=False).encode()).digest()


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC; exact, as PostgreSQL keeps them."""
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _form(movement: Movement) -> list[Any]:
    form: list[Any] = [
        movement.line,
        movement.lot_id.hex,
        movement.kind,
        movement.points,
        movement.held,
        movement.debt,
        movement.issuer_id.hex,
        movement.issuer_contract_id.hex,
        _hex(movement.redeemer_id),
        _hex(movement.redeemer_contract_id),
        movement.currency,
        None if movement.activates_at is None else microseconds(movement.activates_at),
        None if movement.expires_at is None else microseconds(movement.expires_at),
    ]
    if movement.across is not None:
        across = movement.across
        form.append([across.other_lot_id.hex, across.root_lot_id.hex, microseconds(across.issued_at)])
    return form


def _hex(identifier: UUID | None) -> str | None:
    return None if identifier is None else identifier.hex
