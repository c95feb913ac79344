"""Advice, reminders and dunning, as facts for whoever sends messages. Each is told once, whatever runs twice."""

from dataclasses import asdict, replace
from uuid import UUID

from network.audit.service import record
from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce, is_heard
from network.infrastructure.transaction import transaction
from network.settlement.domain import SettlementPolicy, check_policy, notices_due
from network.settlement.errors import CycleNotReady, SettlementNotFound
from network.settlement.events import PaymentNoticed
from network.settlement.repository import notices as repository
from network.settlement.repository.notices import Payable
from network.settlement.service.states import locked_cycle


def settlement_policy() -> SettlementPolicy:
    """The network's own terms of settlement, as they are now."""
    return repository.find_policy()


def change_policy(**changes: int) -> SettlementPolicy:
    """Other terms, from now on: `dispute_days`, `payment_days`, `reminder_days`, `dunning_days`, `dunning_levels`.

    Raises BadPolicy.
    """
    with transaction():
        before = repository.find_policy()
        changed = replace(before, **changes)
        check_policy(changed)
        repository.set_policy(changed)
        record("settlement.policy", "settings", "settlement-policy", before=asdict(before), after=asdict(changed))
    return changed


def give_notices() -> int:
    """Tell every partner of an approved cycle what it is to be told by now; how many notices were new.

    Nothing is told, and nothing is noted, while nobody listens. Each statement is a transaction of its own, in which
    the notice is noted and its fact announced.
    """
    if not is_heard(PaymentNoticed):
        return 0
    policy = repository.find_policy()
    return sum(_tell(payable, policy) for payable in repository.payables())


def mark_statement_paid(statement_id: UUID) -> None:
    """A statement's net has been paid in full: nobody reminds of it any more. Twice is harmless.

    Raises SettlementNotFound for one that is not there or was replaced, CycleNotReady before its cycle is approved.
    """
    with transaction():
        cycle_id = repository.cycle_of_statement(statement_id)
        if cycle_id is None:
            raise SettlementNotFound
        cycle = locked_cycle(cycle_id)
        if not cycle.state.is_approved:
            raise CycleNotReady(f"{cycle.name} is {cycle.state.value}; nothing of it can be paid.")
        repository.note_paid(statement_id, network_now())


def _tell(payable: Payable, policy: SettlementPolicy) -> int:
    with transaction():
        now = network_now()
        due = notices_due(policy, payable.approved_at, now, payable.net_minor)
        new = [each for each in due if repository.note_notice(payable.statement_id, *each, now)]
        announce(
            *(
                PaymentNoticed(
                    statement_id=payable.statement_id,
                    cycle_id=payable.cycle_id,
                    partner_id=payable.partner_id,
                    currency=payable.currency,
                    net_minor=payable.net_minor,
                    kind=kind.value,
                    level=level,
                    due_at=policy.due_at(payable.approved_at),
                    noticed_at=now,
                )
                for kind, level in new
            )
        )
        failpoint("settlement.in_notices")
    return len(new)
