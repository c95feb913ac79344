"""The books for people, and for other programs."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from network.accounting import repository
from network.accounting.domain import Account, BookedEntry, as_beancount, as_csv, trial_balance
from network.partners import service as partners


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands on an account, in minor units; debits are positive. `partner`: whose account it is, by code."""

    currency: str
    account: Account
    partner: str | None
    amount_minor: int


def books(currency: str | None = None, cycle_id: UUID | None = None) -> list[BookedEntry]:
    """All entries, or those of a currency or a cycle, by date."""
    return repository.entries_of(currency, cycle_id)


def balances(currency: str | None = None) -> list[Balance]:
    """The trial balance, per currency; accounts with nothing on them are left out."""
    entries, codes = books(currency), codes_of_partners()
    return [
        Balance(each, account, None if partner_id is None else codes[partner_id], minor)
        for each in sorted({booked.currency for booked in entries})
        for (account, partner_id), minor in sorted(
            trial_balance(booked.entry for booked in entries if booked.currency == each).items(),
            key=lambda item: (list(Account).index(item[0][0]), codes.get(item[0][1], "") if item[0][1] else ""),
        )
        if minor
    ]


def export_books(form: Literal["csv", "beancount"], currency: str | None = None) -> str:
    """The books, of a currency or of all, as a CSV table or as a beancount ledger."""
    return (as_csv if form == "csv" else as_beancount)(books(currency), codes_of_partners())


def codes_of_partners() -> dict[UUID, str]:
    """Every partner's code."""
    return {partner.partner_id: partner.code for partner in partners.list_partners()}
