"""Partners, contracts and stores."""

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, insert, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as insert_or_not

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.partners.domain import (
    LATE_BURN_DAYS,
    LATE_PURCHASE_DAYS,
    Contract,
    ContractTerms,
    Partner,
    PartnerStatus,
    PointType,
    Standing,
    Store,
)
from network.partners.models import ContractVersionRow, PartnerRow, StoreRow
from network.partners.repository.conditions import columns_of, conditions_of
from network.partners.repository.type_rates import rates_by_type_of, told_of_types

Value = TypeVar("Value")

_APART = ("valid_from", "conditions", "rates_by_type")
_RATES = tuple(field.name for field in fields(ContractTerms) if field.name not in _APART)
_PARTNER = select(*PartnerRow.__table__.c)  # columns, not objects: a session would go on showing a status it once read
_CONTRACT = select(*ContractVersionRow.__table__.c)
_VERSION = _CONTRACT.where(ContractVersionRow.point_type == PointType.BASE.value)  # each version once
_STORE = select(*StoreRow.__table__.c)

# Which versions of a currency a new one is held against. `lot` is the wallet's table; the wallet knows nothing of
# contracts, and so can't be asked this. No index leads from a contract to its lots, for posting would have to keep it.
_STANDING = text(
    """
    WITH chain AS (
        SELECT c.*, p.code AS partner_code, p.status <> 'left' AS may_post,
               lead(c.valid_from) OVER (PARTITION BY c.partner_id, c.point_type ORDER BY c.valid_from) AS replaced_at
        FROM contract_version c JOIN partner p USING (partner_id) WHERE c.currency = :currency
    ), judged AS (
        SELECT chain.*, may_post AND coalesce(replaced_at > :burns_since, true) AS is_usable,
               may_post AND coalesce(replaced_at > :purchases_since, true) AS is_issuable
        FROM chain
    )
    SELECT * FROM judged WHERE is_usable OR is_issuable
        OR EXISTS (SELECT FROM lot WHERE lot.contract_id = judged.contract_id AND lot.remaining > 0)
    ORDER BY partner_code, version, point_type
    """
)


def insert_partner(partner: Partner) -> bool:
    """A new partner; False if its code, or the operator's place, is taken."""
    values = asdict(partner) | {"status": partner.status.value}
    statement = insert_or_not(PartnerRow).values(**values).on_conflict_do_nothing()
    return db.session.execute(statement.returning(PartnerRow.partner_id)).first() is not None


def find_partner(partner_id: UUID) -> Partner | None:
    return _first(_partner, _PARTNER.where(PartnerRow.partner_id == partner_id))


def find_partner_by_code(code: str) -> Partner | None:
    return _first(_partner, _PARTNER.where(PartnerRow.code == code))


def find_operator() -> Partner | None:
    return _first(_partner, _PARTNER.where(PartnerRow.is_operator))


def all_partners() -> list[Partner]:
    """Every partner, the operator included, by code."""
    return _all(_partner, _PARTNER.order_by(PartnerRow.code))


def lock_partner(partner_id: UUID) -> Partner | None:
    """The partner, kept as it is until the unit of work ends. Rows that only refer to it are still let in."""
    return _first(_partner, _PARTNER.where(PartnerRow.partner_id == partner_id).with_for_update(key_share=True))


def set_partner_status(partner_id: UUID, status: PartnerStatus) -> None:
    statement = update(PartnerRow).where(PartnerRow.partner_id == partner_id).values(status=status.value)
    db.session.execute(statement)


def set_trusts_cards(partner_id: UUID, trusts_cards: bool) -> None:
    statement = update(PartnerRow).where(PartnerRow.partner_id == partner_id).values(trusts_cards=trusts_cards)
    db.session.execute(statement)


def lock_currency(currency: str) -> None:
    """Wait until no other unit of work signs a contract in this currency."""
    name = f"partners.sign:{currency}"
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def standing_versions(currency: str, now: datetime) -> list[Standing]:
    """Every version that something can still be posted under, late reports included, or that has lots outstanding."""
    since = {
        "burns_since": now - timedelta(days=LATE_BURN_DAYS),
        "purchases_since": now - timedelta(days=LATE_PURCHASE_DAYS),
    }
    return [
        Standing(
            partner_code=row.partner_code,
            version=row.version,
            is_usable=row.is_usable,
            terms=_terms(row),
            point_type=PointType(row.point_type),
        )
        for row in db.session.execute(_STANDING, {"currency": currency, **since})
    ]


