"""Merkle trees as RFC 6962 has them (section 2.1), built in one pass: memory grows with the logarithm of the leaves."""

from hashlib import sha256

_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(salt: bytes, data: bytes) -> bytes:
    """SHA-256(0x00 || salt || data): who does not know the salt can't try what the data might be. 32 bytes."""
    return sha256(_LEAF + salt + data).digest()


class Tree:
    """A tree that leaves are added to. It holds one hash for each bit of their number, and what paths are asked for."""

    def __init__(self) -> None:
        self.size = 0
        self._hashes: list[bytes] = []  # of the complete subtrees, largest first
        self._paths: list[list[list[bytes]]] = []  # of each of these: the paths that lead through it

    def append(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        self._add(leaf, [])

    def follow(self, leaf: bytes) -> list[bytes]:
        """Add the hash of a leaf whose audit path is wanted: the list grows into it, complete once `root` was called.

        Its order is that of RFC 6962, section 2.1.1: from the leaf to the root.
        """
        path: list[bytes] = []
        self._add(leaf, [path])
        return path

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves; to be called once. Of none: that of nothing, SHA-256()."""
        if not self._hashes:
            return sha256().digest()
        node, paths = self._hashes.pop(), self._paths.pop()
        while self._hashes:
            node, paths = _joined(self._hashes.pop(), self._paths.pop(), node, paths)
        return node

    def _add(self, node: bytes, paths: list[list[bytes]]) -> None:
        place = self.size
        while place & 1:  # as many complete subtrees join as the number of leaves so far ends in ones
            node, paths = _joined(self._hashes.pop(), self._paths.pop(), node, paths)
            place >>= 1
        self._hashes.append(node)
        self._paths.append(paths)
        self.size += 1


def _joined(
    left: bytes, left_paths: list[list[bytes]], right: bytes, right_paths: list[list[bytes]]
) -> tuple[bytes, list[list[bytes]]]:
    for path in left_paths:
        path.append(right)
    for path in right_paths:
        path.append(left)
    return sha256(_NODE + left + right).digest(), left_paths + right_paths if left_paths or right_paths else left_paths
