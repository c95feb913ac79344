"""A coalition in which one partner has done all that the API can show: in another's answers nothing of it may stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask

from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import show
from network.partners import service as partners
from network.settlement import service as settlement
from tests.fixtures import Coalition, Till, day, next_key
from tests.integration.batches.files import earn as line
from tests.integration.batches.files import post as post_batch
from tests.integration.settlement.ledger import close_due

_STORE, _RECEIPT, _REASON = "north-7319", "receipt-7319", "line 7319 is missing"
_AMOUNT = 7_319_573_00


@dataclass(frozen=True)
class Planted:
    """`own` did it all, `foreign` nothing with it.

    `values`: what `own` would put where a path, a query or a body has a part of that name. `markers`: texts that belong
    to `own` alone.
    """

    own: Till
    foreign: Till
    values: Mapping[str, Sequence[Any]]
    markers: frozenset[str]


def plant(app: Flask) -> Planted:
    """January happens at the first partner, and is closed; February has begun."""
    coalition = Coalition(app)
    own, foreign = coalition.join("grocer7319"), coalition.join("fuel")
    partners.add_store(own.partner_id, code=_STORE, name="North")
    set_clock(day(1, 10))
    sara = coalition.enrol(own, name="Sara Ahmadi", phone="+989121234567")
    omid = coalition.enrol(foreign)
    foreign.earn(omid, 100_00)
    earn = _made(own.earn(sara, _AMOUNT, receipt=_RECEIPT, store=_STORE, lines=[_AMOUNT]))
    burn = _made(own.redeem(sara, 1_000, receipt=_RECEIPT))
    held = _made(own.redeem(sara, 500, capture=False))
    batch = post_batch(own, [line(1, member=sara.id), line(2, member=sara.id, amount_minor=0)])["id"]
    set_clock(day(2, 1))
    (cycle,) = close_due()
    settlement.submit(cycle.cycle_id, person="maryam")
    settlement.approve(cycle.cycle_id, person="reza")
    settlement.prove_cycle(cycle.name)
    statement = own.get("/v1/settlements").json["data"][0]["id"]
    about = {"claimed_minor": 900, "reason": _REASON}
    dispute = _made(own.post(f"/v1/settlements/{statement}/disputes", about, next_key()))
    entries = [earn, burn, held]
    values: dict[str, Sequence[Any]] = {
        "member_id": [sara.id],
        "member": [sara.id],
        "entry_id": entries,
        "settlement_id": [statement],
        "batch_id": [batch],
        "dispute_id": [dispute],
        "cycle_id": [show("cyc", cycle.cycle_id)],
        "line": [1, 2],
        "store": [_STORE],
        "receipt": [_RECEIPT],
        "currency": ["USD"],
        "from": ["2017-01-01"],
        "to": ["2017-01-31"],
        "limit": [20],
        "cursor": [None],
    }
    client = own.client.shown_id
    partner = show("par", own.partner_id)
    secret = {sara.id, *entries, statement, batch, dispute, client, partner, own.code, _STORE, _RECEIPT, _REASON}
    secret |= {sara.card_number, "Sara", "9121234567", "7319573"}
    return Planted(own, foreign, values, frozenset(secret))


def _made(answer: Any) -> str:
    assert answer.status_code in (201, 202), answer.text
    return str(answer.json["id"])
