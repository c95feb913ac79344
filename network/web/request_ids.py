"""Every request has an id: in the `Request-Id` header of its answer, in a problem's body, in every line of the log.

The network makes it; one that a client sends is not taken over, or clients could write into our logs.
"""

import logging
from collections.abc import Mapping, MutableMapping
from typing import Any

from flask import has_request_context

from network.kernel.identifiers import new_shown_id
from network.web.current import environment

HEADER = "Request-Id"
_PLACE = "peyvand.request_id"  # in the WSGI environment, which belongs to one request alone, as `flask.g` does not
_CALLER = "peyvand.caller"


def request_id() -> str:
    """The current request's id, `req_...`."""
    return request_id_of(environment())


def request_id_of(environ: MutableMapping[str, Any]) -> str:
    """The id of the request with this environment; made when it is first asked for."""
    known: str | None = environ.get(_PLACE)
    if known is None:
        known = environ[_PLACE] = new_shown_id("req")
    return known


def note_caller(name: str) -> None:
    """Tell the log who asks: the public id of an OAuth client, never a person."""
    environment()[_CALLER] = name


def caller_of(environ: Mapping[str, Any]) -> str | None:
    """Who asks, as far as it is known."""
    return environ.get(_CALLER)


class RequestIdFilter(logging.Filter):
    """Gives every record the id of the request it was written for, `-` outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id() if has_request_context() else "-"
        return True
