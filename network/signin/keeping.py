"""What signing in keeps, and how: codes under a slow hash, contacts sealed, what is counted as keyed hashes."""

import json
from hashlib import sha256
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from network.members.service import Way, data_key_of, way_of
from network.members.vault import DataKey, Vault
from network.signin.domain import TillIdentity

# OWASP's least for argon2id: a six-digit code is found by a million trials, so each has to cost
_slow = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_WAY = "way of a code"
_IDENTITY = "till identity"


def hash_code(code: str) -> str:
    """A code as it is kept."""
    return _slow.hash(code)


def is_code(kept: str, code: str) -> bool:
    """Whether this is the code."""
    try:
        return _slow.verify(kept, code)
    except (Argon2Error, InvalidHashError):
        return False


def token_hash(token: str) -> bytes:
    """A browser's token as it is kept: 256 random bits, so that a fast hash will do."""
    return sha256(token.encode(errors="surrogatepass")).digest()


def counted(kind: str, subject: str) -> bytes:
    """What stands for a phone, an address or a network's address where it is counted."""
    return Vault.current().blind(f"count {kind}", subject)


def device_hash(member_id: UUID, device: str) -> bytes:
    """What stands for a member's device."""
    return Vault.current().blind("device", f"{member_id}:{device}")


def seal_way(request_id: UUID, way: Way) -> bytes:
    """Where a code goes, which may be nobody's yet."""
    return Vault.current().seal_for(_WAY, request_id, way.value.encode())


def open_way(request_id: UUID, sealed: bytes) -> Way:
    """Where a code went."""
    return way_of(Vault.current().open_for(_WAY, request_id, sealed).decode())


def seal_identity(member_id: UUID, identity: TillIdentity) -> bytes:
    """A member's secret, under the member's own key: it goes with it. Raises MemberNotFound."""
    plain = json.dumps({"secret": identity.secret.hex(), "alias": identity.alias})
    return data_key_of(member_id).seal(_IDENTITY, plain.encode())


def open_identity(key: DataKey, sealed: bytes) -> TillIdentity:
    """Raises VaultSealed."""
    found = json.loads(key.open(_IDENTITY, sealed))
    return TillIdentity(bytes.fromhex(found["secret"]), found["alias"])


def data_key(member_id: UUID, wrapped: bytes) -> DataKey:
    """A member's key, where its wrapped form was read already."""
    return Vault.current().data_key(member_id, wrapped)
