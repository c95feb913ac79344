"""What the network keeps of a member, for the member; and that it keeps it no more."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from network.audit.service import record
from network.auth.service import list_consents
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.clock import show_instant
from network.kernel.identifiers import show
from network.members.service import acquaintances_of, activity_of, contact_of
from network.members.service import forget as forget_member
from network.partners.service import list_partners
from network.passkeys import service as passkeys
from network.sessions import service as sessions
from network.sessions.domain import Realm
from network.signin import repository
from network.signin.service.spending import spending_of
from network.wallet.timetravel import wallet_statement

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)

Told = dict[str, Any]


def export(member_id: UUID) -> Told:
    """All that is kept of a member, as JSON values: who it is, who knows it, what it allowed, its sign-ins, its points.

    Keys, secrets and hashes are left out: they tell the member nothing. Instants are RFC 3339 in UTC. Whoever of staff
    takes it is written down. Raises MemberNotFound.
    """
    contact = contact_of(member_id)
    member, person = contact.member, contact.person
    codes = {partner.partner_id: partner.code for partner in list_partners()}
    with transaction():
        record("members.export", "member", show("mbr", member_id))
    return {
        "member": {
            "id": show("mbr", member_id),
            "enrolled_at": show_instant(member.enrolled_at),
            "enrolled_by": codes[member.enrolled_by],
            "locale": member.locale,
            "jurisdiction": member.jurisdiction,
            "in_household": member.household_id is not None,
        },
        "person": {
            "name": person.name,
            "phone": person.phone,
            "email": person.email,
            "card_number": person.card_number,
        },
        "known_to": [
            {"partner": codes[partner_id], "by": known_by.value, "since": show_instant(since)}
            for partner_id, known_by, since in acquaintances_of(member_id)
        ],
        "visits": [
            {
                "partner": codes.get(each.partner_id),
                "earns": each.earns,
                "burns": each.burns,
                "last_at": show_instant(each.last_at),
            }
            for each in activity_of(member.wallet_id)
        ],
        "consents": [
            {
                "partner": codes.get(each.partner_id),
                "application": each.client_name,
                "scopes": list(each.scopes),
                "given_at": show_instant(each.given_at),
            }
            for each in list_consents(member_id)
        ],
        "sessions": _sessions(member_id),
        "passkeys": _passkeys(member_id),
        "spending": _spending(member_id, codes),
        "entries": _entries(member.wallet_id, codes),
    }


def erase(member_id: UUID) -> None:
    """Forget a member in every room, and the accounts that were merged into it; the ledger keeps a wallet of nobody's.

    Its personal data become unreadable with its key, in backups too that are without the table of keys. Raises
    MemberNotFound, and InHousehold: it has to leave its household's pool first.
    """
    with transaction():
        for forgotten_id in forget_member(member_id):
            repository.forget_member(forgotten_id)
            passkeys.remove_passkeys(Realm.MEMBER, forgotten_id)
            sessions.forget_subject(Realm.MEMBER, forgotten_id)


def _sessions(member_id: UUID) -> list[Told]:
    return [
        {
            "device": each.device,
            "methods": list(each.methods),
            "opened_at": show_instant(each.opened_at),
            "seen_at": show_instant(each.seen_at),
        }
        for each in sessions.list_sessions(Realm.MEMBER, member_id)
    ]


def _passkeys(member_id: UUID) -> list[Told]:
    return [
        {"name": each.name, "registered_at": show_instant(each.registered_at), "used_at": _shown(each.used_at)}
        for each in passkeys.list_passkeys(Realm.MEMBER, member_id)
    ]


def _spending(member_id: UUID, codes: dict[UUID, str]) -> Told:
    found = spending_of(member_id)
    return {
        "is_locked": found.rules.is_locked,
        "asks_first": found.rules.asks_first,
        "limit_points": found.rules.limit_points,
        "cooling_until": _shown(found.rules.cooling_until),
        "opened_partners": sorted(codes[partner_id] for partner_id in found.opened),
    }


def _entries(wallet_id: UUID, codes: dict[UUID, str]) -> list[Told]:
    return [
        {
            "posted_at": show_instant(entry.posted_at),
            "occurred_at": show_instant(entry.slip.occurred_at),
            "operation": str(entry.operation),
            "points": entry.points,
            "partner": codes.get(entry.slip.partner_id),
            "receipt": entry.slip.receipt,
            "amount_minor": entry.slip.amount_minor,
            "currency": entry.slip.currency,
            "available_after": entry.balance.available,
        }
        for entry in wallet_statement(wallet_id, _ALWAYS, network_now()).entries
    ]


def _shown(instant: datetime | None) -> str | None:
    return None if instant is None else show_instant(instant)
