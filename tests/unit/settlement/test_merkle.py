"""Merkle trees: the network's and the SDK's, held to RFC 6962's own definition and to each other."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.settlement.domain import Tree, leaf_hash
from partner_sdk.proof import _merkle as sdk

# The inputs and roots that implementations of Certificate Transparency test themselves with.
INPUTS = [
    b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno",
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root_as_defined(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word: split at the largest power of two below the number of leaves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return sha256(b"\x01" + root_as_defined(leaves[:split]) + root_as_defined(leaves[split:])).digest()


def path_as_defined(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1."""
    if len(leaves) <= 1:
        return []
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    if index < split:
        return [*path_as_defined(index, leaves[:split]), root_as_defined(leaves[split:])]
    return [*path_as_defined(index - split, leaves[split:]), root_as_defined(leaves[:split])]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    for tree, hashed in ((Tree(), leaf_hash), (sdk.Tree(), sdk.leaf_hash)):
        for data in INPUTS[:size]:
            tree.append(hashed(b"", data))
        assert tree.root().hex() == ROOTS[size]
        assert tree.size == size


@given(st.lists(st.binary(max_size=4), max_size=70), st.data())
def test_every_path_leads_to_the_root_and_no_other_leaf_does(leaves: list[bytes], data: st.DataObject) -> None:
    tree = Tree()
    paths = [tree.follow(leaf_hash(b"", leaf)) for leaf in leaves]
    root = tree.root()
    assert root == root_as_defined(leaves)
    assert paths == [path_as_defined(index, leaves) for index in range(len(leaves))]
    for index, leaf in enumerate(leaves):
        assert sdk.root_of_path(sdk.leaf_hash(b"", leaf), index, len(leaves), paths[index]) == root
    if leaves:
        index = data.draw(st.integers(0, len(leaves) - 1))
        assert sdk.root_of_path(sdk.leaf_hash(b"x", leaves[index]), index, len(leaves), paths[index]) != root
        assert sdk.root_of_path(sdk.leaf_hash(b"", leaves[index]), index, len(leaves), [*paths[index], root]) is None
        assert sdk.root_of_path(sdk.leaf_hash(b"", leaves[index]), len(leaves), len(leaves), paths[index]) is None


def test_a_leaf_and_a_node_are_never_the_same_hash() -> None:
    left, right = leaf_hash(b"", b"a"), leaf_hash(b"", b"b")
    tree = Tree()
    tree.append(left)
    tree.append(right)
    assert leaf_hash(b"", left + right) != tree.root()


def test_a_tree_holds_one_hash_for_each_bit_of_its_size() -> None:
    tree = Tree()
    for number in range(10_000):
        tree.append(leaf_hash(b"", str(number).encode()))
    assert len(tree._hashes) == (10_000).bit_count()
