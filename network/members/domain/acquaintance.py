"""How a partner came to know a member."""

from enum import StrEnum


class KnownBy(StrEnum):
    """The member was enrolled here, showed its card, or told its phone number, which others may know as well.

    Or it consents that the partner reads its data, for as long as it does: that is kept nowhere but in the consent.
    """

    ENROLMENT = "enrolment"
    CARD = "card"
    PHONE = "phone"
    CONSENT = "consent"

    def weaker(self) -> "tuple[KnownBy, ...]":
        """The ways that this one takes the place of; an acquaintance never gets weaker, and a consent is never kept."""
        return () if self is KnownBy.CONSENT else _FROM_WEAKEST[: _FROM_WEAKEST.index(self)]


_FROM_WEAKEST = (KnownBy.PHONE, KnownBy.CARD, KnownBy.ENROLMENT)


def is_news(known_by: KnownBy | None, shown: KnownBy) -> bool:
    """Whether what was shown makes the partner know the member, or know it better."""
    return known_by is None or known_by in shown.weaker()
