"""Reading proofs: the documents that all partners see alike, and each partner's own lines."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from network.auth import service as auth
from network.kernel.identifiers import show
from network.partners import service as partners
from network.partners.domain import Signer
from network.settlement.domain import (
    Blind,
    ClearingLine,
    Cycle,
    PartnerEntry,
    Tree,
    blind,
    entry_name,
    is_opened,
    leaf_hash,
    line_text,
    shown_line,
)
from network.settlement.errors import NoProofOfEntry, ProofNotReady, SettlementNotFound
from network.settlement.repository import proofs as repository
from network.settlement.repository import statements
from network.settlement.repository.proofs import CycleProof
from network.settlement.service.cycles import get_cycle
from network.settlement.service.prove import rates_by_contract


def list_proofs(*, before: tuple[datetime, UUID] | None = None, most: int = 20) -> list[CycleProof]:
    """The signed documents of all cycles, newest first, before one that was signed then."""
    return repository.proofs(before=before, most=most)


def get_proof(cycle_id: UUID) -> CycleProof:
    """The signed document of a cycle. Raises CycleNotFound, ProofNotReady."""
    cycle = get_cycle(cycle_id)
    found = repository.find_proof(cycle.cycle_id)
    if found is None:
        raise ProofNotReady
    return found


def proof_keys() -> list[dict[str, Any]]:
    """The public keys by which receipts and proofs are verified, as JWKs."""
    return auth.proof_keys()


def request_signers() -> list[Signer]:
    """The public keys by which partners sign what they ask, and since when they have to; the same for everybody."""
    return partners.signers()


def proof_of_statement(partner_id: UUID, statement_id: UUID) -> Iterator[str]:
    """A statement's proof, line by line, each a JSON object (docs/proof.md): document, entry, and every clearing line.

    Streams: memory does not grow with the lines. Raises SettlementNotFound, ProofNotReady, before the first line.
    """
    cycle, proof, entry = _of_statement(partner_id, statement_id)
    return _told(partner_id, cycle, proof, entry)


def proof_of_entry(partner_id: UUID, statement_id: UUID, entry_id: str) -> dict[str, Any]:
    """The lines of one of a partner's own entries in a statement, each with its place and its path to the entry's root.

    One pass over the statement's lines. Raises SettlementNotFound, ProofNotReady, NoProofOfEntry.
    """
    cycle, proof, entry = _of_statement(partner_id, statement_id)
    tree, found = Tree(), list[tuple[int, str, list[bytes]]]()
    for line, hidden, text in _lines(partner_id, cycle, proof):
        leaf = leaf_hash(hidden.salt(line.line), text.encode())
        if is_opened(line, partner_id) and entry_name(line) == entry_id:
            found.append((tree.size, shown_line(line, hidden, text, partner_id), tree.follow(leaf)))
        else:
            tree.append(leaf)
    if not found:
        raise NoProofOfEntry
    tree.root()
    lines = [json.loads(text) | {"index": index, "path": _hex(path)} for index, text, path in found]
    return {"document": proof.document, "entry": _shown_entry(entry), "lines": lines}


def _of_statement(partner_id: UUID, statement_id: UUID) -> tuple[Cycle, CycleProof, PartnerEntry]:
    statement = statements.find_statement(partner_id, statement_id)
    if statement is None:
        raise SettlementNotFound
    cycle, proof = get_cycle(statement.cycle_id), repository.find_proof(statement.cycle_id)
    entry = repository.find_entry(statement.cycle_id, partner_id)
    if proof is None or entry is None:
        raise ProofNotReady
    return cycle, proof, entry


def _told(partner_id: UUID, cycle: Cycle, proof: CycleProof, entry: PartnerEntry) -> Iterator[str]:
    yield json.dumps({"type": "cycle", "document": proof.document}, separators=(",", ":"))
    yield json.dumps({"type": "entry", **_shown_entry(entry)}, separators=(",", ":"))
    for line, hidden, text in _lines(partner_id, cycle, proof):
        yield shown_line(line, hidden, text, partner_id)


def _lines(partner_id: UUID, cycle: Cycle, proof: CycleProof) -> Iterator[tuple[ClearingLine, Blind, str]]:
    """A partner's lines, what hides the wallet of each, and what its leaf covers."""
    shown = show("cyc", cycle.cycle_id)
    with repository.reading(cycle, proof.secret) as reader:
        for line in reader.lines(rates_by_contract(), partner_id):
            hidden = blind(proof.secret, line.wallet_id, line.sequence)
            yield line, hidden, line_text(shown, hidden.ref, line)


def _shown_entry(entry: PartnerEntry) -> dict[str, Any]:
    return {
        "leaf": json.loads(entry.text),
        "salt": entry.salt.hex(),
        "index": entry.index,
        "path": _hex(entry.path),
    }


def _hex(path: list[bytes] | tuple[bytes, ...]) -> list[str]:
    return [each.hex() for each in path]
