"""Identifiers: UUIDv7 inside, a prefix and 26 letters outside (`mbr_01jd...`), as in the TypeID specification.

Entries of the journal are named by their primary key, wallet and sequence: finding one needs no index of its own.
"""

import os
import time
from uuid import UUID

from network.kernel.errors import Invalid

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
_PAIRS = [high + low for high in _LETTERS for low in _LETTERS]
_ALL_LETTERS = frozenset(_LETTERS)
_TO_PYTHON = str.maketrans(_LETTERS, "0123456789abcdefghijklmnopqrstuv")  # the digits that int(..., 32) reads
_UUID_LETTERS = 26
_MOST_SEQUENCE_LETTERS = 12


class MalformedId(Invalid):
    code = "malformed_id"
    detail = "This is not an identifier of the expected kind."


def new_id() -> UUID:
    """A new UUIDv7 (RFC 9562): 48 bits of milliseconds, then random. Sorts by time of birth."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    number = (number & ~(0xF << 76)) | (0x7 << 76)
    number = (number & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=number)


def show(prefix: str, identifier: UUID) -> str:
    """The public form: prefix, underscore, 26 letters."""
    return f"{prefix}_{_encode(identifier.int, _UUID_LETTERS)}"


def read(prefix: str, text: str, *, field: str | None = None) -> UUID:
    """The identifier in a public form. Raises MalformedId if it is not one of this prefix."""
    number = _decode(_body(prefix, text, field), field)
    if len(text) != len(prefix) + 1 + _UUID_LETTERS or number >> 128:
        raise MalformedId(field=field)
    return UUID(int=number)


def show_entry(prefix: str, wallet_id: UUID, sequence: int) -> str:
    """The public form of a journal entry: its wallet and its sequence in that wallet."""
    return f"{prefix}_{_encode(wallet_id.int, _UUID_LETTERS)}{_encode(sequence, 0)}"


def read_entry(prefix: str, text: str, *, field: str | None = None) -> tuple[UUID, int]:
    """Wallet and sequence of an entry. Raises MalformedId."""
    body = _body(prefix, text, field)
    wallet, sequence = body[:_UUID_LETTERS], body[_UUID_LETTERS:]
    number = _decode(wallet, field)
    if not sequence or sequence.startswith("0") or number >> 128:  # one spelling for each entry
        raise MalformedId(field=field)
    return UUID(int=number), _decode(sequence, field)


def read_any_entry(prefixes: tuple[str, ...], text: str, *, field: str | None = None) -> tuple[UUID, int]:
    """Wallet and sequence of an entry of any of these prefixes. Raises MalformedId."""
    prefix = text.partition("_")[0]
    return read_entry(prefix if prefix in prefixes else prefixes[0], text, field=field)


def _body(prefix: str, text: str, field: str | None) -> str:
    """The letters after the prefix. The length is checked first: decoding costs more than its share of long ones."""
    head, _, body = text.partition("_")
    if head != prefix or not _UUID_LETTERS <= len(body) <= _UUID_LETTERS + _MOST_SEQUENCE_LETTERS:
        raise MalformedId(field=field)
    return body


def _encode(number: int, width: int) -> str:
    letters = ""
    while number:
        letters = _PAIRS[number & 1023] + letters
        number >>= 10
    return letters.lstrip("0").rjust(max(width, 1), "0")


def _decode(letters: str, field: str | None) -> int:
    if not _ALL_LETTERS.issuperset(letters):
        raise MalformedId(field=field)
    return int(letters.translate(_TO_PYTHON), 32)
