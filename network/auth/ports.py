"""What this room asks of those above it, who know people; it knows them as ids alone."""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

ClaimsOf = Callable[[UUID, Collection[str]], Mapping[str, Any] | None]
"""What some scopes show of a member, by the names of OpenID Connect Core, 5.1, without `sub`, which is this room's own.

None if there is no such member (any more), whose tokens are worth nothing then.
"""


def nothing_known(subject_id: UUID, scopes: Collection[str]) -> Mapping[str, Any] | None:
    """Where nobody has said who knows people: everybody is there, and nothing is known of them."""
    return {}
