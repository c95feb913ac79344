"""How guesses are slowed down: per account and per address prefix, and never for good.

A lock would let anybody lock anybody out. Attempts wait longer and longer instead; with twelve characters and a second
factor, one guess a minute is none. A passkey is not guessed at and does not wait.
"""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, ip_address, ip_network

FORGET_AFTER = timedelta(days=1)
"""Attempts are forgotten when none came for so long."""


@dataclass(frozen=True, slots=True)
class Patience:
    """After `free` attempts each next one waits twice as long, at most `longest_seconds`."""

    free: int
    longest_seconds: int

    def wait_seconds(self, attempts: int) -> int:
        """How long after so many attempts the next one has to wait."""
        over = attempts - self.free
        return 0 if over < 0 else min(self.longest_seconds, 2 ** min(over, 20))


ACCOUNT = Patience(free=5, longest_seconds=60)
PREFIX = Patience(free=30, longest_seconds=900)


def prefix_of(address: str) -> str:
    """The network that an address stands for: /24 of IPv4, /48 of IPv6; the text itself if it is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    mapped = getattr(found, "ipv4_mapped", None)
    plain = mapped or found
    length = 24 if isinstance(plain, IPv4Address) else 48
    return str(ip_network((plain, length), strict=False))
