"""The one database: PostgreSQL. SQLAlchemy for everything but the two hot paths, which speak to psycopg directly."""

import logging
import os
import threading
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import BigInteger, DateTime, MetaData, Numeric, Text, Uuid
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, registry

_log = logging.getLogger(__name__)
_NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


_SESSION = "-c timezone=UTC -c datestyle=ISO"


class Base(DeclarativeBase):
    """Every table's base: whole numbers are 64 bits wide, instants know their zone, decimals are exact."""

    registry = registry(
        metadata=MetaData(naming_convention=_NAMES),
        type_annotation_map={
            int: BigInteger,
            str: Text,
            datetime: DateTime(timezone=True),
            Decimal: Numeric,
            UUID: Uuid,
        },
    )


class _Database(SQLAlchemy):
    """A session of its own for each request, whose end the request's answer does not depend on."""

    def _teardown_session(self, exc: BaseException | None) -> None:
        if not self.session.registry.has():
            return  # the hot paths open none
        try:
            super()._teardown_session(exc)
        except DBAPIError as failure:  # the server is gone since the last query; there is nothing left to roll back
            _log.warning("a session ended with its connection (%s)", type(failure.orig).__name__)
            self.session.registry.clear()


db = _Database(metadata=Base.metadata, disable_autonaming=True, session_options={"expire_on_commit": False})


class _ThreadState(threading.local):
    connection: psycopg.Connection | None = None
    process_id: int = 0


_thread = _ThreadState()


def init_database(app: Flask, database_url: str) -> None:
    """Bind the application to its database. `database_url` is any form that SQLAlchemy or libpq understands."""
    url = make_url(database_url).set(drivername="postgresql+psycopg")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_pre_ping": True,
        "hide_parameters": True,  # rows hold what logs may not
        "pool_size": 8,
        "max_overflow": 8,
        "connect_args": {"options": _SESSION},
    }
    app.config["PEYVAND_CONNINFO"] = _conninfo(url.set(drivername="postgresql").render_as_string(hide_password=False))
    db.init_app(app)


def statement_connection() -> psycopg.Connection:
    """This thread's own connection, in which each statement is a transaction by itself.

    For the hot paths: a posting is one SELECT and one statement that writes, so BEGIN and COMMIT would only be two
    round trips more. Inside `transaction()` use `unit_connection()`.
    """
    connection = _thread.connection
    if connection is None or connection.closed or _thread.process_id != os.getpid():
        # a forked child forgets its parent's socket without closing it: the server would end the parent's session
        connection = psycopg.connect(current_app.config["PEYVAND_CONNINFO"], autocommit=True)
        connection.prepare_threshold = 2
        connection.prepared_max = 300
        _thread.connection, _thread.process_id = connection, os.getpid()
    return connection


def connect_for_groups(app: Flask) -> psycopg.Connection:
    """A connection for statements of many rows (see `together`), each of them a transaction by itself.

    Their plans are made once, mostly when there is little in the tables yet: they are to use the indexes nevertheless.
    """
    options = f"{_SESSION} -c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
    return psycopg.connect(make_conninfo(app.config["PEYVAND_CONNINFO"], options=options), autocommit=True)


def drop_statement_connection(failed: psycopg.Connection | None = None) -> None:
    """Close this thread's connection; the next statement opens a new one.

    `failed`: this one only. Of several requests that one thread works on, another may have replaced it already.
    """
    connection = _thread.connection
    if connection is None or (failed is not None and failed is not connection):
        return
    _thread.connection = None
    if _thread.process_id == os.getpid():
        connection.close()


def unit_connection() -> psycopg.Connection:
    """The psycopg connection of the current unit of work (see `transaction`)."""
    connection = db.session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


def _conninfo(url: str) -> str:
    """libpq's form, with a bound on waiting and the name that pg_stat_activity shows."""
    told: dict[str, Any] = {"application_name": "peyvand", "connect_timeout": 10, **conninfo_to_dict(url)}
    told["options"] = f"{told.get('options', '')} {_SESSION}".strip()
    return make_conninfo(**told)
