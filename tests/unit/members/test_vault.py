from uuid import UUID

import pytest

from network.members.domain import KeyKind, Person
from network.members.errors import VaultSealed
from network.members.vault import Vault

SARA, OMID = UUID(int=1), UUID(int=2)
PERSON = Person(name="سارا", phone="+989123456789", email=None, card_number="9900000000001234")


@pytest.fixture
def vault() -> Vault:
    return Vault(b"a secret of this test's own")


def test_what_is_sealed_opens_with_the_same_secret_only(vault: Vault) -> None:
    data_key, wrapped = vault.new_data_key(SARA)
    sealed = data_key.seal_person(PERSON)
    assert Vault(b"a secret of this test's own").data_key(SARA, wrapped).open_person(sealed) == PERSON
    with pytest.raises(VaultSealed):
        Vault(b"another secret").data_key(SARA, wrapped)


def test_what_is_sealed_tells_nothing(vault: Vault) -> None:
    data_key, wrapped = vault.new_data_key(SARA)
    stored = data_key.seal_person(PERSON) + wrapped
    assert not any(secret.encode() in stored for secret in ("سارا", "9123456789", "9900000000001234"))
    assert data_key.seal_person(PERSON) != data_key.seal_person(PERSON)


def test_each_member_has_a_key_of_its_own(vault: Vault) -> None:
    saras, omids = vault.new_data_key(SARA)[0], vault.new_data_key(OMID)[0]
    with pytest.raises(VaultSealed):
        omids.open_person(saras.seal_person(PERSON))


def test_rows_that_were_exchanged_between_members_do_not_open(vault: Vault) -> None:
    _, wrapped = vault.new_data_key(SARA)
    with pytest.raises(VaultSealed):
        vault.data_key(OMID, wrapped)


def test_what_was_sealed_for_one_purpose_does_not_open_for_another(vault: Vault) -> None:
    data_key, _ = vault.new_data_key(SARA)
    with pytest.raises(VaultSealed):
        data_key.open("answer", data_key.seal("person", b"{}"))


@pytest.mark.parametrize("place", [0, 1, 12, 13, -1])
def test_a_changed_byte_is_noticed(vault: Vault, place: int) -> None:
    data_key, _ = vault.new_data_key(SARA)
    sealed = bytearray(data_key.seal_person(PERSON))
    sealed[place] ^= 1
    with pytest.raises(VaultSealed):
        data_key.open_person(bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, 5, 13, 28])
def test_what_is_cut_short_does_not_open(vault: Vault, length: int) -> None:
    data_key, _ = vault.new_data_key(SARA)
    with pytest.raises(VaultSealed):
        data_key.open_person(data_key.seal_person(PERSON)[:length])


def test_hashes_depend_on_kind_and_secret(vault: Vault) -> None:
    hashes = {vault.key_hash(kind, "+989123456789") for kind in KeyKind}
    hashes.add(Vault(b"another secret").key_hash(KeyKind.PHONE, "+989123456789"))
    hashes.add(vault.request_hash(b"+989123456789"))
    hashes |= {vault.blind(purpose, "+989123456789") for purpose in ("count contact", "device")}
    assert len(hashes) == len(KeyKind) + 4
    assert {len(each) for each in hashes} == {32}
    assert vault.key_hash(KeyKind.PHONE, "+989123456789") in hashes
