"""Text of one line, as people write it.

Python calls joiners (ZWNJ, ZWJ) "not printable", but Persian is not written without them.
"""

_JOINERS = "\u200c\u200d"
_NO_JOINERS = str.maketrans("", "", _JOINERS)


def is_printable(text: str) -> bool:
    """Whether everything in a text can be seen, or joins what can. Not so: line breaks, marks that turn directions."""
    return text.translate(_NO_JOINERS).isprintable()


def printable(text: str) -> str:
    """A text without what `is_printable` refuses, and without white space around it."""
    return "".join(each for each in text if each.isprintable() or each in _JOINERS).strip(f" {_JOINERS}")


def is_blank(text: str) -> bool:
    """Whether there is nothing to see."""
    return not text.translate(_NO_JOINERS).strip()
