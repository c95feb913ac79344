"""Which passwords are taken."""

from __future__ import annotations

import unicodedata

import pytest

from network.staff.domain.passwords import FEWEST_PIECES, check_password, pieces
from network.staff.errors import WeakPassword

ABOUT = ("sara.karimi@grocer.example", "Sara Karimi")


@pytest.mark.parametrize(
    "password",
    [
        "Password2024!",
        "p@ssw0rdp@ssw0rd",
        "qwertyuiop123",
        "123456789012",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "x7Kx7Kx7Kx7K",
        "iloveyou1399!",
        "Administrator1",
        "correcthorsebatterystaple",
        "Peyvand-Peyvand",
        "salamsalam123",
        "asdfghjkl;'12",
        "zyxwvutsrqponm",
        "SaraKarimi2026",
        "grocergrocer!!",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert pieces(password, ABOUT) < FEWEST_PIECES
    with pytest.raises(WeakPassword):
        check_password(password, ABOUT)


@pytest.mark.parametrize(
    "password",
    ["k8#vQzt2!mWx", "seven purple otters sing", "گربهٔ من ماهی نمی‌خورد", "hUnd im Zug nach Bern", "x" * 5 + "7Kq!zR3t"],
)
def test_long_ones_of_many_pieces_are_taken(password: str) -> None:
    assert check_password(password, ABOUT)


@pytest.mark.parametrize("password", ["k8#vQzt2!mW", "", "k8#vQzt2!mWx" * 11])
def test_they_are_neither_short_nor_endless(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(password)


def test_it_is_the_same_password_however_a_keyboard_composes_it() -> None:
    password = "Grüße aus Fès, für Zoë"
    apart = unicodedata.normalize("NFD", password)
    assert apart != password
    assert check_password(apart) == check_password(password)


def test_the_longest_is_weighed_at_once() -> None:
    assert pieces("ab1" * 42, ("a" * 100,)) < FEWEST_PIECES
