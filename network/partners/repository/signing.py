"""Partners' public keys, and since when they have to sign."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_not

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.partners.domain import PartnerKey, SigningRule
from network.partners.signing_models import PartnerKeyEndRow, PartnerKeyRow, SigningRuleRow

_KEY = (
    select(*PartnerKeyRow.__table__.c, PartnerKeyEndRow.valid_until)
    .join(PartnerKeyEndRow, PartnerKeyEndRow.kid == PartnerKeyRow.kid, isouter=True)
    .order_by(PartnerKeyRow.valid_from, PartnerKeyRow.kid)
)


def insert_key(key: PartnerKey) -> bool:
    """A new key; False if somebody has it already."""
    values = {"kid": key.kid, "partner_id": key.partner_id, "jwk": key.jwk, "valid_from": key.valid_from}
    made = insert_or_not(PartnerKeyRow).values(**values).on_conflict_do_nothing().returning(PartnerKeyRow.kid)
    return db.session.execute(made).first() is not None


def find_key(kid: str) -> PartnerKey | None:
    """A key, good or revoked."""
    row = db.session.execute(_KEY.where(PartnerKeyRow.kid == kid)).first()
    return None if row is None else _key(row)


def all_keys() -> list[PartnerKey]:
    """Every key there ever was, oldest first."""
    return [_key(row) for row in db.session.execute(_KEY)]


def end_key(key: PartnerKey) -> None:
    """Keep that a key signs no more from its `valid_until` on."""
    values = {"kid": key.kid, "partner_id": key.partner_id, "valid_until": key.valid_until}
    db.session.execute(insert_or_not(PartnerKeyEndRow).values(**values).on_conflict_do_nothing())


def insert_rule(partner_id: UUID, rule: SigningRule) -> None:
    """A partner's next rule."""
    values = {"partner_id": partner_id, "since": rule.since, "is_required": rule.is_required}
    db.session.execute(insert(SigningRuleRow).values(**values))


def all_rules() -> list[tuple[UUID, SigningRule]]:
    """Every rule with its partner's id, oldest first."""
    rows = db.session.execute(select(*SigningRuleRow.__table__.c).order_by(SigningRuleRow.since))
    return [(row.partner_id, SigningRule(as_utc(row.since), row.is_required)) for row in rows]


def _key(row: Any) -> PartnerKey:
    return PartnerKey(
        kid=row.kid,
        partner_id=row.partner_id,
        jwk=row.jwk,
        valid_from=as_utc(row.valid_from),
        valid_until=None if row.valid_until is None else as_utc(row.valid_until),
    )
