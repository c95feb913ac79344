"""What the network itself has to know of a person: where to write to, and what a phone or an address leads to.

For the member's own doors alone: no partner is told any of it.
"""

from dataclasses import dataclass, field
from uuid import UUID

from network.infrastructure.transaction import transaction
from network.members import repository
from network.members.domain import KeyKind, Member, MemberStatus, Person, read_email, read_phone
from network.members.errors import AccountExists, MemberNotFound, NoContact
from network.members.vault import DataKey, Vault


@dataclass(frozen=True, slots=True)
class Contact:
    """A member with its personal data opened."""

    member: Member
    person: Person = field(repr=False)


@dataclass(frozen=True, slots=True)
class Way:
    """A phone or an address in the form in which it is kept, and the hash that it is found and counted by."""

    kind: KeyKind
    value: str = field(repr=False)
    key_hash: bytes = field(repr=False)


def way_of(typed: str) -> Way:
    """What somebody typed: an e-mail address if there is an @ in it, else a phone. Raises BadPhone, BadEmail."""
    kind, value = (KeyKind.EMAIL, read_email(typed)) if "@" in typed else (KeyKind.PHONE, read_phone(typed))
    return Way(kind, value, Vault.current().key_hash(kind, value))


def find_by_way(way: Way) -> Member | None:
    """The active member that a phone or an address leads to."""
    member_id = repository.find_by_key(way.kind, way.key_hash)
    member = None if member_id is None else repository.find_member(member_id)
    return member if member is not None and member.status is MemberStatus.ACTIVE else None


def contact_of(member_id: UUID) -> Contact:
    """An active member's personal data. Raises MemberNotFound."""
    member = repository.find_member(member_id)
    if member is None or member.status is not MemberStatus.ACTIVE:
        raise MemberNotFound
    return Contact(member, _opened(member_id)[1])


def best_way(person: Person) -> Way:
    """Where to write to: the phone, or else the address. Raises NoContact."""
    typed = person.phone or person.email
    if typed is None:
        raise NoContact
    return way_of(typed)


def replace_way(member_id: UUID, way: Way) -> Person:
    """Let a member have another phone or address, which it has proved to be its own; what it had until now.

    Raises MemberNotFound, and AccountExists if it leads to somebody else.
    """
    with transaction():
        member = repository.find_member(member_id, lock=True)
        if member is None or member.status is not MemberStatus.ACTIVE:
            raise MemberNotFound
        key, before = _opened(member_id)
        after = _with(before, way)
        if after == before:
            return before
        until_now = before.keys().get(way.kind)
        if until_now is not None:
            repository.delete_key(member_id, way.kind, Vault.current().key_hash(way.kind, until_now))
        if not repository.insert_keys(member_id, {way.kind: way.key_hash}):
            raise AccountExists
        repository.update_person(member_id, key.seal_person(after))
    return before


def replace_alias(member_id: UUID, alias: str, until_now: str | None) -> None:
    """Let a member be found by an alias, in place of the one it had, in the current unit of work."""
    vault = Vault.current()
    if until_now is not None:
        repository.delete_key(member_id, KeyKind.ALIAS, vault.key_hash(KeyKind.ALIAS, until_now))
    repository.insert_key(member_id, KeyKind.ALIAS, vault.key_hash(KeyKind.ALIAS, alias))


def data_key_of(member_id: UUID) -> DataKey:
    """The key that seals what is personal of a member. Raises MemberNotFound for one that was forgotten."""
    wrapped = repository.find_wrapped_key(member_id)
    if wrapped is None:
        raise MemberNotFound
    return Vault.current().data_key(member_id, wrapped)


def _opened(member_id: UUID) -> tuple[DataKey, Person]:
    key = data_key_of(member_id)
    sealed = repository.find_sealed(member_id)
    if sealed is None:
        raise MemberNotFound
    return key, key.open_person(sealed)


def _with(person: Person, way: Way) -> Person:
    is_phone = way.kind is KeyKind.PHONE
    return Person(
        name=person.name,
        phone=way.value if is_phone else person.phone,
        email=person.email if is_phone else way.value,
        card_number=person.card_number,
    )
