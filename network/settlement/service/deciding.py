"""A dispute decided: written, told, and what is granted put into the cycle that is open."""

from dataclasses import replace
from typing import Any

from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.kernel.identifiers import show
from network.settlement.domain import Dispute, DisputeVerdict
from network.settlement.events import DisputeSettled
from network.settlement.repository import disputes as repository
from network.settlement.service.adjusting import adjust_money
from network.settlement.service.states import note


def decide(dispute: Dispute, verdict: DisputeVerdict, by: str, answer: str, granted_minor: int | None) -> Dispute:
    """Decide an open dispute whose cycle the unit of work has locked. Raises CalendarMissing, CycleNotOpen."""
    now = network_now()
    values: dict[str, Any] = {
        "granted_minor": granted_minor,
        "answer": answer,
        "decided_by": by,
        "decided_at": now,
    }
    repository.decide_dispute(dispute.dispute_id, verdict, **values)
    shown = show("dsp", dispute.dispute_id)
    after = {"dispute": shown, "granted_minor": granted_minor, "answer": answer}
    note(dispute.cycle_id, by, f"dispute {verdict.value}", {"dispute": shown}, after, now)
    if granted_minor is not None:
        reason = f"{shown}: {dispute.reason}"
        adjust_money(
            dispute.partner_id, dispute.currency, granted_minor, reason=reason, by=by, dispute_id=dispute.dispute_id
        )
    announce(
        DisputeSettled(
            dispute_id=dispute.dispute_id,
            statement_id=dispute.statement_id,
            partner_id=dispute.partner_id,
            currency=dispute.currency,
            verdict=verdict.value,
            granted_minor=granted_minor or 0,
            decided_at=now,
        )
    )
    return replace(dispute, verdict=verdict, **values)
