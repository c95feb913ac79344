"""Merkle trees of RFC 6962 (section 2.1): the root of all leaves, or of one leaf and its audit path."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

__all__ = ["Tree", "leaf_hash", "root_of_path"]


def leaf_hash(salt: bytes, data: bytes) -> bytes:
    """SHA-256(0x00 || salt || data)."""
    return sha256(b"\x00" + salt + data).digest()


class Tree:
    """The hash of a list of leaves, of which it remembers one hash for each bit of their number."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        node, place = leaf, self.size
        while place & 1:
            node = _node(self._complete.pop(), node)
            place >>= 1
        self._complete.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self._complete:
            return sha256(b"").digest()
        node = self._complete[-1]
        for left in reversed(self._complete[:-1]):
            node = _node(left, node)
        return node


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that `path` leads to from the leaf at `index` of `size` (RFC 9162, section 2.1.3.2); None if to none."""
    if not 0 <= index < size:
        return None
    place, last, node = index, size - 1, leaf
    for step in path:
        if not last:
            return None
        if place & 1 or place == last:
            node = _node(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = _node(node, step)
        place, last = place >> 1, last >> 1
    return None if last else node


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
