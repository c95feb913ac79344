"""Prepared statements of our own survive what psycopg does to the server's."""

from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import db, statement_connection, unit_connection
from network.infrastructure.prepared import run
from network.infrastructure.transaction import transaction

STATEMENT = "SELECT $1::bigint + 1 AS next"


def test_a_statement_that_was_deallocated_is_prepared_anew(app: Flask) -> None:
    connection = statement_connection()
    assert run(connection, STATEMENT, [1]) == [(b"2",)]
    connection.execute("DEALLOCATE ALL")
    assert run(connection, STATEMENT, [2]) == [(b"3",)]


def test_a_rolled_back_savepoint_takes_nothing_from_the_unit_of_work(app: Flask) -> None:
    with transaction():
        assert run(unit_connection(), STATEMENT, [1]) == [(b"2",)]
        nested = db.session.begin_nested()
        db.session.execute(text("SELECT 1"))
        nested.rollback()
        assert run(unit_connection(), STATEMENT, [2]) == [(b"3",)]
