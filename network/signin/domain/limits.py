"""How often codes may be asked for: by phone or address, by prefix of phones, by network address, and in all.

SMS cost money, and there are those who earn by having them sent ("pumping"): they go through numbers of one prefix, and
come from few addresses. So each is counted, in fixed windows, in the transaction that puts the message on its way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PREFIX_CHARACTERS = 6  # +98912: country and operator; more would be a block of numbers
_IPV6_BLOCK = 64  # bits: what one household or server has


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within a window."""

    most: int
    window: timedelta


LIMITS: Mapping[str, tuple[Limit, ...]] = {
    "contact": (Limit(3, timedelta(minutes=15)), Limit(10, timedelta(days=1))),
    "prefix": (Limit(300, timedelta(hours=1)),),
    "address": (Limit(20, timedelta(hours=1)), Limit(60, timedelta(days=1))),
    "all": (Limit(20_000, timedelta(days=1)),),
}


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """One window of one thing that is counted; in this order they are counted, so that no two askers wait in a ring."""

    kind: str
    subject: str
    seconds: int
    since: datetime
    most: int

    @property
    def ends_at(self) -> datetime:
        return self.since + timedelta(seconds=self.seconds)


def counts_for(subjects: Mapping[str, str | None], now: datetime) -> list[Count]:
    """What is counted for a request: `subjects` names what of each kind it concerns, None what it doesn't."""
    return sorted(_counts(subjects, now))


def _counts(subjects: Mapping[str, str | None], now: datetime) -> Iterable[Count]:
    for kind, subject in subjects.items():
        if subject is None:
            continue
        for limit in LIMITS[kind]:
            yield Count(
                kind, subject, int(limit.window.total_seconds()), now - (now - _EPOCH) % limit.window, limit.most
            )


def prefix_of(phone: str) -> str:
    """Country and operator of a phone number in E.164, roughly."""
    return phone[:_PREFIX_CHARACTERS]


def address_block(address: str) -> str:
    """An address as it is counted: of IPv6 the network, for everybody has billions of addresses in one."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((int(found), _IPV6_BLOCK), strict=False))
    return str(found)
