"""Which passwords are taken: long ones that are not made of what everybody tries first.

No rules of composition and no changes by the calendar (ASVS 5.0, 6.2.5 and 6.2.10). In place of a list of passwords
that leaked, which could hold but a few of length twelve, a password is cut into the pieces that lists are made of:
common words in any disguise, rows of the keyboard, repetitions, years, what is known of the person. Few pieces are
few guesses.
"""

import unicodedata
from collections.abc import Iterable

from network.staff.domain.common_words import COMMON_WORDS
from network.staff.errors import WeakPassword

SHORTEST, LONGEST = 12, 128
FEWEST_PIECES = 5
"""A piece is a common word, or a single character: `password2024!` has three, `correct horse battery staple` many."""

_DISGUISES = str.maketrans("0134578@$!+|", "oieastbasitl")
_ROWS = ("qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1234567890-=", "abcdefghijklmnopqrstuvwxyz", "qazwsxedcrfvtgb")
_SHORTEST_RUN = 3
_YEARS = frozenset(str(year) for year in (*range(1930, 2040), *range(1330, 1420)))  # of both calendars


def normalized(password: str) -> str:
    """The same characters, however a keyboard composes them."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, about: Iterable[str] = ()) -> str:
    """The password as it is hashed. `about`: what is known of the person. Raises WeakPassword."""
    told = normalized(password)
    if not SHORTEST <= len(told) <= LONGEST:
        raise WeakPassword(f"A password has {SHORTEST} to {LONGEST} characters.", field="password")
    if pieces(told, about) < FEWEST_PIECES:
        raise WeakPassword(field="password")
    return told


def pieces(password: str, about: Iterable[str] = ()) -> int:
    """Out of how few pieces a password can be put together."""
    text = password.casefold()
    plain = text.translate(_DISGUISES)
    own = {part for each in about for part in _parts(each.casefold()) if len(part) >= _SHORTEST_RUN}
    words = COMMON_WORDS | _YEARS | own
    longest = max(map(len, words))
    fewest = [0] + [0] * len(text)
    for end in range(1, len(text) + 1):
        fewest[end] = fewest[end - 1] + 1
        for start in range(max(0, end - longest), end - 1):
            if text[start:end] in words or plain[start:end] in words:
                fewest[end] = min(fewest[end], fewest[start] + 1)
        for start in range(end - _SHORTEST_RUN, -1, -1):
            if not _is_run(text[start:end]):
                break
            fewest[end] = min(fewest[end], fewest[start] + 1)
    return _without_echo(text, fewest[-1])


def _is_run(text: str) -> bool:
    """One character again and again, or a piece of a row, forwards or backwards."""
    return len(set(text)) == 1 or any(text in row or text[::-1] in row for row in _ROWS)


def _without_echo(text: str, fewest: int) -> int:
    """A password that is one piece said several times is no more than that piece."""
    for length in range(1, len(text) // 2 + 1):
        if len(text) % length == 0 and text[:length] * (len(text) // length) == text:
            return min(fewest, len(set(text[:length])), length)
    return fewest


def _parts(text: str) -> list[str]:
    return [text, *"".join(each if each.isalnum() else " " for each in text).split()]
