"""Passwords that leaked somewhere, and are tried first everywhere.

The list is a file that the operator gets: SHA-1 digests in hexadecimal, in order, one on a line (`HEX:count`), as Have
I Been Pwned offers it for download. It may have a billion lines: it is searched where it lies, and never read whole.
"""

import hashlib
from io import BufferedReader
from pathlib import Path

_DIGITS = 40


def is_leaked(password: str, passwords: Path | None) -> bool:
    """Whether a password stands in the list; of no list, no. Raises OSError for a list that can't be read."""
    if passwords is None:
        return False
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with passwords.open("rb") as lines:
        low, high = 0, passwords.stat().st_size
        while low < high:
            middle = (low + high) // 2
            if _digest_from(lines, middle) < digest:
                low = middle + 1
            else:
                high = middle
        return _digest_from(lines, low) == digest


def _digest_from(lines: BufferedReader, place: int) -> bytes:
    """The digest on the first line that begins there or after it; beyond the last line one that is above all others."""
    lines.seek(max(0, place - 1))
    if place:
        lines.readline()
    return lines.readline()[:_DIGITS].upper() or b"~"
