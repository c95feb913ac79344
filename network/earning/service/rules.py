"""How many points a partner gives."""

from datetime import datetime
from uuid import UUID

from network.earning import repository
from network.earning.domain import Rule
from network.infrastructure.database import unit_connection
from network.infrastructure.transaction import transaction


def set_earning_rule(partner_id: UUID, currency: str, valid_from: datetime, rule: Rule) -> None:
    """Let a partner's purchases from `valid_from` on earn by this rule, until the next one."""
    with transaction():
        repository.insert_rule(unit_connection(), partner_id, currency, valid_from, rule)
