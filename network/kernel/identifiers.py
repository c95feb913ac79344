"""Identifiers: UUIDv7 inside, a prefix and 26 letters outside (`mbr_01jd...`), as in the TypeID specification.

Entries of the journal are named by their primary key, wallet and sequence: finding one needs no index of its own.
"""

import os
import time
from uuid import UUID, SafeUUID

from network.kernel.errors import Invalid

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
_PAIRS = [high + low for high in _LETTERS for low in _LETTERS]
_DIGITS = b"0123456789abcdefghijklmnopqrstuv"  # those that int(..., 32) reads
_TO_DIGITS = bytes(_DIGITS[_LETTERS.index(chr(code))] if chr(code) in _LETTERS else ord("!") for code in range(256))
_UUID_LETTERS = 26
_LAST = f"7{'z' * 25}"  # of 128 bits
_MOST_SEQUENCE_LETTERS = 12
_VERSION_AND_VARIANT = 0x7 << 76 | 0x2 << 62
_RANDOM = (1 << 76) - 1 & ~(0x3 << 62)
_TWENTY_BITS, _TEN_BITS = (1 << 20) - 1, (1 << 10) - 1
_set = object.__setattr__  # UUIDs refuse to be set
_UNKNOWN = SafeUUID.unknown


class MalformedId(Invalid):
    code = "malformed_id"
    detail = "This is not an identifier of the expected kind."


def new_id() -> UUID:
    """A new UUIDv7 (RFC 9562): 48 bits of milliseconds, then random. Sorts by time of birth."""
    return uuid_of(_new_number())


def new_ids(count: int) -> list[UUID]:
    """So many new UUIDv7 of one moment, in no order; the system is asked for randomness once."""
    milliseconds, random = time.time_ns() // 1_000_000, os.urandom(10 * count)
    return [uuid_of(_number_at(milliseconds, random[place : place + 10])) for place in range(0, len(random), 10)]


def new_shown_id(prefix: str) -> str:
    """The public form of a new identifier that nothing but this form is needed of."""
    return f"{prefix}_{_letters_of(_new_number())}"


def uuid_of(number: int) -> UUID:
    """The UUID of a number of 128 bits, as `UUID(int=number)`, which asks six questions before it makes one."""
    identifier = object.__new__(UUID)
    _set(identifier, "int", number)
    _set(identifier, "is_safe", _UNKNOWN)
    return identifier


def show(prefix: str, identifier: UUID) -> str:
    """The public form: prefix, underscore, 26 letters."""
    return f"{prefix}_{_letters_of(identifier.int)}"


def read(prefix: str, text: str, *, field: str | None = None) -> UUID:
    """The identifier in a public form. Raises MalformedId if it is not one of this prefix."""
    head, _, letters = text.partition("_")
    if head != prefix or len(letters) != _UUID_LETTERS or letters > _LAST:
        raise MalformedId(field=field)
    return uuid_of(_number_of(letters, field))


def show_entry(prefix: str, wallet_id: UUID, sequence: int) -> str:
    """The public form of a journal entry: its wallet and its sequence in that wallet."""
    letters = ""
    while sequence:
        letters = _PAIRS[sequence & _TEN_BITS] + letters
        sequence >>= 10
    return f"{prefix}_{_letters_of(wallet_id.int)}{letters.lstrip('0')}"


def read_entry(prefix: str, text: str) -> tuple[UUID, int]:
    """Wallet and sequence of an entry. Raises MalformedId."""
    head, _, body = text.partition("_")
    wallet, sequence = body[:_UUID_LETTERS], body[_UUID_LETTERS:]
    # The length is checked first: decoding costs more than its share of long ones.
    if head != prefix or len(sequence) > _MOST_SEQUENCE_LETTERS or wallet > _LAST:
        raise MalformedId
    if not sequence or sequence.startswith("0"):  # one spelling for each entry
        raise MalformedId
    return uuid_of(_number_of(wallet)), _number_of(sequence)


def read_any_entry(prefixes: tuple[str, ...], text: str) -> tuple[UUID, int]:
    """Wallet and sequence of an entry of any of these prefixes. Raises MalformedId."""
    prefix = text.partition("_")[0]
    return read_entry(prefix if prefix in prefixes else prefixes[0], text)


def _new_number() -> int:
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big") & _RANDOM
    return milliseconds << 80 | _VERSION_AND_VARIANT | random  # not by `_number_at`: every posting makes several


def _number_at(milliseconds: int, random: bytes) -> int:
    return milliseconds << 80 | _VERSION_AND_VARIANT | int.from_bytes(random, "big") & _RANDOM


def _letters_of(number: int) -> str:
    """26 letters for 130 bits, two at a time; in pieces of 20 bits, which Python adds and shifts as one digit."""
    a, b, c = number >> 100, number >> 80 & _TWENTY_BITS, number >> 60 & _TWENTY_BITS
    d, e, f = number >> 40 & _TWENTY_BITS, number >> 20 & _TWENTY_BITS, number & _TWENTY_BITS
    return (
        f"{_PAIRS[a >> 20]}{_PAIRS[a >> 10 & _TEN_BITS]}{_PAIRS[a & _TEN_BITS]}{_PAIRS[b >> 10]}{_PAIRS[b & _TEN_BITS]}"
        f"{_PAIRS[c >> 10]}{_PAIRS[c & _TEN_BITS]}{_PAIRS[d >> 10]}{_PAIRS[d & _TEN_BITS]}"
        f"{_PAIRS[e >> 10]}{_PAIRS[e & _TEN_BITS]}{_PAIRS[f >> 10]}{_PAIRS[f & _TEN_BITS]}"
    )


def _number_of(letters: str, field: str | None = None) -> int:
    try:
        return int(letters.encode().translate(_TO_DIGITS), 32)  # "!" is no digit: int refuses it, and the empty text
    except ValueError:
        raise MalformedId(field=field) from None
