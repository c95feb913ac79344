"""Points as somebody types them."""

import re

from network.signin.errors import BadSpendLimit

_SEPARATORS = re.compile("[,.٬٫،]")
_MOST_DIGITS = 9


def read_points(digits: str) -> int | None:
    """A whole number, with or without separators of thousands; None if nothing was typed. Raises BadSpendLimit."""
    typed = _SEPARATORS.sub("", digits)
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= _MOST_DIGITS):
        raise BadSpendLimit
    return int(typed)
