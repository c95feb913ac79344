"""Passwords that leaked are found in a file that is in order."""

import hashlib
from pathlib import Path

import pytest

from network.staff.leaked import is_leaked


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    """As it is offered: digests in order, each with how often it was seen, lines ended as on Windows."""
    digests = sorted(hashlib.sha1(f"word{number}".encode()).hexdigest().upper() for number in range(500))
    file = tmp_path / "leaked.txt"
    file.write_bytes("".join(f"{digest}:{len(digest) ** 3}\r\n" for digest in digests).encode())
    return file


def test_each_password_of_the_list_is_found_and_no_other(passwords: Path) -> None:
    assert all(is_leaked(f"word{number}", passwords) for number in range(500))
    assert not any(is_leaked(f"word{number}", passwords) for number in range(500, 1000))


def test_without_a_list_none_is_and_of_an_empty_one_none_either(tmp_path: Path) -> None:
    assert not is_leaked("word1", None)
    (tmp_path / "empty").touch()
    assert not is_leaked("word1", tmp_path / "empty")


def test_a_list_that_is_not_there_is_told_and_lets_nothing_pass(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        is_leaked("word1", tmp_path / "nothing")
