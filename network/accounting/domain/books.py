"""Double entry: accounts, and entries whose postings come to nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Account(StrEnum):
    """The chart of accounts. Those of partners (`is_personal`) have a sub-account for each."""

    CASH = "Assets:Cash"
    RESERVE = "Assets:RedemptionReserve"
    RECEIVABLE = "Assets:Receivable"
    PAYABLE = "Liabilities:Payable"
    PREPAID = "Liabilities:Prepaid"
    COLLATERAL = "Liabilities:Collateral"
    CONTRACT_LIABILITY = "Liabilities:ContractLiability"
    TAX = "Liabilities:Tax"
    SERVICE_REVENUE = "Income:Service"
    REDEMPTION_REVENUE = "Income:Redemption"
    FEES = "Income:Fees"
    PENALTIES = "Income:Penalties"
    COST = "Expenses:Redemptions"
    BREAKAGE_SHARED = "Expenses:BreakageShared"
    ADJUSTMENTS = "Expenses:Adjustments"
    CREDIT_LOSSES = "Expenses:CreditLosses"

    @property
    def is_personal(self) -> bool:
        return self in (Account.RECEIVABLE, Account.PAYABLE, Account.PREPAID, Account.COLLATERAL)


@dataclass(frozen=True, slots=True)
class Posting:
    """`amount_minor` onto an account: a debit if positive, a credit if negative."""

    account: Account
    amount_minor: int
    partner_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.account.is_personal != (self.partner_id is not None):
            raise ValueError(f"{self.account} is {'a' if self.account.is_personal else 'no'} partner's account")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a cycle's books. `step` names it among them. Raises ArithmeticError unless it comes to nothing."""

    step: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        if sum(posting.amount_minor for posting in self.postings):
            raise ArithmeticError(f"the entry {self.step!r} does not balance")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedEntry:
    """An entry as it stands in the books of a currency, on a local date of its calendar."""

    cycle_id: UUID
    cycle_name: str
    currency: str
    booked_on: date
    entry: Entry


def entry_of(step: str, postings: Iterable[Posting]) -> list[Entry]:
    """The entry of these postings, those onto one account added up; none if there is nothing to book."""
    sums: dict[tuple[Account, UUID | None], int] = {}
    for posting in postings:
        key = (posting.account, posting.partner_id)
        sums[key] = sums.get(key, 0) + posting.amount_minor
    kept = tuple(Posting(account, minor, partner) for (account, partner), minor in sums.items() if minor)
    return [Entry(step, kept)] if kept else []


def trial_balance(entries: Iterable[Entry]) -> Mapping[tuple[Account, UUID | None], int]:
    """What stands on each account, debits positive; all of it together is nothing."""
    balances: dict[tuple[Account, UUID | None], int] = {}
    for entry in entries:
        for posting in entry.postings:
            key = (posting.account, posting.partner_id)
            balances[key] = balances.get(key, 0) + posting.amount_minor
    return balances
