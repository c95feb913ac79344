"""A payment service that moves nothing, and keeps its transfers in a folder, one file for each key.

As a real one it outlives the processes that ask it, and answers the same key the same for ever.
"""

import json
import os
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from network.kernel.identifiers import new_shown_id
from network.payments.domain import Order
from network.payments.errors import PaymentKeyReused, PaymentRefused


class FakeGateway:
    """The working twin. It refuses a destination that begins with `refused`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pay(self, order: Order) -> str:
        """As `Gateway.pay`. Of many that ask at once one pays, and all are told of the same payment."""
        if order.destination.startswith("refused"):
            raise PaymentRefused(f"{order.destination} takes no payments.")
        self._folder.mkdir(parents=True, exist_ok=True)
        kept = self._folder / f"{sha256(order.key.encode()).hexdigest()}.json"
        draft = self._folder / f"{new_shown_id('draft')}.tmp"
        draft.write_text(json.dumps({"name": new_shown_id("fake"), "order": asdict(order)}))
        try:
            os.link(draft, kept)  # whole or not at all, and by one only
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        paid = json.loads(kept.read_text())
        if paid["order"] != asdict(order):
            raise PaymentKeyReused
        return str(paid["name"])

    def payments(self) -> list[Order]:
        """What it has been asked to pay, once each, by key."""
        found = [Order(**json.loads(path.read_text())["order"]) for path in self._folder.glob("*.json")]
        return sorted(found, key=lambda order: order.key)
