"""Passkeys on the real database, with a device in software."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import cbor2
import pytest
from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id
from network.passkeys import service as passkeys
from network.passkeys.domain import Passkey
from network.passkeys.errors import PasskeyNotFound, PasskeyRefused
from network.sessions.domain import Realm
from tests.authenticator import Authenticator, shown, unshown

pytestmark = pytest.mark.usefixtures("app")
SARA, REZA = new_id(), new_id()
_BEFORE_THE_KEY = 37 + 16 + 2 + 32  # of what an authenticator tells: hash, flags, count; maker, size, the key's id


def registered(device: Authenticator, person: UUID = SARA, realm: Realm = Realm.MEMBER) -> Passkey:
    ceremony = passkeys.begin_registration(realm, person, user_name="S***")
    return passkeys.finish_registration(
        realm, person, ceremony.challenge_id, device.register(ceremony.options), name="My phone"
    )


def test_a_passkey_signs_its_person_in_who_named_nobody() -> None:
    device = Authenticator()
    made = registered(device)
    ceremony = passkeys.begin_assertion(Realm.MEMBER)
    assert json.loads(ceremony.options)["allowCredentials"] == []
    proved = passkeys.finish_assertion(Realm.MEMBER, ceremony.challenge_id, json.dumps(device.sign(ceremony.options)))
    assert (proved.subject_id, proved.passkey_id) == (SARA, made.passkey_id)
    assert proved.methods == ("hwk", "user", "mfa")
    (listed,) = passkeys.list_passkeys(Realm.MEMBER, SARA)
    assert listed.name == "My phone" and listed.used_at is not None and not listed.is_synced


def test_synced_keys_which_do_not_count_are_good_again_and_again() -> None:
    device = Authenticator(counts=False, synced=True)
    assert registered(device).is_synced
    for _ in range(2):
        ceremony = passkeys.begin_assertion(Realm.MEMBER, SARA)
        found = passkeys.finish_assertion(
            Realm.MEMBER, ceremony.challenge_id, device.sign(ceremony.options), subject_id=SARA
        )
        assert found.subject_id == SARA


def test_a_copied_key_is_refused_once_the_counters_differ(caplog: pytest.LogCaptureFixture) -> None:
    device = Authenticator()
    registered(device)
    for signatures, fits in ((4, True), (4, False), (3, False), (9, True)):
        device.signatures = signatures
        ceremony = passkeys.begin_assertion(Realm.MEMBER)
        answer = device.sign(ceremony.options)
        if fits:
            passkeys.finish_assertion(Realm.MEMBER, ceremony.challenge_id, answer)
        else:
            with pytest.raises(PasskeyRefused):
                passkeys.finish_assertion(Realm.MEMBER, ceremony.challenge_id, answer)


@pytest.mark.parametrize("wrong", ["origin", "domain", "verifies", "key"])
def test_answers_for_another_site_or_of_nobody_or_by_another_key_are_refused(wrong: str) -> None:
    device = Authenticator()
    registered(device)
    stranger = Authenticator()
    values = {"origin": "https://evil.example", "domain": "evil.example", "verifies": False, "key": stranger.key}
    setattr(device, wrong, values[wrong])
    ceremony = passkeys.begin_assertion(Realm.MEMBER)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_assertion(Realm.MEMBER, ceremony.challenge_id, device.sign(ceremony.options))


def test_a_challenge_is_gone_after_one_answer_right_or_wrong() -> None:
    device = Authenticator()
    registered(device)
    ceremony = passkeys.begin_assertion(Realm.MEMBER)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_assertion(Realm.MEMBER, ceremony.challenge_id, {"id": "nonsense"})
    with pytest.raises(PasskeyRefused):
        passkeys.finish_assertion(Realm.MEMBER, ceremony.challenge_id, device.sign(ceremony.options))


def test_a_challenge_does_not_outlive_five_minutes() -> None:
    device = Authenticator()
    registered(device)
    ceremony = passkeys.begin_assertion(Realm.MEMBER)
    with transaction():
        db.session.execute(
            text("UPDATE passkey_challenge SET expires_at = expires_at - :by"), {"by": timedelta(minutes=5)}
        )
    with pytest.raises(PasskeyRefused):
        passkeys.finish_assertion(Realm.MEMBER, ceremony.challenge_id, device.sign(ceremony.options))
    passkeys.begin_assertion(Realm.MEMBER)
    passkeys.forget_challenges()
    assert db.session.execute(text("SELECT count(*) FROM passkey_challenge")).scalar() == 1


def test_of_sixteen_that_use_one_challenge_at_once_one_gets_in(app: Flask) -> None:
    device = Authenticator(counts=False)
    registered(device)
    ceremony = passkeys.begin_assertion(Realm.MEMBER)
    answer = device.sign(ceremony.options)

    def use(_number: int) -> bool:
        with app.app_context():
            try:
                passkeys.finish_assertion(Realm.MEMBER, ceremony.challenge_id, answer)
            except PasskeyRefused:
                return False
            finally:
                db.session.remove()
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(use, range(16))) == 1


def test_a_key_of_one_realm_or_person_proves_nothing_in_the_other() -> None:
    device = Authenticator()
    registered(device)
    ceremony = passkeys.begin_assertion(Realm.STAFF)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_assertion(Realm.STAFF, ceremony.challenge_id, device.sign(ceremony.options))
    ceremony = passkeys.begin_assertion(Realm.MEMBER, REZA)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_assertion(Realm.MEMBER, ceremony.challenge_id, device.sign(ceremony.options), subject_id=REZA)
    mine = passkeys.begin_registration(Realm.MEMBER, SARA, user_name="S")
    with pytest.raises(PasskeyRefused):  # somebody else's browser finishes it for somebody else
        passkeys.finish_registration(Realm.MEMBER, REZA, mine.challenge_id, Authenticator().register(mine.options))


def test_a_key_is_registered_once_and_what_is_no_answer_is_refused() -> None:
    device = Authenticator()
    registered(device)
    with pytest.raises(PasskeyRefused):
        registered(device, REZA)
    for nonsense in ("", "{}", "[]", "null", {"id": 1}):
        ceremony = passkeys.begin_registration(Realm.MEMBER, SARA, user_name="S")
        with pytest.raises(PasskeyRefused):
            passkeys.finish_registration(Realm.MEMBER, SARA, ceremony.challenge_id, nonsense)


def test_a_person_removes_its_own_keys_alone() -> None:
    device = Authenticator()
    made = registered(device)
    with pytest.raises(PasskeyNotFound):
        passkeys.remove_passkey(Realm.MEMBER, REZA, made.passkey_id)
    passkeys.remove_passkey(Realm.MEMBER, SARA, made.passkey_id)
    assert passkeys.list_passkeys(Realm.MEMBER, SARA) == []
    ceremony = passkeys.begin_assertion(Realm.MEMBER)
    with pytest.raises(PasskeyRefused):
        passkeys.finish_assertion(Realm.MEMBER, ceremony.challenge_id, device.sign(ceremony.options))
    registered(Authenticator())
    passkeys.begin_registration(Realm.MEMBER, SARA, user_name="S")
    assert passkeys.remove_passkeys(Realm.MEMBER, SARA) == 1


@pytest.mark.parametrize("public", [[], "x", 5, {}], ids=repr)
def test_what_is_no_public_key_is_refused(public: object) -> None:
    ceremony = passkeys.begin_registration(Realm.MEMBER, SARA, user_name="S***")
    answer = Authenticator().register(ceremony.options)
    told = cbor2.loads(unshown(answer["response"]["attestationObject"]))
    told["authData"] = told["authData"][:_BEFORE_THE_KEY] + cbor2.dumps(public)
    answer["response"]["attestationObject"] = shown(cbor2.dumps(told))
    with pytest.raises(PasskeyRefused):
        passkeys.finish_registration(Realm.MEMBER, SARA, ceremony.challenge_id, answer)


def test_what_goes_with_a_registration_happens_with_it_or_neither_does() -> None:
    kept: list[Passkey] = []

    def fails(made: Passkey) -> None:
        kept.append(made)
        raise RuntimeError("died")

    ceremony = passkeys.begin_registration(Realm.MEMBER, SARA, user_name="S***")
    answer = Authenticator().register(ceremony.options)
    with pytest.raises(RuntimeError):
        passkeys.finish_registration(Realm.MEMBER, SARA, ceremony.challenge_id, answer, with_it=fails)
    assert (len(kept), passkeys.list_passkeys(Realm.MEMBER, SARA)) == (1, [])
