"""Prepared statements through libpq itself, for the hot paths: psycopg's own bindings, without its adaptation.

Measured: one call costs a third of the processor time of a cursor, and a statement of sixty parameters a fifth.
Values go and come as text; the statement names every parameter's type, and the caller knows each column's.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus

Row = tuple[bytes | None, ...]

_NO_SUCH_STATEMENT = b"26000"
_MOST_PREPARED = 300  # per connection; rarer shapes are sent unprepared
_names: WeakKeyDictionary[psycopg.Connection, dict[str, bytes]] = WeakKeyDictionary()


def run(connection: psycopg.Connection, statement: str, values: Iterable[Any], *, prepare: bool = True) -> list[Row]:
    """Run a statement with `$1`, `$2`... and return its rows as text. Raises psycopg's errors, as cursors do.

    Only a connection of its own transactions prepares: in a unit of work psycopg forgets all that the server has
    prepared, ours too, whenever a savepoint is rolled back.
    """
    if not connection.autocommit and connection.pgconn.transaction_status == TransactionStatus.IDLE:
        connection.execute("SELECT 1")  # lets psycopg begin its transaction, which libpq knows nothing of
    parameters: list[Any] = [None if value is None else _TEXT_OF[type(value)](value) for value in values]
    name = _name_of(connection, statement) if prepare and connection.autocommit else None
    result = _result(connection, statement, parameters, name)
    if name is not None and result.error_field(DiagnosticField.SQLSTATE) == _NO_SUCH_STATEMENT:
        del _names[connection]  # somebody has deallocated it; nothing was run
        result = _result(connection, statement, parameters, _name_of(connection, statement))
    if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise _error(result)
    columns = range(result.nfields)
    return [tuple(result.get_value(row, column) for column in columns) for row in range(result.ntuples)]


def as_int(value: bytes | None) -> int | None:
    """A bigint column."""
    return None if value is None else int(value)


def as_text(value: bytes | None) -> str | None:
    """A text column."""
    return None if value is None else value.decode()


def as_uuid(value: bytes | None) -> UUID | None:
    """A uuid column."""
    return None if value is None else UUID(value.decode())


def as_instant(value: bytes | None) -> datetime | None:
    """A timestamptz column, in UTC; the session's own zone is UTC, so its text carries +00."""
    return None if value is None else datetime.fromisoformat(value.decode()).astimezone(UTC)


def as_bytes(value: bytes | None) -> bytes | None:
    """A bytea column."""
    return None if value is None else bytes.fromhex(value[2:].decode())


def _text(value: str) -> bytes:
    if "\0" in value:
        raise psycopg.DataError("a text of PostgreSQL can't hold NUL")
    return value.encode()


_TEXT_OF: dict[type, Callable[[Any], bytes]] = {
    str: _text,
    int: b"%d".__mod__,
    bool: lambda value: b"t" if value else b"f",
    UUID: lambda value: b"%032x" % value.int,
    datetime: lambda value: value.isoformat().encode(),
    bytes: lambda value: b"\\x" + value.hex().encode(),
    tuple: lambda value: b"{" + b",".join(b"%d" % item for item in value) + b"}",  # of whole numbers
}


def _result(connection: psycopg.Connection, statement: str, parameters: list[Any], name: bytes | None) -> Any:
    pgconn = connection.pgconn
    return (
        pgconn.exec_params(statement.encode(), parameters) if name is None else pgconn.exec_prepared(name, parameters)
    )


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
