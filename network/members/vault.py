"""Personal data at rest. A stolen copy of the database tells neither who the members are nor whom a phone belongs to.

* Each member has a data key, which seals what is personal (AES-256-GCM) and is itself wrapped by the installation's.
  Deleting the wrapped key makes every sealed copy unreadable, stored answers and backups of `person` included.
* Members are found by keyed hashes (HMAC-SHA256) of phone, e-mail and card: a plain hash of a phone number could be
  undone by trying all phone numbers.

All keys of the installation are derived from its one secret (HKDF-SHA256), each for one purpose. The secret has to be
random and long: nothing here slows a guesser down.
"""

import hmac
import json
import os
from dataclasses import asdict
from hashlib import sha256
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from network.infrastructure.context import application
from network.members.domain import KeyKind, Person, read_card_number
from network.members.errors import VaultSealed

_PLACE = "peyvand.vault"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = b"\x01"  # in front of everything sealed, so that a later way of sealing can be told from this one


class DataKey:
    """The key of one member. What it seals is bound to the member and to a purpose, and opens for no other."""

    def __init__(self, member_id: UUID, key: bytes) -> None:
        self._member_id = member_id
        self._cipher = AESGCM(key)

    def seal(self, purpose: str, plain: bytes) -> bytes:
        return _seal(self._cipher, plain, purpose, self._member_id)

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """Raises VaultSealed."""
        return _open(self._cipher, sealed, purpose, self._member_id)

    def seal_person(self, person: Person) -> bytes:
        return self.seal("person", json.dumps(asdict(person), ensure_ascii=False).encode())

    def open_person(self, sealed: bytes) -> Person:
        """Raises VaultSealed."""
        return Person(**json.loads(self.open("person", sealed)))


class Vault:
    """The keys of one installation."""

    def __init__(self, secret_key: bytes) -> None:
        self._wrapping = AESGCM(_derived(secret_key, b"wrap data keys"))
        self._lookup_key = _derived(secret_key, b"look members up")
        self._loose = AESGCM(_derived(secret_key, b"seal what is nobody's yet"))
        self._request_key = _derived(secret_key, b"compare requests")

    @classmethod
    def current(cls) -> Self:
        """The current application's; its keys are derived once."""
        extensions = application().extensions
        vault: Self | None = extensions.get(_PLACE)
        if vault is None:
            vault = extensions[_PLACE] = cls(extensions["peyvand.settings"].secret_key)
        return vault

    def new_data_key(self, member_id: UUID) -> tuple[DataKey, bytes]:
        """A new member's key, and its wrapped form, the only one that is stored."""
        key = AESGCM.generate_key(_KEY_BYTES * 8)
        return DataKey(member_id, key), _seal(self._wrapping, key, "key", member_id)

    def data_key(self, member_id: UUID, wrapped: bytes) -> DataKey:
        """A member's key, unwrapped. Raises VaultSealed."""
        return DataKey(member_id, _open(self._wrapping, wrapped, "key", member_id))

    def key_hash(self, kind: KeyKind, value: str) -> bytes:
        """By what a member is found: 32 bytes of a phone, address or card number in the form in which it is kept."""
        return hmac.digest(self._lookup_key, f"{kind.value}:{value}".encode(), sha256)

    def blind(self, purpose: str, value: str) -> bytes:
        """What stands for a value where it is counted or compared, and tells nobody what it was: 32 bytes."""
        return hmac.digest(self._lookup_key, f"blind:{purpose}:{value}".encode(), sha256)

    def seal_for(self, purpose: str, about: UUID, plain: bytes) -> bytes:
        """Seal what belongs to nobody yet, with the installation's own key, bound to a purpose and an id."""
        return _seal(self._loose, plain, purpose, about)

    def open_for(self, purpose: str, about: UUID, sealed: bytes) -> bytes:
        """Raises VaultSealed."""
        return _open(self._loose, sealed, purpose, about)

    def request_hash(self, body_hash: bytes) -> bytes:
        """The hash of a request that holds personal data, so that nobody can undo it by trying phone numbers."""
        return hmac.digest(self._request_key, body_hash, sha256)


def card_hash(card_number: str, *, field: str = "card_number") -> bytes:
    """The `key_hash` of a card, written in any digits, with spaces and dashes. Raises BadCardNumber."""
    return Vault.current().key_hash(KeyKind.CARD, read_card_number(card_number, field=field))


def _derived(secret_key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"peyvand/members/1: " + purpose).derive(secret_key)


def _seal(cipher: AESGCM, plain: bytes, purpose: str, member_id: UUID) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _FORMAT + nonce + cipher.encrypt(nonce, plain, _bond(purpose, member_id))


def _open(cipher: AESGCM, sealed: bytes, purpose: str, member_id: UUID) -> bytes:
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if sealed[:1] != _FORMAT:
        raise VaultSealed
    try:
        return cipher.decrypt(nonce, body, _bond(purpose, member_id))
    except (InvalidTag, ValueError):
        raise VaultSealed from None


def _bond(purpose: str, member_id: UUID) -> bytes:
    return purpose.encode() + b":" + member_id.bytes
