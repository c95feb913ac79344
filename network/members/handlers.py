"""How members react to facts: where a member goes is counted, apart from posting, so that posting writes less."""

from collections.abc import Sequence

from network.members.service.activity import note_visits
from network.wallet.events import PointsBurned, PointsEarned


def note_earns(facts: Sequence[PointsEarned]) -> None:
    """Count earns at partners."""
    note_visits(((fact.wallet_id, fact.partner_id, fact.posted_at) for fact in facts), earns=1)


def note_burns(facts: Sequence[PointsBurned]) -> None:
    """Count burns at partners."""
    note_visits(((fact.wallet_id, fact.partner_id, fact.posted_at) for fact in facts), burns=1)
