"""What people type and paste, brought to ASCII digits."""

import re

_ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
# White space of all kinds, hyphens, dashes, the minus sign, and the invisible marks of direction and joining that come
# with text copied from a right-to-left page.
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")


def plain_digits(text: str) -> str:
    """Persian and Arabic digits as ASCII ones, spaces and dashes left out; everything else as it was."""
    if text.isascii() and text.isdecimal():
        return text
    return _SEPARATORS.sub("", text.translate(_ASCII))
