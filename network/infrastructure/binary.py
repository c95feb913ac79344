"""PostgreSQL's binary forms, for rows by the thousand: there is nothing to escape here, and nothing to parse there."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct

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
_COLUMNS = Struct(">h")
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

TO_2000_US = (datetime(2000, 1, 1, tzinfo=UTC) - _UNIX_EPOCH) // _MICROSECOND
"""PostgreSQL's instants are microseconds since 2000, ours since 1970; this is what lies between."""


class Array(bytes):
    """An array in its binary form; the element's type is that of the subclass."""

    _element_oid: int

    @classmethod
    def of(cls, elements: Collection[bytes | None]) -> "Array":
        """An array of elements in their own binary form."""
        told = [NULL if element is None else _SIZE.pack(len(element)) + element for element in elements]
        return cls(_ARRAY.pack(1, None in elements, cls._element_oid, len(told), 1) + b"".join(told))


class Uuids(Array):
    _element_oid = 2950


class Bigints(Array):
    _element_oid = 20


class Byteas(Array):
    _element_oid = 17


class Instants(Array):
    _element_oid = 1184


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> Buffer:
        return obj


for _kind, _oid in ((Uuids, 2951), (Bigints, 1016), (Byteas, 1001), (Instants, 1185)):
    psycopg.adapters.register_dumper(_kind, type(f"{_kind.__name__}Dumper", (_ArrayDumper,), {"oid": _oid}))


def int8(value: int) -> bytes:
    """A bigint."""
    return _INT8.pack(value)


def instant(at_us: int) -> bytes:
    """A timestamptz, of microseconds since 1970."""
    return _INT8.pack(at_us - TO_2000_US)


def read_instant(value: bytes) -> int:
    """Microseconds since 1970, of what `timestamptz_send` gives."""
    found: int = _INT8.unpack(value)[0]
    return found + TO_2000_US


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
