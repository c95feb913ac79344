"""Prepared statements through libpq itself, for the hot paths: psycopg's own bindings, without its adaptation.

Measured: one call costs a third of the processor time of a cursor, and a statement of sixty parameters a fifth.
Values go and come in PostgreSQL's binary form, in which neither side has to read digits. So the statement has to take
every whole number as a `bigint`, whatever the column; the caller knows each column of the answer.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count as count_from
from struct import Struct
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus

from network.infrastructure.binary import Bigints
from network.kernel.identifiers import uuid_of

Row = tuple[bytes | None, ...]

_BINARY = 1
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_FAILED = ExecStatus.FATAL_ERROR
_NO_SUCH_STATEMENT = b"26000"
_MOST_PREPARED = 300  # per connection; rarer shapes are sent unprepared
_names: WeakKeyDictionary[psycopg.Connection, dict[str, bytes]] = WeakKeyDictionary()


def run(connection: psycopg.Connection, statement: str, values: Iterable[Any], *, prepare: bool = True) -> list[Row]:
    """Run a statement with `$1`, `$2`... and return its rows in binary. Raises psycopg's errors, as cursors do.

    Only a connection of its own transactions prepares: in a unit of work psycopg forgets all that the server has
    prepared, ours too, whenever a savepoint is rolled back.
    """
    parameters = [None if value is None else _BINARY_OF[type(value)](value) for value in values]
    if connection.autocommit:
        name = _name_of(connection, statement) if prepare else None
    else:
        name = None
        if connection.pgconn.transaction_status == TransactionStatus.IDLE:
            connection.execute("SELECT 1")  # lets psycopg begin its transaction, which libpq knows nothing of
    result = _result(connection, statement, parameters, name)
    status = result.status
    if status == _FAILED and name is not None and result.error_field(DiagnosticField.SQLSTATE) == _NO_SUCH_STATEMENT:
        del _names[connection]  # somebody has deallocated it; nothing was run
        result = _result(connection, statement, parameters, _name_of(connection, statement))
        status = result.status
    if status not in _DONE:
        raise _error(result)
    return _rows(result)


def send(connection: psycopg.Connection, statement: str, values: Iterable[Any]) -> None:
    """As `run`, without waiting for the reply: see `receive`. Raises psycopg's errors."""
    parameters = [None if value is None else _BINARY_OF[type(value)](value) for value in values]
    name = _name_of(connection, statement)
    if name is None:
        connection.pgconn.send_query_params(
            statement.encode(), parameters, None, _all_binary(len(parameters)), result_format=_BINARY
        )
    else:
        connection.pgconn.send_query_prepared(name, parameters, _all_binary(len(parameters)), result_format=_BINARY)


def receive(connection: psycopg.Connection, reply: list[Any]) -> bool:
    """Add what has come by now to `reply`; whether it is whole. Raises psycopg's OperationalError."""
    pgconn = connection.pgconn
    pgconn.consume_input()
    while not pgconn.is_busy():
        result = pgconn.get_result()
        if result is None:
            return True
        reply.append(result)
    return False


def rows_of(connection: psycopg.Connection, reply: list[Any]) -> list[Row]:
    """The rows of a whole reply. Raises psycopg's errors: a commit can still fail after the rows have come."""
    for result in reply:
        if result.status not in _DONE:
            if result.error_field(DiagnosticField.SQLSTATE) == _NO_SUCH_STATEMENT:
                del _names[connection]
            raise _error(result)
    return _rows(reply[0])


def _rows(result: Any) -> list[Row]:
    value, columns = result.get_value, range(result.nfields)
    return [tuple([value(row, column) for column in columns]) for row in range(result.ntuples)]


def value_rows(types: Sequence[str], count: int, numbers: Iterator[int] | None = None) -> str:
    """`($1::bigint, $2::text), ($3::bigint, ...` for VALUES: every value with its type, and a number from `numbers`."""
    numbers = numbers or count_from(1)
    return ", ".join("(" + ", ".join(f"${next(numbers)}::{kind}" for kind in types) + ")" for _ in range(count))


def as_int(value: bytes | None) -> int | None:
    """A column of whole numbers, of any width."""
    return None if value is None else int.from_bytes(value, signed=True)


def as_text(value: bytes | None) -> str | None:
    """A text or json column."""
    return None if value is None else value.decode()


def as_uuid(value: bytes | None) -> UUID | None:
    """A uuid column."""
    return None if value is None else uuid_of(int.from_bytes(value))


def as_instant(value: bytes | None) -> datetime | None:
    """A timestamptz column, in UTC."""
    return None if value is None else _EPOCH + timedelta(microseconds=int.from_bytes(value, signed=True))


def as_bool(value: bytes | None) -> bool:
    """A boolean column; null is false."""
    return value == b"\1"


def _text(value: str) -> bytes:
    if "\0" in value:
        raise psycopg.DataError("a text of PostgreSQL can't hold NUL")
    return value.encode()


def _instant(value: datetime) -> bytes:
    since = value - _EPOCH
    return _int8((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's
_int8 = Struct(">q").pack
_BINARY_OF: dict[type, Callable[[Any], bytes]] = {
    str: _text,
    int: _int8,
    bool: lambda value: b"\1" if value else b"\0",
    UUID: lambda value: value.int.to_bytes(16),
    datetime: _instant,
    bytes: bytes,
    tuple: Bigints.of,
}


@lru_cache(maxsize=1024)
def _all_binary(count: int) -> tuple[int, ...]:
    return (_BINARY,) * count


def _result(connection: psycopg.Connection, statement: str, parameters: list[Any], name: bytes | None) -> Any:
    pgconn, formats = connection.pgconn, _all_binary(len(parameters))
    if name is None:
        return pgconn.exec_params(statement.encode(), parameters, None, formats, _BINARY)
    return pgconn.exec_prepared(name, parameters, formats, _BINARY)


def _name_of(connection: psycopg.Connection, statement: str) -> bytes | None:
    names = _names.get(connection)
    if names is None:
        names = _names[connection] = {}
    name = names.get(statement)
    if name is None and len(names) < _MOST_PREPARED:
        name = b"peyvand_%d" % len(names)
        result = connection.pgconn.prepare(name, statement.encode())
        if result.status != ExecStatus.COMMAND_OK:
            raise _error(result)
        names[statement] = name
    return name


def _error(result: Any) -> psycopg.Error:
    diagnosis = result.error_field(DiagnosticField.SQLSTATE)
    message = result.get_error_message()
    if not diagnosis:
        return psycopg.OperationalError(message)
    return psycopg.errors.lookup(diagnosis.decode())(message)
