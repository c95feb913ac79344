"""Points given and taken: proposed, approved, rejected."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg

from network.adjustments import repository
from network.adjustments.domain import (
    Adjustment,
    Decision,
    adjust,
    check_decider,
    check_new,
    needs_second_person,
    type_given,
)
from network.adjustments.errors import AdjustmentNotFound
from network.audit.service import record
from network.expiry.service import life_of_points
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.members.service import check_not_merged, homes_of
from network.partners.domain import Contract
from network.partners.service import contract_for, get_contract_in_force, prepaid_takes
from network.wallet import service as ledger
from network.wallet.domain import Earn, Entry, Slip


def propose(*, wallet_id: UUID, issuer_id: UUID, currency: str, points: int, reason: str, person: str) -> Adjustment:
    """Give (positive) or take (negative) points; posted at once within the person's limit, else it waits for another.

    Raises NothingToAdjust, UnknownReason, MemberMerged, NoContract, WalletNotFound, NotEnoughOfIssuer, PrepaidUsedUp.
    """
    check_new(points, reason)
    with transaction():
        check_not_merged(wallet_id)
        adjustment = Adjustment(
            adjustment_id=new_id(),
            wallet_id=wallet_id,
            issuer_id=issuer_id,
            currency=currency,
            points=points,
            reason=reason,
            prepared_by=person,
            prepared_at=network_now(),
            decision=Decision.PROPOSED,
        )
        get_contract_in_force(issuer_id, currency, adjustment.prepared_at)
        repository.insert_adjustment(adjustment)
        told = {"wallet": show("wal", wallet_id), "issuer": show("par", issuer_id), "points": points, "reason": reason}
        _note("request", adjustment, told)
        if needs_second_person(points, repository.limit_of(person)):
            return adjustment
        return _post(adjustment, None)


def approve(adjustment_id: UUID, *, person: str) -> Adjustment:
    """Post what somebody else prepared. Raises AdjustmentNotFound, SamePerson, AlreadyDecided, and as `propose`."""
    with transaction():
        adjustment = _locked(adjustment_id)
        check_decider(adjustment, person)
        _note("approve", adjustment)
        return _post(adjustment, person)


def reject(adjustment_id: UUID, *, person: str) -> Adjustment:
    """End what somebody else prepared. Raises AdjustmentNotFound, SamePerson, AlreadyDecided."""
    with transaction():
        adjustment = _locked(adjustment_id)
        check_decider(adjustment, person)
        _note("reject", adjustment)
        repository.decide(adjustment_id, Decision.REJECTED, person, network_now(), None)
        return replace(adjustment, decision=Decision.REJECTED, decided_by=person)


def proposed() -> list[Adjustment]:
    """Those that wait for a second person, oldest first."""
    return repository.proposed()


def set_limit(person: str, limit_points: int) -> None:
    """Let a person give or take so many points alone."""
    with transaction():
        before = repository.limit_of(person)
        repository.set_limit(person, limit_points)
        told = {"points": before}, {"points": limit_points}
        record("adjustments.limit", "staff", person, before=told[0], after=told[1])


def _post(adjustment: Adjustment, decided_by: str | None) -> Adjustment:
    now = network_now()
    in_force = get_contract_in_force(adjustment.issuer_id, adjustment.currency, now)
    contract = contract_for(in_force, type_given(adjustment.reason))

    def attempt(connection: psycopg.Connection) -> ledger.Decision[Entry]:
        draft = ledger.whole_wallet(connection, adjustment.wallet_id)
        check_not_merged(adjustment.wallet_id)  # after: a merge moves the wallet on, and this is asked anew
        slip = Slip(adjustment.issuer_id, draft.now, currency=adjustment.currency)
        entry = adjust(draft, adjustment, _given(connection, adjustment, contract, slip), slip)
        draft.takes = prepaid_takes(connection, entry)
        return ledger.Decision(draft.posting(), entry, entry)

    entry = ledger.post(attempt)
    assert isinstance(entry, Entry), "nobody asked for an answer to be kept"
    repository.decide(adjustment.adjustment_id, Decision.POSTED, decided_by, now, entry.sequence)
    return replace(adjustment, decision=Decision.POSTED, decided_by=decided_by, sequence=entry.sequence)


def _given(connection: psycopg.Connection, adjustment: Adjustment, contract: Contract, slip: Slip) -> Earn:
    """The terms of a lot that is given: those of the issuer's contract in force, for points of its type."""
    home, terms = homes_of([adjustment.wallet_id]).get(adjustment.wallet_id), contract.terms
    life = life_of_points(
        connection,
        terms.expires_after_months,
        terms.expiry_programme,
        home.jurisdiction if home else None,
        slip.occurred_at,
    )
    return Earn(
        points=adjustment.points,
        slip=slip,
        lot_id=new_id(),
        issuer_id=adjustment.issuer_id,
        contract_id=contract.contract_id,
        currency=adjustment.currency,
        activates_at=slip.occurred_at,
        expires_at=life.expires_at,
        inactivity=life.inactivity,
    )


def _note(verb: str, adjustment: Adjustment, told: Mapping[str, Any] | None = None) -> None:
    record(f"adjustments.{verb}", "adjustment", show("adj", adjustment.adjustment_id), after=told)


def _locked(adjustment_id: UUID) -> Adjustment:
    adjustment = repository.lock_adjustment(adjustment_id)
    if adjustment is None:
        raise AdjustmentNotFound
    return adjustment
