"""What a member lets a client know of it, by the names of OpenID Connect Core, 5.1."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from network.members import repository
from network.members.vault import Vault


def claims_of(member_id: UUID, scopes: Collection[str]) -> Mapping[str, Any] | None:
    """What these scopes show of a member; None for one that is not active (any more).

    Nothing is opened for scopes that show nothing. E-mail address and phone number are as they were told at enrolment:
    nobody has proved that they are the member's.
    """
    found = repository.find_sealed(member_id)
    if found is None:
        return None
    if not {"profile", "email", "phone"} & set(scopes):
        return {}
    person = Vault.current().data_key(member_id, found.wrapped_key).open_person(found.sealed)
    claims: dict[str, Any] = {}
    if "profile" in scopes:
        claims |= {"name": person.name, "locale": found.member.locale}
    if "email" in scopes and person.email:
        claims |= {"email": person.email, "email_verified": False}
    if "phone" in scopes and person.phone:
        claims |= {"phone_number": person.phone, "phone_number_verified": False}
    return {name: value for name, value in claims.items() if value is not None}
