"""How partners pay and are paid, and who pays whom."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.kernel.identifiers import new_id
from network.settlement.banking import PartnerBankAccountRow, PaymentPolicyRow
from network.settlement.domain import BankDetails, Recorded, Scheme

_COLUMNS = (
    "partner_id",
    "holder",
    "iban",
    "bic",
    "mandate_id",
    "mandate_date",
    "creditor_id",
    "gateway_account",
    "valid_from",
)


def insert_details(details: BankDetails, recorded_by: str, recorded_at: datetime) -> None:
    values = {name: getattr(details, name) for name in _COLUMNS}
    db.session.execute(
        insert(PartnerBankAccountRow).values(
            account_id=new_id(), recorded_by=recorded_by, recorded_at=recorded_at, **values
        )
    )


def details_at(instant: datetime) -> dict[UUID, BankDetails]:
    """The details that hold at an instant, by partner; of those from the same instant on, the last recorded."""
    found = [each._mapping for each in db.session.execute(_in_force(instant, *_COLUMNS))]
    return {each["partner_id"]: BankDetails(**{**each, "valid_from": as_utc(each["valid_from"])}) for each in found}


def recorded_at(instant: datetime) -> dict[UUID, Recorded]:
    """Who recorded the details that hold at an instant, by partner, and since when they can be seen to hold."""
    found = db.session.execute(_in_force(instant, "partner_id", "recorded_by", "recorded_at", "valid_from"))
    return {
        partner_id: Recorded(by=by, seen_from=max(as_utc(recorded), as_utc(valid_from)))
        for partner_id, by, recorded, valid_from in found
    }


def ibans_of(partner_id: UUID) -> set[str]:
    """Every account of the bank that a partner has ever had."""
    row = PartnerBankAccountRow
    query = select(row.iban).where(row.partner_id == partner_id, row.iban.is_not(None))
    return {str(iban) for iban in db.session.execute(query).scalars()}


def find_scheme() -> Scheme:
    """Who pays whom now: with the operator, until somebody says otherwise."""
    told = db.session.execute(select(PaymentPolicyRow.scheme)).scalar_one_or_none()
    return Scheme.HUB if told is None else Scheme(told)


def set_scheme(scheme: Scheme) -> None:
    statement = upsert(PaymentPolicyRow).values(only_row=True, scheme=scheme.value)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["only_row"], set_={"scheme": statement.excluded.scheme})
    )


def _in_force(instant: datetime, *columns: str) -> Select[Any]:
    row = PartnerBankAccountRow
    return (
        select(*(getattr(row, name) for name in columns))
        .where(row.valid_from <= instant)
        .order_by(row.partner_id, row.valid_from.desc(), row.account_id.desc())
        .ext(distinct_on(row.partner_id))
    )
