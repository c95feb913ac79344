"""Enough of a name or a card for the person in front of the till to know it again, too little for anybody else."""

import unicodedata

_HIDDEN = "***"  # always three, so that the length of a word stays hidden
_MOST_WORDS = 3
_SHOWN_DIGITS = 4


def mask_name(name: str) -> str:
    """The first letter of each of at most three words: `Sara Karimi` is `S*** K***`."""
    return " ".join(_first_letter(word) + _HIDDEN for word in name.split()[:_MOST_WORDS])


def mask_card(number: str, *, ascii_only: bool = False) -> str:
    """The last four digits: `•••• 1234`, or `************1234` for printers that know ASCII alone."""
    shown = number[-_SHOWN_DIGITS:]
    return shown.rjust(len(number), "*") if ascii_only else f"•••• {shown}"


def _first_letter(word: str) -> str:
    """A letter with the marks that belong to it."""
    end = 1
    while end < len(word) and unicodedata.combining(word[end]):
        end += 1
    return word[:end]
