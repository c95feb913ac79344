"""The public face: put a message on its way, and send what waits."""

import json
import logging
import os
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from network.delivery import repository
from network.delivery.carriers import TwinCarrier
from network.delivery.chosen import carrier_of
from network.delivery.domain import Channel, Message, Text, wait_after
from network.delivery.errors import NotSent
from network.infrastructure.context import application
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import new_id

_log = logging.getLogger(__name__)
_NONCE_BYTES = 12
_PLACE = "peyvand.delivery.key"


def put(message: Message | None, *, lives: timedelta = timedelta(days=1)) -> None:
    """Put a message on its way with the current unit of work; it is worth nothing any more after `lives`.

    None is put as well, and goes nowhere: so it can't be told by the time it takes whether there was anybody to write.
    """
    message_id = new_id()
    with transaction():
        now = SystemClock().now()
        repository.insert(message_id, _seal(message_id, message), now, now + lives)


def send_waiting(most: int = 100) -> int:
    """Send messages that wait, each at least once; how many were sent. What can't be sent waits longer each time."""
    sent = 0
    with transaction():
        now = SystemClock().now()
        repository.forget_stale(now)
        claimed = repository.claim(now, most, wait_after(1))
    for message_id, sealed, attempts in claimed:
        message = _open(message_id, sealed)
        try:
            if message is not None:
                carrier_of(message.channel).send(message)
                sent += 1
        except NotSent:
            _log.warning("message %s could not be sent at attempt %d", message_id, attempts)
            with transaction():
                repository.postpone(message_id, SystemClock().now() + wait_after(attempts))
            continue
        with transaction():
            repository.delete(message_id)
    return sent


def twin_messages() -> list[Message]:
    """What the twin carried in place of a real carrier, oldest first."""
    twins = {id(twin): twin for channel in Channel if isinstance(twin := carrier_of(channel), TwinCarrier)}
    return [message for twin in twins.values() for message in twin.messages()]


def _seal(message_id: UUID, message: Message | None) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps(None if message is None else asdict(message), ensure_ascii=False).encode()
    return nonce + _cipher().encrypt(nonce, plain, message_id.bytes)


def _open(message_id: UUID, sealed: bytes) -> Message | None:
    found = json.loads(_cipher().decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], message_id.bytes))
    return None if found is None else Message(Channel(found["channel"]), found["to"], Text(**found["text"]))


def _cipher() -> AESGCM:
    extensions = application().extensions
    if _PLACE not in extensions:
        secret = extensions["peyvand.settings"].secret_key
        key = HKDF(SHA256(), 32, salt=None, info=b"peyvand/delivery/1: seal messages").derive(secret)
        extensions[_PLACE] = AESGCM(key)
    cipher: AESGCM = extensions[_PLACE]
    return cipher
