"""How many points a partner gives."""

from datetime import datetime
from uuid import UUID

from network.audit.service import record
from network.earning import repository
from network.earning.domain import Rule
from network.infrastructure.database import unit_connection
from network.infrastructure.transaction import transaction
from network.kernel.clock import show_instant
from network.kernel.identifiers import show


def set_earning_rule(partner_id: UUID, currency: str, valid_from: datetime, rule: Rule) -> None:
    """Let a partner's purchases from `valid_from` on earn by this rule, until the next one."""
    with transaction():
        repository.insert_rule(unit_connection(), partner_id, currency, valid_from, rule)
        told = {"currency": currency, "valid_from": show_instant(valid_from)}
        told |= {"points_per_unit": str(rule.points_per_unit)}
        record("contracts.earning_rule", "partner", show("par", partner_id), after=told)
