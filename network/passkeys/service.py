"""The public face: make, prove and remove passkeys of people."""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from network.infrastructure.context import application
from network.infrastructure.transaction import in_transaction, transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import new_id
from network.passkeys import checking, repository
from network.passkeys.checking import KnownKey
from network.passkeys.domain import (
    CHALLENGE_LIVES,
    MOST_PASSKEYS,
    Assertion,
    Ceremony,
    CeremonyKind,
    Passkey,
    Site,
    shown_name,
    site_of,
)
from network.passkeys.errors import PasskeyNotFound, PasskeyRefused, TooManyPasskeys
from network.sessions.domain import Realm

_log = logging.getLogger(__name__)
_CHALLENGE_BYTES = 32


def are_offered() -> bool:
    """Whether browsers make passkeys at this installation's address."""
    return _site().is_offered


def begin_registration(realm: Realm, subject_id: UUID, *, user_name: str) -> Ceremony:
    """A person who is signed in wants a passkey; `user_name` is shown by the device alone, and not kept here."""
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    with transaction():
        own = repository.credential_ids_of(realm, subject_id)
        challenge_id = _begin(realm, CeremonyKind.REGISTRATION, subject_id, challenge)
    options = checking.registration_options(
        _site(), subject_id=subject_id, user_name=user_name, challenge=challenge, exclude=own
    )
    return Ceremony(challenge_id, options)


def finish_registration(
    realm: Realm,
    subject_id: UUID,
    challenge_id: UUID,
    credential: str | dict[str, Any],
    *,
    name: str = "",
    with_it: Callable[[Passkey], None] | None = None,
) -> Passkey:
    """Keep the key that the browser made (`credential`: its answer, as JSON). `with_it`: what else happens, or neither.

    Not within a unit of work. Raises PasskeyRefused, also for the challenge of another person, TooManyPasskeys.
    """
    taken = _take(realm, CeremonyKind.REGISTRATION, challenge_id)
    if taken.subject_id != subject_id:
        raise PasskeyRefused
    key = checking.check_registration(_site(), credential, taken.challenge)
    passkey = Passkey(new_id(), subject_id, shown_name(name), key.is_synced, _now(), None)
    with transaction():
        repository.lock_subject(realm, subject_id)
        if repository.is_taken(key.credential_id):
            raise PasskeyRefused
        if repository.count_of(realm, subject_id) >= MOST_PASSKEYS:
            raise TooManyPasskeys
        repository.insert_passkey(passkey, realm, key)
        if with_it is not None:
            with_it(passkey)
    return passkey


def begin_assertion(realm: Realm, subject_id: UUID | None = None) -> Ceremony:
    """Ask for a passkey: of a person who is signed in and has to prove it again, or of whoever comes.

    Without `subject_id` the answer is the same for everybody, so that it tells nobody who has a passkey.
    """
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    with transaction():
        allow = [] if subject_id is None else repository.credential_ids_of(realm, subject_id)
        challenge_id = _begin(realm, CeremonyKind.ASSERTION, subject_id, challenge)
    return Ceremony(challenge_id, checking.assertion_options(_site(), challenge=challenge, allow=allow))


def finish_assertion(
    realm: Realm, challenge_id: UUID, credential: str | dict[str, Any], *, subject_id: UUID | None = None
) -> Assertion:
    """Who proved to have a passkey (`credential`: the browser's answer, as JSON); `subject_id` as it was begun with.

    Not within a unit of work. Raises PasskeyRefused.
    """
    taken = _take(realm, CeremonyKind.ASSERTION, challenge_id)
    key = repository.find_key(realm, checking.credential_id_of(credential))
    if key is None or taken.subject_id != subject_id or subject_id not in (None, key.subject_id):
        raise PasskeyRefused
    signed = checking.check_assertion(_site(), credential, taken.challenge, key)
    with transaction():
        if not repository.note_use(key.passkey_id, signed.sign_count, _now()):
            _warn_of_copy(key)
            raise PasskeyRefused
    return Assertion(key.passkey_id, key.subject_id, signed.is_user_verified)


def list_passkeys(realm: Realm, subject_id: UUID) -> list[Passkey]:
    """A person's passkeys, the oldest first."""
    return repository.passkeys_of(realm, subject_id)


def remove_passkey(realm: Realm, subject_id: UUID, passkey_id: UUID) -> None:
    """Delete one passkey of a person. Raises PasskeyNotFound."""
    with transaction():
        if not repository.remove(realm, subject_id, passkey_id):
            raise PasskeyNotFound


def remove_passkeys(realm: Realm, subject_id: UUID) -> int:
    """Delete all passkeys of a person, and what was begun for it; how many keys there were."""
    with transaction():
        return repository.remove(realm, subject_id)


def forget_challenges() -> None:
    """Delete the challenges that nobody answered in time."""
    with transaction():
        repository.forget_challenges(_now())


def _begin(realm: Realm, kind: CeremonyKind, subject_id: UUID | None, challenge: bytes) -> UUID:
    challenge_id = new_id()
    repository.insert_challenge(challenge_id, realm, kind, subject_id, challenge, _now() + CHALLENGE_LIVES)
    return challenge_id


def _take(realm: Realm, kind: CeremonyKind, challenge_id: UUID) -> repository.Challenge:
    assert not in_transaction(), "a unit of work that fails would put the challenge back"
    with transaction():
        taken = repository.take_challenge(challenge_id, realm, kind, _now())
    if taken is None:
        raise PasskeyRefused
    return taken


def _warn_of_copy(key: KnownKey) -> None:
    _log.warning("the counter of passkey %s did not go on: it may have been copied", key.passkey_id)


def _site() -> Site:
    return site_of(application().extensions["peyvand.settings"].public_url)


def _now() -> datetime:
    return SystemClock().now()
