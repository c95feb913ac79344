"""The log: JSON lines on standard error, each with its request's id. No bodies, no queries, no ids of members.

A request's line names the route's pattern (`/v1/members/<member>`), never the path itself, which holds a member's id.
"""

import json
import logging
import sys
import time
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from network.settings import Settings
from network.web.request_ids import RequestIdFilter, caller_of

_access = logging.getLogger("peyvand.access")
_PRIVATE_LINES = ("DETAIL:", "CONTEXT:", "[parameters:")  # where PostgreSQL and SQLAlchemy repeat a row's values


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; of an exception everything but the values that database errors repeat."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
        }
        line |= getattr(record, "request_line", None) or {"message": record.getMessage()}
        if record.exc_info and record.exc_info[1]:
            line["exception"] = _told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def init_logging(settings: Settings) -> None:
    """Send this process's log to standard error as JSON. For the processes that own their log, not for tests.

    A line for each request is written where the settings want it: the proxy in front writes one too.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(RequestIdFilter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("peyvand").setLevel(logging.INFO)
    _access.setLevel(logging.INFO if settings.access_log else logging.WARNING)
    # Authlib writes whole tokens into its debug log.
    logging.getLogger("authlib").setLevel(logging.INFO)


def log_request(environ: Mapping[str, Any], status: str, began: float) -> None:
    """Write a request's line in the log `peyvand.access`. `began`: when, as `time.perf_counter` has it."""
    if not _access.isEnabledFor(logging.INFO):
        return
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    line = {
        "method": environ["REQUEST_METHOD"],
        "route": rule.rule if rule else None,
        "status": int(status[:3]),
        "ms": round((time.perf_counter() - began) * 1000, 1),
        "client_id": caller_of(environ),
    }
    _access.info("request", extra={"request_line": line})


def _told(error: BaseException) -> str:
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(_PRIVATE_LINES))
