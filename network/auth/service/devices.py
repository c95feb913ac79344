"""Terminals that wait to be let in (RFC 8628): asked for by the terminal, decided by somebody of its partner."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from network.audit.service import record
from network.auth.client_secrets import digest, new_secret
from network.auth.domain import Client, Terminal
from network.auth.domain.grants import DEVICE_INTERVAL_SECONDS, DEVICE_LASTS
from network.auth.errors import BadMetadata, DeviceRequestNotFound
from network.auth.repository import clients as client_queries
from network.auth.repository import requests
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import show

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels: no words (RFC 8628, 6.1)
_LETTERS_OF_CODE = 8
_OTHERS = re.compile(f"[^{_LETTERS}]")


@dataclass(frozen=True, slots=True)
class DeviceCodes:
    """What a terminal polls with, and what it shows. Neither is kept but as a hash."""

    device_code: str
    user_code: str

    def __repr__(self) -> str:
        return "DeviceCodes()"


def ask_for_device(client: Client, scopes: Iterable[str], jkt: str | None) -> DeviceCodes:
    """A terminal asks to be let in; it has a quarter of an hour."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LETTERS_OF_CODE))
    codes, now = DeviceCodes(new_secret(), f"{letters[:4]}-{letters[4:]}"), SystemClock().now()
    requests.insert_device_request(
        digest(codes.device_code),
        digest(letters),
        client.client_id,
        client.partner_id,
        scopes=scopes,
        jkt=jkt,
        asked_at=now,
        expires_at=now + DEVICE_LASTS,
        interval_seconds=DEVICE_INTERVAL_SECONDS,
    )
    return codes


def find_device_request(user_code: str, partner_id: UUID) -> Terminal:
    """The terminal of a partner that shows this code, in whichever letters and with whatever between them.

    Whoever calls this for a person has to limit how often that person may guess. Raises DeviceRequestNotFound.
    """
    found = requests.find_terminal(digest(_plain(user_code)), partner_id, SystemClock().now())
    if found is None:
        raise DeviceRequestNotFound
    return found


def decide_device(
    user_code: str, partner_id: UUID, *, granted: bool, store_id: UUID | None = None, name: str = "", by: str
) -> None:
    """Somebody of the partner has decided, once; a terminal that is let in stands in one store. `by`: who it was.

    Raises DeviceRequestNotFound, and BadMetadata for what is no store of the partner's, or none its client may be in.
    """
    user_hash, now = digest(_plain(user_code)), SystemClock().now()
    with transaction():
        terminal = requests.find_terminal(user_hash, partner_id, now)
        if terminal is None:
            raise DeviceRequestNotFound
        stores = _stores(terminal, store_id) if granted else []
        state = "granted" if granted else "denied"
        if not requests.decide_device(user_hash, partner_id, state, stores, name, by, now):
            raise DeviceRequestNotFound
        told = {"state": state, "stores": [show("sto", each) for each in stores]}
        record("tills.decide", "partner", show("par", partner_id), after=told)


def _stores(terminal: Terminal, store_id: UUID | None) -> list[UUID]:
    client = client_queries.find_client(terminal.client_id)
    found = client_queries.find_stores(terminal.partner_id, [store_id] if store_id else [])
    if client is None or not found or (client.store_ids and store_id not in client.store_ids):
        raise BadMetadata("A terminal stands in one of the stores that its client may be in.", field="store")
    return [found[0][0]]


def _plain(user_code: str) -> str:
    return _OTHERS.sub("", user_code.upper())
