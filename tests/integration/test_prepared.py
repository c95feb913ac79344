"""Prepared statements of our own survive what psycopg does to the server's."""

import psycopg
from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import db, statement_connection, unit_connection
from network.infrastructure.prepared import as_int, run
from network.infrastructure.transaction import transaction

STATEMENT = "SELECT $1::bigint + 1 AS next"


def test_a_statement_that_was_deallocated_is_prepared_anew(app: Flask) -> None:
    connection = statement_connection()
    assert _next(connection, 1) == 2
    connection.execute("DEALLOCATE ALL")
    assert _next(connection, 2) == 3


def test_a_rolled_back_savepoint_takes_nothing_from_the_unit_of_work(app: Flask) -> None:
    with transaction():
        assert _next(unit_connection(), 1) == 2
        nested = db.session.begin_nested()
        db.session.execute(text("SELECT 1"))
        nested.rollback()
        assert _next(unit_connection(), 2) == 3


def _next(connection: psycopg.Connection, number: int) -> int | None:
    ((found,),) = run(connection, STATEMENT, [number])
    return as_int(found)
