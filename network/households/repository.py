"""All queries on households. Rows stay in here; values come out."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from network.households.domain import Access, Consent, Household, Membership, Policy, Standing
from network.households.models import HouseholdMemberRow, HouseholdPolicyRow, HouseholdRow
from network.infrastructure.database import db
from network.kernel.clock import as_utc

_RULES = "delay_days, most_members, cooling_off_days, spend_cap, contribute_cap"
_ACCESS = f"""
SELECT h.wallet_id, m.membership_id, m.household_id, m.member_id, m.wallet_id, m.standing, m.invited_at, m.joined_at,
       m.spends_from, m.share_percent, m.spend_cap, m.contribute_cap, {", ".join(f"p.{n}" for n in _RULES.split(", "))}
FROM household_member m JOIN household h USING (household_id) LEFT JOIN household_policy p ON true
WHERE m.member_id = %s AND m.standing = 'active'
"""
_MEMBERSHIP_COLUMNS = 11


def insert_household(household: Household, founded_by: str) -> None:
    """A new household, of nobody yet."""
    db.session.execute(insert(HouseholdRow).values(**asdict(household), founded_by=founded_by))


def insert_invitation(membership: Membership, invited_by: str) -> None:
    """A new membership, of which so far only the invitation is there."""
    values = asdict(membership) | {"standing": membership.standing.value, "invited_by": invited_by}
    db.session.execute(insert(HouseholdMemberRow).values(**values))


def lock_household(household_id: UUID) -> Household | None:
    """A household, kept to the end of the unit of work: what its members do with it is done one after the other."""
    query = select(HouseholdRow).where(HouseholdRow.household_id == household_id).with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    return _household(row) if row else None


def find_household(household_id: UUID) -> Household | None:
    """A household, dissolved or not."""
    row = db.session.get(HouseholdRow, household_id, populate_existing=True)
    return _household(row) if row else None


def find_household_of_pool(wallet_id: UUID) -> Household | None:
    """The household whose pool a wallet is."""
    row = db.session.scalar(select(HouseholdRow).where(HouseholdRow.wallet_id == wallet_id))
    return _household(row) if row else None


def set_head(household_id: UUID, head_id: UUID) -> None:
    """Another member is its head."""
    db.session.execute(update(HouseholdRow).where(HouseholdRow.household_id == household_id).values(head_id=head_id))


def dissolve(household_id: UUID, at: datetime) -> None:
    """A household is no more, nor are its invitations."""
    own = HouseholdRow.household_id == household_id
    db.session.execute(update(HouseholdRow).where(own).values(dissolved_at=at))
    invited = HouseholdMemberRow.standing == Standing.INVITED.value
    db.session.execute(
        update(HouseholdMemberRow)
        .where(HouseholdMemberRow.household_id == household_id, invited)
        .values(standing=Standing.WITHDRAWN.value, ended_at=at)
    )


def memberships(household_id: UUID, *standings: Standing) -> list[Membership]:
    """Memberships of a household in the order in which they began."""
    rows = db.session.scalars(
        select(HouseholdMemberRow)
        .where(
            HouseholdMemberRow.household_id == household_id,
            HouseholdMemberRow.standing.in_([each.value for each in standings]),
        )
        .order_by(HouseholdMemberRow.joined_at, HouseholdMemberRow.membership_id)
        .execution_options(populate_existing=True)
    )
    return [_membership(row) for row in rows]


def find_active(member_id: UUID) -> Membership | None:
    """The membership that a member has."""
    own = HouseholdMemberRow.member_id == member_id
    return _first(own & (HouseholdMemberRow.standing == Standing.ACTIVE.value))


def find_active_of_wallet(wallet_id: UUID) -> Membership | None:
    """The membership that the owner of a wallet has."""
    own = HouseholdMemberRow.wallet_id == wallet_id
    return _first(own & (HouseholdMemberRow.standing == Standing.ACTIVE.value))


def find_invitation(household_id: UUID, member_id: UUID) -> Membership | None:
    """A member's invitation into a household."""
    own = (HouseholdMemberRow.household_id == household_id) & (HouseholdMemberRow.member_id == member_id)
    return _first(own & (HouseholdMemberRow.standing == Standing.INVITED.value))


def last_left_at(member_id: UUID) -> datetime | None:
    """When a member last left a household."""
    own = HouseholdMemberRow.member_id == member_id
    query = select(HouseholdMemberRow.ended_at).where(own, HouseholdMemberRow.standing == Standing.LEFT.value)
    at = db.session.scalar(query.order_by(HouseholdMemberRow.ended_at.desc()).limit(1))
    return None if at is None else as_utc(at)


def activate(membership_id: UUID, consent: Consent, joined_at: datetime, spends_from: datetime) -> None:
    """An invited member has consented."""
    _change(
        membership_id,
        standing=Standing.ACTIVE.value,
        consent_text=consent.text_version,
        consent_evidence=consent.evidence,
        consent_recorded_by=consent.recorded_by,
        joined_at=joined_at,
        spends_from=spends_from,
    )


