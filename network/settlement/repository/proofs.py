"""Proofs: the lines and chain heads of a cut cycle, streamed, and what was signed of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.dialects.postgresql import insert as insert_or

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.settlement.domain import Clearing, ClearingLine, Cycle, PartnerEntry, Rates
from network.settlement.models import CycleRow
from network.settlement.proof_models import CycleProofRow, ProofEntryRow
from network.settlement.repository.cycles import cycle_before

_ROWS_AT_ONCE = 2000
_HASH_BYTES = 32

# `domain.cycle_of` for a cycle that is closed, as are all before it; the same as in `repository.export`.
_OF_CYCLE = """
m.currency = :currency AND m.kind = ANY(:kinds) AND m.xid >= :folded_from_xid AND m.xid < :closed_at_xid
AND m.posted_at < :ends_at AND (m.posted_at >= :starts_at OR m.xid >= :late_from_xid)
"""
# A capture is named by the redemption that it ends, as its partner knows it. The order is that of `domain.blind`, in
# which neighbours have nothing to do with each other: in the ledger's own, lines of one member would stand together.
_LINES = f"""
SELECT wallet_id, sequence, line, coalesce(operation, 'unknown'), kind, points, issuer_contract_id,
       redeemer_contract_id, (extract(epoch FROM posted_at) * 1000000)::bigint, partner_id, request
FROM (
    SELECT m.wallet_id, m.line, m.kind, m.points, m.issuer_contract_id, m.redeemer_contract_id, m.posted_at,
           j.operation, j.partner_id, {{request}} AS request,
           CASE WHEN j.operation = 'capture' THEN j.refers_to ELSE m.sequence END AS sequence
    FROM movement m LEFT JOIN journal j USING (wallet_id, sequence) {{signatures}}
    WHERE {_OF_CYCLE} AND (CAST(:partner_id AS uuid) IS NULL
        OR CAST(:partner_id AS uuid) IN (m.issuer_id, m.redeemer_id))
) lines
CROSS JOIN LATERAL (SELECT uuid_send(wallet_id) || int8send(sequence) AS name OFFSET 0) n
ORDER BY sha256(sha256(CAST(:secret AS bytea) || name) || name), line
"""
# What is committed to has no signatures in it: they speak for themselves. They are read for who is shown lines.
_ALL_LINES = text(_LINES.format(request="NULL::text", signatures=""))
_SHOWN_LINES = text(
    _LINES.format(request="s.document", signatures="LEFT JOIN request_signature s USING (wallet_id, sequence)")
)
_HEADS = text(
    f"""
    SELECT wallet_id, sequence, hash FROM (
        SELECT m.wallet_id, max(m.sequence) AS sequence FROM movement m WHERE {_OF_CYCLE} GROUP BY m.wallet_id
    ) last JOIN journal USING (wallet_id, sequence) ORDER BY wallet_id
    """
)


@dataclass(frozen=True, slots=True)
class CycleProof:
    """One cycle's signed document, and what is needed to make its leaves again."""

    cycle_id: UUID
    cycle_name: str
    currency: str
    number: int
    secret: bytes
    document: str
    heads: int
    heads_root: bytes
    leaves: int
    signed_at: datetime


class RatesOf(Protocol):
    """How lines name a contract version; a redeemer's, as it is for points that were issued `of` another one."""

    def __call__(self, contract_id: UUID, of: UUID | None = None) -> Rates: ...


class ProofReader:
    """One closed cycle's lines and heads, on one snapshot."""

    def __init__(self, connection: Connection, cycle: Cycle, secret: bytes) -> None:
        before = cycle_before(cycle)
        self._connection = connection
        self._secret = secret
        self._folded_from_xid = cycle.folded_from_xid
        self._edges = {
            "currency": cycle.currency,
            "kinds": list(Clearing),
            "starts_at": cycle.starts_at,
            "ends_at": cycle.ends_at,
            "closed_at_xid": cycle.closed_at_xid,
            "late_from_xid": 0 if before is None else before.closed_at_xid,
        }

    def lines(self, rates: RatesOf, partner_id: UUID | None = None) -> Iterator[ClearingLine]:
        """The cycle's lines in the order of their proofs; of one partner, those it issued or redeemed, as signed."""
        values = {"secret": self._secret, "partner_id": partner_id}
        for row in self._stream(_ALL_LINES if partner_id is None else _SHOWN_LINES, values):
            wallet_id, sequence, line, operation, kind, points, issuer, redeemer, posted_us, made_by, request = row
            yield ClearingLine(
                wallet_id,
                sequence,
                line,
                operation,
                kind,
                points,
                rates(issuer),
                None if redeemer is None else rates(redeemer, issuer),
                posted_us,
                made_by,
                request,
            )

    def heads(self) -> Iterator[tuple[UUID, int, bytes]]:
        """Of each wallet with a line in the cycle, its last entry that has one: sequence and hash."""
        for wallet_id, sequence, head in self._stream(_HEADS, {}):
            yield wallet_id, sequence, bytes(head)

    def _stream(self, query: Any, more: Mapping[str, Any]) -> Iterator[Any]:
        if self._folded_from_xid is None:
            return
        values = {**self._edges, "folded_from_xid": self._folded_from_xid, **more}
        with self._connection.execute(query, values) as result:
            yield from result.yield_per(_ROWS_AT_ONCE)


