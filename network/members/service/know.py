"""Which members a partner knows, and what it sees of them."""

from datetime import datetime
from uuid import UUID

from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import show
from network.members import repository
from network.members.domain import (
    Acquaintance,
    Keeper,
    KeyKind,
    KnownBy,
    KnownMember,
    Member,
    MemberStatus,
    is_news,
    mask_card,
    mask_name,
    read_card_number,
    read_phone,
)
from network.members.errors import MemberMerged, MemberNotFound
from network.members.repository import SealedMember
from network.members.vault import Vault


def lookup(
    partner_id: UUID, *, card_number: str | None = None, phone: str | None = None, alias: str | None = None
) -> KnownMember:
    """The member whose card, phone or QR a partner is shown; from then on the partner knows the member.

    An alias is the card that a phone shows. Exactly one of them is given, else ValueError. Raises BadCardNumber,
    BadPhone, MemberNotFound.
    """
    if sum(each is not None for each in (card_number, phone, alias)) != 1:
        raise ValueError("either a card number, a phone number or an alias is looked up")
    if card_number is not None:
        shown, kind, value = KnownBy.CARD, KeyKind.CARD, read_card_number(card_number)
    elif phone is not None:
        shown, kind, value = KnownBy.PHONE, KeyKind.PHONE, read_phone(phone)
    else:
        shown, kind, value = KnownBy.CARD, KeyKind.ALIAS, str(alias).strip().upper()
    key_hash = Vault.current().key_hash(kind, value)
    with transaction():
        member_id = repository.find_by_key(kind, key_hash)
        if member_id is None:
            raise MemberNotFound
        known = repository.find_known(partner_id, member_id)
        if known and not is_news(known.known_by, shown):
            return _unsealed(known)  # as at most visits: nothing is written
        repository.acquaint(partner_id, member_id, shown, network_now())
        return get(partner_id, member_id)


def get(partner_id: UUID, member_id: UUID, *, consented: bool = False) -> KnownMember:
    """A member that the partner knows; by the id of a merged one, the one that is meant now.

    `consented`: the member lets this request read its data.

    Raises MemberNotFound, whether there is no such member or only not for this partner.
    """
    known = repository.find_known(partner_id, member_id)
    if known is None and consented:
        known = repository.find_sealed(member_id)
    if known is None:
        raise MemberNotFound
    if known.member.merged_into is not None:
        return get(partner_id, known.member.merged_into)
    return _unsealed(known)


def acquaintance(partner_id: UUID, member_id: UUID, *, consented: bool = False) -> Acquaintance | None:
    """How a partner knows a member, and the member's wallet; None if it doesn't.

    `consented`: the member lets this request read its data, which opens as much as its card would.

    By the id of a merged one, how it knows the one that is meant now: a merge made it known to the same partners.
    """
    if consented:
        member = repository.find_member(member_id)
        if member is None or member.status is not MemberStatus.ACTIVE:
            return None
        return Acquaintance(member_id, member.wallet_id, KnownBy.CONSENT, member.household_id)
    known = repository.find_acquaintance(partner_id, member_id)
    if known is not None:
        return known
    present_id = repository.find_present(member_id)
    return None if present_id in (None, member_id) else repository.find_acquaintance(partner_id, present_id)


def acquaint_by_card(partner_id: UUID, member_id: UUID) -> None:
    """Note that a member showed its card at a partner, where the card has been checked already."""
    with transaction():
        repository.acquaint(partner_id, member_id, KnownBy.CARD, network_now())


def member_of_wallet(wallet_id: UUID) -> UUID | None:
    """Whose wallet it is; forgotten and merged members keep theirs."""
    return repository.find_member_of_wallet(wallet_id)


def keeper_of_wallet(wallet_id: UUID) -> Keeper | None:
    """Whose wallet it is, and who is meant now, should that one have been merged."""
    return repository.find_keeper(wallet_id)


def wallet_merged_into(wallet_id: UUID) -> UUID | None:
    """The wallet of the member that the owner of this one was merged into; None if it wasn't."""
    return repository.find_wallet_merged_into(wallet_id)


def check_not_merged(wallet_id: UUID) -> None:
    """Raises MemberMerged for the wallet of an account that was merged: nobody would find what is put there."""
    keeper = keeper_of_wallet(wallet_id)
    if keeper is not None and keeper.present_id != keeper.member_id:
        raise MemberMerged(merged_into=show("mbr", keeper.present_id))


def merged_refusal(partner_id: UUID, member_id: UUID) -> PeyvandError:
    """What to answer a partner that asks something for a member that is not active (any more)."""
    known = repository.find_known(partner_id, member_id)
    if known is None or known.member.merged_into is None:
        return MemberNotFound(field="member")
    present_id = repository.find_present(known.member.merged_into)
    return MemberMerged(field="member", merged_into=present_id and show("mbr", present_id))


def first_wallet_of(member_id: UUID) -> UUID:
    """The wallet that a member was enrolled with, merged since or not. Raises MemberNotFound."""
    member = repository.find_member(member_id)
    if member is None:
        raise MemberNotFound
    return member.wallet_id


def wallet_of_member(member_id: UUID) -> UUID:
    """A member's wallet, whoever asks; for the operator's own use cases. Raises MemberNotFound, MemberMerged."""
    member = repository.find_member(member_id)
    if member is None:
        raise MemberNotFound
    if member.merged_into is not None:
        raise MemberMerged(merged_into=show("mbr", member.merged_into))
    return member.wallet_id


def acquaintances_of(member_id: UUID) -> list[tuple[UUID, KnownBy, datetime]]:
    """Which partners know a member, how, and since when; for the member's own eyes."""
    return repository.acquaintances_of(member_id)


def lock_member(member_id: UUID) -> Member:
    """An active member, kept as it is to the end of the unit of work. Raises MemberNotFound, MemberMerged."""
    member = repository.find_member(member_id, lock=True)
    if member is None or member.status is MemberStatus.FORGOTTEN:
        raise MemberNotFound(field="member")
    if member.merged_into is not None:
        raise MemberMerged(field="member", merged_into=show("mbr", member.merged_into))
    return member


def set_household(member_id: UUID, household_id: UUID | None) -> None:
    """Note the household that a member is in, or that it is in none, in the current unit of work."""
    repository.set_household(member_id, household_id)


def _unsealed(known: SealedMember) -> KnownMember:
    data_key = Vault.current().data_key(known.member.member_id, known.wrapped_key)
    person = data_key.open_person(known.sealed)
    return KnownMember(
        member=known.member,
        identified_by=known.known_by,
        name_masked=mask_name(person.name) if person.name else None,
        card_masked=mask_card(person.card_number),
    )
