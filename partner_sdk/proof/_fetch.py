"""Getting proofs from the network, to be kept and verified anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .._client import Partner
from .._exchange import get
from ._keys import Keys
from ._signers import Signers

__all__ = ["Proofs"]


class Proofs:
    """What `/v1/proofs` and a statement's proof give, through a Partner. Scope `settlements:read`."""

    def __init__(self, partner: Partner) -> None:
        self._send = partner._send

    def keys(self) -> Keys:
        """The network's public keys, of all times. Keep what you were given first, and compare."""
        return Keys(self._send(get("/v1/proofs/keys")).json_object())

    def signers(self) -> Signers:
        """The public keys of all partners that sign what they ask. Keep them too, and compare."""
        return Signers(self._send(get("/v1/proofs/signers")).json_object())

    def cycles(self) -> Iterator[dict[str, Any]]:
        """Every cycle's document, newest first: `cycle` `cycle_name` `currency` `number` `document` `signed_at`."""
        query: dict[str, str] = {}
        while True:
            page = self._send(get("/v1/proofs/cycles", query=query)).json_object()
            yield from map(dict, page["data"])
            if not page["has_more"]:
                return
            query = {"cursor": page["next_cursor"]}

    def document(self, cycle_id: str) -> str:
        """One cycle's signed document. Raises NotFoundError (`proof_not_ready`)."""
        answer = self._send(get("/v1/proofs/cycles/{cycle_id}", cycle_id=cycle_id))
        return str(answer.json_object()["document"])

    def of(self, settlement_id: str) -> bytes:
        """A statement's whole proof, for `verify`. Of millions of lines rather stream it into a file, with any tool."""
        return self._send(get("/v1/settlements/{settlement_id}/proof", settlement_id=settlement_id)).content

    def of_entry(self, settlement_id: str, entry_id: str) -> dict[str, Any]:
        """The proof of one own entry, for `verify_entry`. Raises NotFoundError (`entry_not_in_cycle`)."""
        route = "/v1/settlements/{settlement_id}/proof/{entry_id}"
        answer = self._send(get(route, settlement_id=settlement_id, entry_id=entry_id))
        told: dict[str, Any] = json.loads(answer.content)
        return told
