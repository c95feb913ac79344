"""Addresses that a browser tells of itself: it may tell anything."""

from urllib.parse import SplitResult, urlsplit


def parts_of(address: str | None) -> SplitResult:
    """The parts of an address; of what is none, parts that are empty."""
    try:
        return urlsplit(address or "")
    except ValueError:  # brackets that belong to no IPv6 address
        return urlsplit("")
