"""PostgreSQL's binary forms, for rows by the thousand: there is nothing to escape here, and nothing to parse there."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from itertools import repeat
from struct import Struct
from typing import Self

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

NULL = b"\xff\xff\xff\xff"
"""A column without a value."""

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_ARRAY = Struct(">iiiii")
_SIZE = Struct(">i")
_INT8 = Struct(">q")
_SIZED_INT8 = Struct(">iq")
_COLUMNS = Struct(">h")
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

TO_2000_US = (datetime(2000, 1, 1, tzinfo=UTC) - _UNIX_EPOCH) // _MICROSECOND
"""PostgreSQL's instants are microseconds since 2000, ours since 1970; this is what lies between."""


class Array(bytes):
    """An array in its binary form; the element's type is that of the subclass."""

    _element_oid: int

    @classmethod
    def _made(cls, count: int, elements: bytes, *, with_nulls: bool = False) -> Self:
        return cls(_ARRAY.pack(1, with_nulls, cls._element_oid, count, 1) + elements)


class Uuids(Array):
    """Of 16 bytes each."""

    _element_oid = 2950

    @classmethod
    def of(cls, ids: Collection[bytes]) -> Self:
        return cls._made(len(ids), _before_each(_SIZE.pack(16), ids))


class Digests(Array):
    """A bytea[] of 32 bytes each."""

    _element_oid = 17

    @classmethod
    def of(cls, digests: Collection[bytes]) -> Self:
        return cls._made(len(digests), _before_each(_SIZE.pack(32), digests))


class Bigints(Array):
    """Whole numbers."""

    _element_oid = 20

    @classmethod
    def of(cls, numbers: Collection[int]) -> Self:
        return cls._made(len(numbers), b"".join(map(_SIZED_INT8.pack, repeat(8), numbers)))


class Instants(Array):
    """Microseconds since 1970; None is null."""

    _element_oid = 1184

    @classmethod
    def of(cls, instants_us: Collection[int | None]) -> Self:
        told = [NULL if us is None else _SIZED_INT8.pack(8, us - TO_2000_US) for us in instants_us]
        return cls._made(len(told), b"".join(told), with_nulls=None in instants_us)


def _before_each(size: bytes, elements: Collection[bytes]) -> bytes:
    return size.join((b"", *elements))


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> Buffer:
        return obj


for _kind, _oid in ((Uuids, 2951), (Bigints, 1016), (Digests, 1001), (Instants, 1185)):
    psycopg.adapters.register_dumper(_kind, type(f"{_kind.__name__}Dumper", (_ArrayDumper,), {"oid": _oid}))


def int8(value: int) -> bytes:
    """A bigint."""
    return _INT8.pack(value)


def instant(at_us: int) -> bytes:
    """A timestamptz, of microseconds since 1970."""
    return _INT8.pack(at_us - TO_2000_US)


def read_instant(value: bytes) -> int:
    """Microseconds since 1970, of what `timestamptz_send` gives."""
    return int.from_bytes(value, signed=True) + TO_2000_US


def column(value: bytes | None) -> bytes:
    """A column of a row for COPY."""
    return NULL if value is None else _SIZE.pack(len(value)) + value


def copy_rows(connection: psycopg.Connection, table: str, columns: str, rows: Sequence[bytes]) -> None:
    """COPY rows, each of them its columns one after the other. `columns`: their names, separated by commas."""
    if not rows:
        return
    count = _COLUMNS.pack(columns.count(",") + 1)  # stands before each row
    statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.write(count.join((_HEADER, *rows)) + _TRAILER)
