"""How partners and the operator pay and are paid. Details are never edited: newer ones take their place."""

from datetime import date, datetime
from uuid import UUID

from network.audit.service import digest, record
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.clock import show_instant
from network.kernel.identifiers import show
from network.payments.domain import check_bic, check_holder, check_iban, check_identifier
from network.payments.errors import BadAccount
from network.settlement.domain import BankDetails, Scheme, check_person
from network.settlement.repository import accounts as repository


def record_bank_details(
    partner_id: UUID,
    *,
    person: str,
    holder: str,
    iban: str | None = None,
    bic: str | None = None,
    mandate_id: str | None = None,
    mandate_date: date | None = None,
    creditor_id: str | None = None,
    gateway_account: str | None = None,
    valid_from: datetime | None = None,
) -> BankDetails:
    """New details of a partner or of the operator, from now or from `valid_from` on.

    Raises BadAccount, PersonMissing.
    """
    recorder = check_person(person)
    if not iban and not gateway_account:
        raise BadAccount("Give an IBAN, or an account with the payment service.", field="iban")
    if (mandate_id is None) != (mandate_date is None):
        raise BadAccount("A mandate has an id and the day on which it was signed.", field="mandate_id")
    with transaction():
        now = network_now()
        details = BankDetails(
            partner_id=partner_id,
            holder=check_holder(holder),
            iban=check_iban(iban) if iban else None,
            bic=check_bic(bic) if bic else None,
            mandate_id=check_identifier(mandate_id, "mandate_id") if mandate_id else None,
            mandate_date=mandate_date,
            creditor_id=check_identifier(creditor_id, "creditor_id") if creditor_id else None,
            gateway_account=gateway_account,
            valid_from=valid_from or now,
        )
        repository.insert_details(details, recorder, now)
        told = {"holder": details.holder, "iban": details.iban, "gateway_account": details.gateway_account}
        digests = {name: digest(value) for name, value in told.items() if value}
        after = digests | {"valid_from": show_instant(details.valid_from)}
        record("payments.account", "partner", show("par", partner_id), after=after)
    return details


def bank_details() -> dict[UUID, BankDetails]:
    """The details that hold now, by partner."""
    return repository.details_at(network_now())


def payment_scheme() -> Scheme:
    """Who pays whom, in cycles that are instructed from now on."""
    return repository.find_scheme()


def change_payment_scheme(scheme: Scheme) -> None:
    """Let partners settle with the operator, or with each other, in cycles that are instructed from now on."""
    with transaction():
        before = repository.find_scheme()
        repository.set_scheme(scheme)
        told = {"scheme": before.value}, {"scheme": scheme.value}
        record("payments.scheme", "settings", "payment-scheme", before=told[0], after=told[1])
