"""Making proofs: after the cut, what a cycle consists of is committed to, signed, and chained to the cycle before.

A proof is written by one statement or not at all, and the first one written stays: so this may be run twice, by two at
once, or be killed anywhere. Proofs of a currency are made in the order of its cycles.
"""

import os
from functools import cache
from uuid import UUID

from network.auth import service as auth
from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.money import minor_digits
from network.partners import service as partners
from network.partners.domain import PointType
from network.settlement.domain import (
    Commitment,
    Committed,
    Cycle,
    CycleDocument,
    LinesDoNotAddUp,
    Rates,
    document_hash,
    signed_root,
)
from network.settlement.errors import CycleNotCut, ProofNotReady
from network.settlement.repository import cycles, folding, proofs
from network.settlement.repository.proofs import CycleProof, RatesOf
from network.settlement.service.cycles import get_cycle

DOCUMENT_KIND = "peyvand-cycle+jws"
_SECRET_BYTES = 32


def unproven_cycles() -> list[UUID]:
    """Of each currency the cycle whose proof is to be made next."""
    return proofs.unproven_cycles()


def prove_cycle(told: UUID | str) -> CycleProof:
    """The proof of a cycle, made and signed if it is not there, after those of the cycles before it.

    Must not be called inside a unit of work: each proof commits. Raises CycleNotFound, MalformedId, CycleNotCut,
    SigningKeyUnreadable, and LinesDoNotAddUp if what the ledger holds is not what was folded.
    """
    cycle = get_cycle(told)
    if not cycle.state.is_complete:
        raise CycleNotCut
    before: CycleProof | None = None
    for each in cycles.cycles_of(cycle.currency):  # those before one that is cut are cut
        if each.starts_at > cycle.starts_at:
            break
        before = proofs.find_proof(each.cycle_id) or _made(each, before)
    assert before is not None, "the cycle itself is among those of its currency"
    return before


def still_holds(told: UUID | str) -> bool:
    """Whether the ledger is still what was signed of a cycle: lines, chain heads and all sums are committed to anew.

    Raises CycleNotFound, MalformedId, ProofNotReady.
    """
    cycle = get_cycle(told)
    proof = proofs.find_proof(cycle.cycle_id)
    if proof is None:
        raise ProofNotReady
    try:
        again = _commit(cycle, proof.secret)
    except LinesDoNotAddUp:
        return False
    kept = [proofs.find_entry(cycle.cycle_id, entry.partner_id) for entry in again.entries]
    return kept == list(again.entries) and again.root == signed_root(proof.document)


def rates_by_contract() -> RatesOf:
    """How lines name a contract version; each is read once for each type of points, and is one object."""

    @cache
    def rates(contract_id: UUID, of: UUID | None = None) -> Rates:
        return of_type(contract_id, partners.contract_by_id(of or contract_id).point_type)

    @cache
    def of_type(contract_id: UUID, point_type: PointType) -> Rates:
        contract = partners.contract_by_id(contract_id)
        terms = contract.terms.of(point_type)
        return Rates(
            contract_id=contract_id,
            partner_id=contract.partner_id,
            partner=codes[contract.partner_id],
            version=contract.version,
            issuance_price=f"{terms.issuance_price:f}",
            funded_at_issue=f"{terms.funded_at_issue:f}",
            reimbursement_rate=f"{terms.reimbursement_rate:f}",
            prepaid=terms.prepaid,
            point_type=contract.point_type.value,
        )

    codes = {partner.partner_id: partner.code for partner in partners.list_partners()}
    return rates


def _made(cycle: Cycle, before: CycleProof | None) -> CycleProof:
    secret = os.urandom(_SECRET_BYTES)
    committed = _commit(cycle, secret)
    failpoint("settlement.before_proof")
    document = _document(cycle, before, committed)
    proof = CycleProof(
        cycle_id=cycle.cycle_id,
        cycle_name=cycle.name,
        currency=cycle.currency,
        number=document.number,
        secret=secret,
        document=auth.sign_document(document.text(), DOCUMENT_KIND),
        heads=committed.heads,
        heads_root=committed.heads_root,
        leaves=committed.leaves,
        signed_at=document.signed_at,
    )
    with transaction():
        kept = proofs.insert_proof(proof, committed.entries)
        failpoint("settlement.in_proof")
    failpoint("settlement.after_proof")
    if kept:
        return proof
    first = proofs.find_proof(cycle.cycle_id)
    assert first is not None, "somebody else's was there first"
    return first


def _commit(cycle: Cycle, secret: bytes) -> Committed:
    """What to sign of a cycle: one pass over its lines, one over its wallets' heads."""
    operator_id = partners.ensure_operator().partner_id
    commitment = Commitment(cycle.cycle_id, cycle.currency, operator_id, secret)
    rates = rates_by_contract()
    with proofs.reading(cycle, secret) as reader:
        for line in reader.lines(rates):
            commitment.add(line)
        for wallet_id, sequence, head in reader.heads():
            commitment.add_head(wallet_id, sequence, head)
    commitment.check(folding.slices_of(cycle.cycle_id))
    return commitment.finish()


def _document(cycle: Cycle, before: CycleProof | None, committed: Committed) -> CycleDocument:
    assert cycle.cut_at is not None, "a cycle that is complete was cut"
    return CycleDocument(
        network=auth.network_name(),
        cycle_id=cycle.cycle_id,
        name=cycle.name,
        currency=cycle.currency,
        minor_digits=minor_digits(cycle.currency),
        starts_at=cycle.starts_at,
        ends_at=cycle.ends_at,
        cut_at=cycle.cut_at,
        number=1 if before is None else before.number + 1,
        previous=None if before is None else document_hash(before.document),
        leaves=committed.leaves,
        root=committed.root,
        signed_at=network_now(),
    )