def end(membership_id: UUID, standing: Standing, ended_by: str, at: datetime) -> None:
    """A member has left, or an invitation is withdrawn."""
    _change(membership_id, standing=standing.value, ended_by=ended_by, ended_at=at)


def set_share(membership_id: UUID, percent: int, since: datetime) -> None:
    """Change a member's standing share, of what it earns from an instant on."""
    _change(membership_id, share_percent=percent, shares_since=since)


def set_caps(membership_id: UUID, spend_cap: int | None, contribute_cap: int | None) -> None:
    """Change a member's own caps."""
    _change(membership_id, spend_cap=spend_cap, contribute_cap=contribute_cap)


def policy() -> Policy:
    """What holds for all households."""
    row = db.session.execute(text(f"SELECT {_RULES} FROM household_policy")).first()
    return Policy(**row._mapping) if row else Policy()


def set_policy(new: Policy) -> None:
    """Let other rules hold for all households, from now on."""
    statement = upsert(HouseholdPolicyRow).values(only_row=True, **asdict(new))
    db.session.execute(statement.on_conflict_do_update(index_elements=["only_row"], set_=asdict(new)))


def find_access(connection: psycopg.Connection, member_id: UUID) -> Access | None:
    """By which rules a member may spend from which pool; None if it is in no household."""
    row = connection.execute(_ACCESS, (member_id,)).fetchone()
    if row is None:
        return None
    wallet_id, *values = row
    rules = values[_MEMBERSHIP_COLUMNS:]
    found = Policy() if rules[0] is None else Policy(**dict(zip(_RULES.split(", "), rules, strict=True)))
    own = dict(zip(Membership.__dataclass_fields__, values[:_MEMBERSHIP_COLUMNS], strict=True))
    return Access(wallet_id, Membership(**own | {"standing": Standing(own["standing"])}), found)


def note_shares(earns: Iterable[tuple[UUID, int, datetime]]) -> None:
    """Of these earns (wallet, sequence, when posted), note those of members who shared what they earned by then."""
    rows = list(earns)
    db.session.execute(
        text(
            "INSERT INTO share_due (wallet_id, sequence) SELECT e.wallet_id, e.sequence"
            " FROM unnest(CAST(:wallets AS uuid[]), CAST(:sequences AS bigint[]), CAST(:posted AS timestamptz[]))"
            "   e (wallet_id, sequence, posted_at)"
            " JOIN household_member m ON m.wallet_id = e.wallet_id AND m.standing = 'active' AND m.share_percent > 0"
            "   AND m.shares_since <= e.posted_at"
            " ON CONFLICT DO NOTHING"
        ),
        {
            "wallets": [wallet_id for wallet_id, _, _ in rows],
            "sequences": [sequence for _, sequence, _ in rows],
            "posted": [posted_at for _, _, posted_at in rows],
        },
    )


def due_shares(most: int) -> list[tuple[UUID, int]]:
    """Earns of which a share is due."""
    rows = db.session.execute(
        text("SELECT wallet_id, sequence FROM share_due ORDER BY wallet_id, sequence LIMIT :most"), {"most": most}
    )
    return [(row.wallet_id, row.sequence) for row in rows]


def take_share(wallet_id: UUID, sequence: int) -> bool:
    """Take an earn from the list of those due; False if it is not on it, or in somebody else's hands."""
    row = db.session.execute(
        text(
            "DELETE FROM share_due WHERE (wallet_id, sequence) = (SELECT wallet_id, sequence FROM share_due"
            " WHERE wallet_id = :wallet AND sequence = :sequence FOR UPDATE SKIP LOCKED) RETURNING 1"
        ),
        {"wallet": wallet_id, "sequence": sequence},
    )
    return row.first() is not None


def _change(membership_id: UUID, **values: Any) -> None:
    own = HouseholdMemberRow.membership_id == membership_id
    db.session.execute(update(HouseholdMemberRow).where(own).values(**values))


def _first(condition: Any) -> Membership | None:
    query = select(HouseholdMemberRow).where(condition).execution_options(populate_existing=True)
    row = db.session.scalar(query)
    return _membership(row) if row else None


def _household(row: HouseholdRow) -> Household:
    return Household(
        household_id=row.household_id,
        wallet_id=row.wallet_id,
        head_id=row.head_id,
        founded_at=as_utc(row.founded_at),
        dissolved_at=row.dissolved_at and as_utc(row.dissolved_at),
    )


def _membership(row: HouseholdMemberRow) -> Membership:
    return Membership(
        membership_id=row.membership_id,
        household_id=row.household_id,
        member_id=row.member_id,
        wallet_id=row.wallet_id,
        standing=Standing(row.standing),
        invited_at=as_utc(row.invited_at),
        joined_at=row.joined_at and as_utc(row.joined_at),
        spends_from=row.spends_from and as_utc(row.spends_from),
        share_percent=row.share_percent,
        spend_cap=row.spend_cap,
        contribute_cap=row.contribute_cap,
    )