@contextmanager
def reading(cycle: Cycle, secret: bytes) -> Iterator[ProofReader]:
    """Read a closed cycle through a server-side cursor, on a connection of its own."""
    options: dict[str, Any] = {
        "isolation_level": "REPEATABLE READ",
        "postgresql_readonly": True,
        "stream_results": True,
    }
    with db.engine.connect().execution_options(**options) as connection:
        yield ProofReader(connection, cycle, secret)


_PROOFS = select(*CycleProofRow.__table__.c, CycleRow.name.label("cycle_name")).join(
    CycleRow, CycleRow.cycle_id == CycleProofRow.cycle_id
)


def find_proof(cycle_id: UUID) -> CycleProof | None:
    """What was signed of a cycle."""
    row = db.session.execute(_PROOFS.where(CycleProofRow.cycle_id == cycle_id)).first()
    return None if row is None else _proof(row)


def proofs(*, before: tuple[datetime, UUID] | None, most: int) -> list[CycleProof]:
    """What was signed, newest first, before one that was signed then."""
    query = _PROOFS.order_by(CycleProofRow.signed_at.desc(), CycleProofRow.cycle_id.desc()).limit(most)
    if before is not None:
        signed_at, cycle_id = before
        earlier = CycleProofRow.signed_at < signed_at
        query = query.where(earlier | ((CycleProofRow.signed_at == signed_at) & (CycleProofRow.cycle_id < cycle_id)))
    return [_proof(row) for row in db.session.execute(query)]


def insert_proof(proof: CycleProof, entries: tuple[PartnerEntry, ...]) -> bool:
    """Keep what was signed, unless the cycle has its proof already; says whether it was kept."""
    values = {column.name: getattr(proof, column.name) for column in CycleProofRow.__table__.c}
    made = insert_or(CycleProofRow).values(**values).on_conflict_do_nothing().returning(CycleProofRow.cycle_id)
    if db.session.execute(made).first() is None:
        return False
    if entries:
        rows = [_entry_values(entry) | {"cycle_id": proof.cycle_id} for entry in entries]
        db.session.execute(insert(ProofEntryRow), rows)
    return True


def find_entry(cycle_id: UUID, partner_id: UUID) -> PartnerEntry | None:
    """What a cycle commits to for a partner."""
    key = (ProofEntryRow.cycle_id == cycle_id, ProofEntryRow.partner_id == partner_id)
    row = db.session.execute(select(*ProofEntryRow.__table__.c).where(*key)).first()
    if row is None:
        return None
    path = bytes(row.path)
    steps = tuple(path[place : place + _HASH_BYTES] for place in range(0, len(path), _HASH_BYTES))
    return PartnerEntry(row.partner_id, row.place, row.text, bytes(row.salt), row.lines, steps)


def unproven_cycles() -> list[UUID]:
    """Of each currency the first cycle that is cut and has no proof: proofs are made in the order of cycles."""
    rows = db.session.execute(
        text(
            "SELECT DISTINCT ON (c.currency) c.cycle_id FROM cycle c LEFT JOIN cycle_proof p USING (cycle_id)"
            " WHERE c.state <> 'open' AND p.cycle_id IS NULL ORDER BY c.currency, c.starts_at"
        )
    )
    return [row.cycle_id for row in rows]


def _entry_values(entry: PartnerEntry) -> dict[str, Any]:
    return {
        "partner_id": entry.partner_id,
        "place": entry.index,
        "lines": entry.lines,
        "text": entry.text,
        "salt": entry.salt,
        "path": b"".join(entry.path),
    }


def _proof(row: Any) -> CycleProof:
    return CycleProof(
        cycle_id=row.cycle_id,
        cycle_name=row.cycle_name,
        currency=row.currency,
        number=row.number,
        secret=bytes(row.secret),
        document=row.document,
        heads=row.heads,
        heads_root=bytes(row.heads_root),
        leaves=row.leaves,
        signed_at=as_utc(row.signed_at),
    )
