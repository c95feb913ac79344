"""Batches as a partner's software sends them: the SDK against a real server and a real worker."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from partner_sdk import NotFoundError, ValidationError
from tests.fixtures import Customer, Till
from tests.integration.batches.files import earn, ndjson
from tests.live import Installation

AT = datetime(2017, 1, 3, 12, tzinfo=UTC)


def test_lines_are_handed_in_followed_and_their_errors_read(
    installation: Installation, grocer: Till, sara: Customer
) -> None:
    lines = [{**earn(n, card_number=sara.card_number), "occurred_at": AT} for n in range(3)]
    lines.append({**lines[0], "sequence": 9, "amount_minor": 0, "store": None})
    with installation.partner(grocer.client) as partner:
        batch = partner.batches.create(lines)
        assert (batch.status, batch.total, batch.done) == ("queued", 4, 0)
        installation.work()
        batch = partner.batches.get(batch.id)
        assert (batch.status, batch.posted, batch.refused) == ("completed", 3, 1)
        (error,) = partner.batches.errors(batch.id)
        assert (error.line, error.code, error.field) == (4, "validation_failed", "amount_minor")
        assert partner.batches.with_raw_response.get(batch.id).parse() == batch
        with pytest.raises(NotFoundError):
            partner.batches.errors("bat_" + "0" * 26)


def test_a_file_is_handed_in_as_it_is(installation: Installation, grocer: Till, sara: Customer) -> None:
    header = "till,sequence,operation,member,amount_minor,currency,occurred_at"
    table = f"{header}\nT1,1,earn,{sara.id},100,USD,{AT.isoformat()}"
    with installation.partner(grocer.client) as partner:
        assert partner.batches.create(io.BytesIO(ndjson([earn(2, member=sara.id)]))).total == 1
        assert partner.batches.create(io.BytesIO(table.encode()), csv=True).total == 1
        installation.work()
        assert partner.members.balance(sara.id).available == 13
        with pytest.raises(ValidationError) as caught:
            partner.batches.create([])
        assert caught.value.code == "batch_empty"
        with pytest.raises(TypeError):
            partner.batches.create(io.StringIO("{}"))  # type: ignore[arg-type]