def insert_contracts(contracts: list[Contract]) -> None:
    """A new version, for each type of points."""
    db.session.execute(insert(ContractVersionRow), [_values(contract) for contract in contracts])


def find_contract(contract_id: UUID) -> Contract | None:
    return _first(_contract, _CONTRACT.where(ContractVersionRow.contract_id == contract_id))


def find_contract_at(partner_id: UUID, currency: str, at: datetime) -> Contract | None:
    """The version in force at an instant, of base points."""
    begun = _VERSION.where(
        ContractVersionRow.partner_id == partner_id,
        ContractVersionRow.currency == currency,
        ContractVersionRow.valid_from <= at,
    )
    return _first(_contract, begun.order_by(ContractVersionRow.valid_from.desc()).limit(1))


def contracts_at(currency: str, at: datetime) -> list[Contract]:
    """Of each partner the version in force at an instant."""
    begun = _CONTRACT.where(ContractVersionRow.currency == currency, ContractVersionRow.valid_from <= at)
    latest = begun.order_by(ContractVersionRow.partner_id, ContractVersionRow.valid_from.desc())
    return _all(_contract, latest.ext(distinct_on(ContractVersionRow.partner_id)))


def contracts_of(partner_id: UUID) -> list[Contract]:
    """Every version of a partner's contract, of base points, in all currencies, in the order of signing."""
    own = _VERSION.where(ContractVersionRow.partner_id == partner_id)
    return _all(_contract, own.order_by(ContractVersionRow.version))


def find_version(partner_id: UUID, version: int) -> list[Contract]:
    """One version, for each type of points."""
    same = _CONTRACT.where(ContractVersionRow.partner_id == partner_id, ContractVersionRow.version == version)
    return _all(_contract, same.order_by(ContractVersionRow.point_type))


def insert_store(store: Store) -> bool:
    """A new store; False if the partner has one of this code."""
    statement = insert_or_not(StoreRow).values(**asdict(store)).on_conflict_do_nothing()
    return db.session.execute(statement.returning(StoreRow.store_id)).first() is not None


def find_store(partner_id: UUID, code: str) -> Store | None:
    return _first(_store, _STORE.where(StoreRow.partner_id == partner_id, StoreRow.code == code))


def stores_of(partner_id: UUID) -> list[Store]:
    """A partner's stores, by code."""
    return _all(_store, _STORE.where(StoreRow.partner_id == partner_id).order_by(StoreRow.code))


def _first(make: Callable[[Any], Value], query: Select[Any]) -> Value | None:
    row = db.session.execute(query).first()
    return None if row is None else make(row)


def _all(make: Callable[[Any], Value], query: Select[Any]) -> list[Value]:
    return [make(row) for row in db.session.execute(query)]


def _partner(row: Any) -> Partner:
    return Partner(
        partner_id=row.partner_id,
        code=row.code,
        name=row.name,
        name_fa=row.name_fa,
        is_operator=row.is_operator,
        status=PartnerStatus(row.status),
        created_at=as_utc(row.created_at),
        trusts_cards=row.trusts_cards,
    )


def _values(contract: Contract) -> dict[str, Any]:
    return {
        "contract_id": contract.contract_id,
        "partner_id": contract.partner_id,
        "version": contract.version,
        "signed_at": contract.signed_at,
        "point_type": contract.point_type.value,
        "type_rates": told_of_types(contract.terms.rates_by_type),
        "valid_from": contract.terms.valid_from,
        **{name: getattr(contract.terms, name) for name in _RATES},
        **columns_of(contract.terms.conditions),
    }


def _contract(row: Any) -> Contract:
    return Contract(
        contract_id=row.contract_id,
        partner_id=row.partner_id,
        version=row.version,
        signed_at=as_utc(row.signed_at),
        terms=_terms(row),
        point_type=PointType(row.point_type),
    )


def _terms(row: Any) -> ContractTerms:
    rates = {name: getattr(row, name) for name in _RATES}
    return ContractTerms(
        **rates,
        valid_from=as_utc(row.valid_from),
        conditions=conditions_of(row),
        rates_by_type=rates_by_type_of(row.type_rates),
    )


def _store(row: Any) -> Store:
    return Store(store_id=row.store_id, partner_id=row.partner_id, code=row.code, name=row.name)
