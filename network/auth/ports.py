"""What this room asks of those above it, who know people; it knows them as ids alone."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol
from uuid import UUID


class Subjects(Protocol):
    """Members, as an OpenID provider speaks of them."""

    def claims(self, subject_id: UUID, scopes: Collection[str]) -> Mapping[str, Any] | None:
        """What these scopes show of a member, by the names of OpenID Connect Core, 5.1; None if there is no such member
        (any more), whose tokens are worth nothing then. Without `sub`, which is this room's own.
        """
        ...


class NoSubjects:
    """Where nobody has said who knows people: everybody is there, and nothing is known of them."""

    def claims(self, subject_id: UUID, scopes: Collection[str]) -> Mapping[str, Any] | None:
        """Nothing."""
        return {}
