"""How households react to facts. Nothing is moved here: a drain has hundreds of facts, and would hold wallets."""

from collections.abc import Sequence

from network.households import repository
from network.wallet.events import PointsEarned


def note_shares(facts: Sequence[PointsEarned]) -> None:
    """Note the earns of which a standing share goes into a pool."""
    repository.note_shares((fact.wallet_id, fact.sequence, fact.posted_at) for fact in facts)
