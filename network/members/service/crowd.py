"""Many members at once: a file of purchases names thousands. Cards in it count as presented."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg

from network.infrastructure.binary import Digests, Uuids
from network.infrastructure.network_clock import network_now
from network.members.domain import KnownBy
from network.members.errors import BadCardNumber
from network.members.vault import DataKey, Vault, card_hash

_BY_ID = """
SELECT uuid_send(m.member_id), uuid_send(m.wallet_id), p.known_by, m.jurisdiction IS NOT NULL
FROM member m
LEFT JOIN partner_member p ON p.partner_id = %(partner)b AND p.member_id = m.member_id
    AND p.member_id = ANY(%(members)b)  -- once more: a join alone would be made by reading all members
WHERE m.member_id = ANY(%(members)b) AND m.status = 'active'
"""
_BY_CARD = """
SELECT uuid_send(m.member_id), uuid_send(m.wallet_id), p.known_by, m.jurisdiction IS NOT NULL, k.key_hash
FROM unnest(%b) AS shown (key_hash)
JOIN member_key k ON k.kind = 'card' AND k.key_hash = shown.key_hash
JOIN member m ON m.member_id = k.member_id AND m.status = 'active'
LEFT JOIN partner_member p ON p.partner_id = %b AND p.member_id = m.member_id
"""
_ACQUAINT = """
INSERT INTO partner_member (partner_id, member_id, known_by, since)
SELECT %s, member_id, 'card', %s FROM unnest(%s) AS shown (member_id) ORDER BY member_id
ON CONFLICT (partner_id, member_id) DO UPDATE SET known_by = 'card' WHERE partner_member.known_by = ANY(%s)
"""


class Face(NamedTuple):
    """A member in a crowd, and its wallet: the 16 bytes of their ids. `known_by`: how the partner knows it, or None.

    `has_law`: its points are under the law of a place of its own.
    """

    member: bytes
    wallet: bytes
    known_by: str | None
    has_law: bool


class Crowd(NamedTuple):
    """Active members by id, and by card number as it was written. Who is not there is in neither."""

    by_id: dict[bytes, Face]
    by_card: dict[str, Face]


def find_crowd(
    connection: psycopg.Connection, partner_id: UUID, members: Iterable[bytes], card_numbers: Iterable[str]
) -> Crowd:
    """Members by id and by card; a number that can't be a card's is nobody's. A member found by card is told as known
    by it, which is so once `acquaint_crowd` was called."""
    by_id, by_card = {}, {}
    ids, hashes = sorted(members), _hashes(card_numbers)
    with connection.cursor(binary=True) as cursor:
        if ids:
            rows = cursor.execute(_BY_ID, {"partner": partner_id, "members": Uuids.of(ids)}).fetchall()
            by_id = {row[0]: Face._make(row) for row in rows}
        if hashes:
            rows = cursor.execute(_BY_CARD, (Digests.of(list(hashes.values())), partner_id)).fetchall()
            found = {row[4]: Face(*row[:4]) for row in rows}
            by_card = {number: found[hash_] for number, hash_ in hashes.items() if hash_ in found}
    return Crowd(by_id, by_card)


def acquaint_crowd(connection: psycopg.Connection, partner_id: UUID, faces: Iterable[Face]) -> None:
    """Note that members showed their cards at a partner; what it knew them better by stays."""
    weaker = [each.value for each in KnownBy.CARD.weaker()]
    news = sorted({face.member for face in faces if face.known_by is None or face.known_by in weaker})
    if news:
        since: datetime = network_now()
        connection.execute(_ACQUAINT, (partner_id, since, Uuids.of(news), weaker))


def new_seal(owner_id: UUID) -> tuple[DataKey, bytes]:
    """A key to seal waiting data of a crowd with, and its wrapped form: once that is deleted, nobody reads them."""
    return Vault.current().new_data_key(owner_id)


def open_seal(owner_id: UUID, wrapped: bytes) -> DataKey:
    """The key in its wrapped form. Raises VaultSealed."""
    return Vault.current().data_key(owner_id, wrapped)


def _hashes(card_numbers: Iterable[str]) -> dict[str, bytes]:
    hashes: dict[str, bytes] = {}
    for number in card_numbers:
        if number not in hashes:
            try:
                hashes[number] = card_hash(number)
            except BadCardNumber:
                continue
    return hashes


__all__: Sequence[str] = ("Crowd", "Face", "acquaint_crowd", "find_crowd", "new_seal", "open_seal")
