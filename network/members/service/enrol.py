"""A person becomes a member."""

import base64
from dataclasses import replace
from uuid import UUID

from network.infrastructure.database import db, unit_connection
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.requests import Answer, Asked, RequestKey, find_answer, store_answer
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id
from network.members import repository
from network.members.domain import (
    EnrolCommand,
    KeyKind,
    KnownBy,
    KnownMember,
    Member,
    MemberStatus,
    Person,
    make_card_number,
    mask_card,
    mask_name,
    person_of,
)
from network.members.errors import AccountExists, MemberNotFound
from network.members.events import MemberEnrolled
from network.members.vault import DataKey, Vault
from network.wallet.service import open_wallet

_CREATED = 201
_SEALED = "sealed"  # begins a stored answer that holds personal data: sealed:<member id>:<base64>; others are JSON
_PURPOSE = "answer"


def enrol(partner_id: UUID, command: EnrolCommand, asked: Asked | None = None) -> KnownMember | Answer:
    """Make a member with a wallet and a card, known to the partner by enrolment.

    With `asked`, the answer is kept under its key, refusals too, and the same key gets the same answer. Personal data
    are kept in it only sealed with the member's own key, so that it goes when the member is forgotten.
    Raises BadName, BadPhone, BadEmail, BadCardNumber, BadLocale, BadJurisdiction; without `asked` AccountExists, if a
    phone, address or card has a member already, to whom nothing is linked; with it KeyReused, and MemberNotFound for an
    answer about a member that was forgotten since.
    """
    person = person_of(command, _free_card_number)
    if asked is None:
        with transaction():
            return _enrol(partner_id, command, person)
    # a plain SHA-256 of a body could be undone by trying all phone numbers
    key = replace(asked.key, body_hash=Vault.current().request_hash(asked.key.body_hash))
    with transaction():
        repository.lock_request(key.partner_id, key.idempotency_key)
        found = find_answer(unit_connection(), key)
        return _opened(found) if found else _enrol_once(partner_id, command, person, replace(asked, key=key))


def _enrol_once(partner_id: UUID, command: EnrolCommand, person: Person, asked: Asked) -> Answer:
    """Enrol and keep the answer, or keep the refusal; a twin of this request is waiting outside."""
    try:
        with db.session.begin_nested():
            known = _enrol(partner_id, command, person)
    except AccountExists as refusal:
        return store_answer(unit_connection(), asked.key, asked.refuse(refusal))
    answer = Answer(_CREATED, asked.present(known))
    _keep(asked.key, answer, known.member.member_id)
    return answer


def _enrol(partner_id: UUID, command: EnrolCommand, person: Person) -> KnownMember:
    now = network_now()
    member = Member(
        member_id=new_id(),
        wallet_id=open_wallet(),
        status=MemberStatus.ACTIVE,
        locale=command.locale,
        enrolled_at=now,
        enrolled_by=partner_id,
        jurisdiction=command.jurisdiction,
    )
    vault = Vault.current()
    data_key, wrapped_key = vault.new_data_key(member.member_id)
    repository.insert_member(member, sealed=data_key.seal_person(person), wrapped_key=wrapped_key)
    hashes = {kind: vault.key_hash(kind, value) for kind, value in person.keys().items()}
    if not repository.insert_keys(member.member_id, hashes):
        raise AccountExists
    repository.acquaint(partner_id, member.member_id, KnownBy.ENROLMENT, now)
    announce(
        MemberEnrolled(member_id=member.member_id, wallet_id=member.wallet_id, partner_id=partner_id, enrolled_at=now)
    )
    return KnownMember(
        member=member,
        identified_by=KnownBy.ENROLMENT,
        name_masked=mask_name(person.name) if person.name else None,
        card_masked=mask_card(person.card_number),
        card_number=person.card_number,
    )


def _free_card_number() -> str:
    """A number that nobody has. There are 10^13, so that the first one tried is free almost always."""
    while True:
        number = make_card_number()
        if repository.find_by_key(KeyKind.CARD, Vault.current().key_hash(KeyKind.CARD, number)) is None:
            return number


def _keep(key: RequestKey, answer: Answer, member_id: UUID) -> None:
    """Store an answer with its body sealed. Raises KeyReused if the key was taken meanwhile, by a request elsewhere."""
    sealed = _data_key(member_id).seal(_PURPOSE, answer.body.encode())
    body = f"{_SEALED}:{member_id}:{base64.b64encode(sealed).decode()}"
    store_answer(unit_connection(), key, replace(answer, body=body))


def _opened(answer: Answer) -> Answer:
    """A stored answer with its body as it was given."""
    kind, _, rest = answer.body.partition(":")
    if kind != _SEALED:
        return answer
    member_id, _, sealed = rest.partition(":")
    body = _data_key(UUID(member_id)).open(_PURPOSE, base64.b64decode(sealed))
    return replace(answer, body=body.decode())


def _data_key(member_id: UUID) -> DataKey:
    wrapped_key = repository.find_wrapped_key(member_id)
    if wrapped_key is None:
        raise MemberNotFound
    return Vault.current().data_key(member_id, wrapped_key)
