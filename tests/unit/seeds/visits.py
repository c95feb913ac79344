"""Made-up visits, for tests only: the demo itself never makes any up."""

from datetime import UTC, datetime, timedelta

from network.seeds.journey import Visit

NOON = datetime(2017, 1, 2, 17, tzinfo=UTC)


def visit(
    partner: str = "market", amount_minor: int = 10_000, *, household: int = 1, day: int = 0, basket: int = 0
) -> Visit:
    """A visit `day` days after 2 January 2017, noon in New York; the basket is numbered by the day unless told."""
    return Visit(household, basket or 1_000 * household + day, 7, partner, amount_minor, NOON + timedelta(days=day))
