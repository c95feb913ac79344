"""Running a statement: in the unit of work, if one is open, else as a transaction by itself."""

from typing import Any

import psycopg

from network.infrastructure.database import drop_statement_connection, statement_connection, unit_connection
from network.infrastructure.transaction import in_transaction

Row = tuple[Any, ...]


def read(query: str, *values: Any) -> Row | None:
    """The only row."""
    rows = read_all(query, *values)
    return rows[0] if rows else None


def read_all(query: str, *values: Any) -> list[Row]:
    """Rows. A connection that turns out to be broken is replaced once: reading twice does no harm."""
    try:
        return _connection().execute(query, values).fetchall()
    except psycopg.OperationalError:
        if in_transaction():
            raise
        drop_statement_connection()
        return statement_connection().execute(query, values).fetchall()


def write(statement: str, *values: Any) -> Row | None:
    """Run a statement that ends with RETURNING; the only row it touched, or None."""
    found: Row | None = _connection().execute(statement, values).fetchone()
    return found


def write_all(statement: str, *values: Any) -> int:
    """Run a statement; how many rows it touched."""
    return _connection().execute(statement, values).rowcount


def _connection() -> psycopg.Connection:
    return unit_connection() if in_transaction() else statement_connection()
