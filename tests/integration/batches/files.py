"""Files as tills write them, sent through the application's own edge and worked through at once."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import text

from network.batches import repository, service
from network.cli.ledger import check_everything
from network.infrastructure.database import db, statement_connection
from tests.fixtures import Till, next_key


def earn(sequence: int, *, till: str = "T1", **more: Any) -> dict[str, Any]:
    """A line of 12.50 at noon on 3 January 2017; the member is told by `member=` or `card_number=`."""
    usual = {"operation": "earn", "amount_minor": 1250, "currency": "USD", "occurred_at": "2017-01-03T12:00:00Z"}
    return {"till": till, "sequence": sequence, **usual, **more}


def reversal(sequence: int, of: int, *, till: str = "T1", **more: Any) -> dict[str, Any]:
    """A line that takes back what the same till's line `of` gave."""
    return {"till": till, "sequence": sequence, "operation": "reversal", "of": {"till": till, "sequence": of}, **more}


def ndjson(lines: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def send(till: Till, body: bytes, *, key: str | None = None, media: str = "application/x-ndjson") -> Any:
    """POST /v1/batches."""
    headers = till.headers(key or next_key()) | {"Content-Type": media}
    return till.app.test_client().post("/v1/batches", data=body, headers=headers)


def work() -> None:
    """Do what the workers would, until nothing is left."""
    while todo := repository.unfinished(statement_connection()):
        for batch_id, _ in todo:
            service.run(batch_id)


def post(till: Till, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Send lines, work through them, and tell the finished batch."""
    sent = send(till, ndjson(lines))
    assert sent.status_code == 202, sent.text
    work()
    found: dict[str, Any] = till.get(f"/v1/batches/{sent.json['id']}").json
    assert found["status"] == "completed"
    return found


def errors(till: Till, batch: dict[str, Any]) -> list[dict[str, Any]]:
    """The error file, line by line."""
    answer = till.get(f"/v1/batches/{batch['id']}/errors")
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def counts(batch: dict[str, Any]) -> tuple[int, int, int]:
    return batch["posted"], batch["duplicates"], batch["refused"]


def broken() -> list[str]:
    """The invariants that do not hold."""
    db.session.rollback()
    return [finding.check.name for finding in check_everything() if not finding.holds]


def rows(query: str) -> list[tuple[Any, ...]]:
    db.session.rollback()
    found = [tuple(row) for row in db.session.execute(text(query))]
    db.session.rollback()
    return found
