"""What is sealed opens for the same installation, under the same label, unchanged; and for nobody else."""

import pytest
from cryptography.exceptions import InvalidTag

from network.auth.sealing import Seal


def test_a_sealed_text_opens_again() -> None:
    assert Seal(b"secret").open(Seal(b"secret").seal(b"text", "a"), "a") == b"text"


def test_the_same_text_is_never_sealed_the_same() -> None:
    seal = Seal(b"secret")
    assert seal.seal(b"text", "a") != seal.seal(b"text", "a")
    assert b"text" not in seal.seal(b"text", "a")


def test_another_installation_cannot_open_it() -> None:
    with pytest.raises(InvalidTag):
        Seal(b"other").open(Seal(b"secret").seal(b"text", "a"), "a")


def test_it_does_not_open_in_another_place() -> None:
    with pytest.raises(InvalidTag):
        Seal(b"secret").open(Seal(b"secret").seal(b"text", "a"), "b")


def test_a_changed_text_does_not_open() -> None:
    sealed = bytearray(Seal(b"secret").seal(b"text", "a"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        Seal(b"secret").open(bytes(sealed), "a")
