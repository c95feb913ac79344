"""The books as text: CSV for spreadsheets, and beancount's plain-text format."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from network.accounting.domain.books import Account, BookedEntry, trial_balance
from network.kernel.money import minor_digits, to_major

_HEADER = ("cycle", "step", "date", "account", "partner", "debit", "credit", "currency")
Codes = Mapping[UUID, str]


def as_csv(entries: Sequence[BookedEntry], codes: Codes) -> str:
    """A row for each posting. Debit and credit stand apart, so that no cell begins with a sign: nothing in it is taken
    for a formula.
    """
    told = io.StringIO()
    rows = csv.writer(told, lineterminator="\n")
    rows.writerow(_HEADER)
    for booked in entries:
        for each in booked.entry.postings:
            amount = _amount(abs(each.amount_minor), booked.currency)
            sides = (amount, "") if each.amount_minor > 0 else ("", amount)
            partner = "" if each.partner_id is None else codes[each.partner_id]
            rows.writerow(
                (
                    booked.cycle_name,
                    booked.entry.step,
                    booked.booked_on,
                    each.account.value,
                    partner,
                    *sides,
                    booked.currency,
                )
            )
    return told.getvalue()


def as_beancount(entries: Sequence[BookedEntry], codes: Codes) -> str:
    """The books as a beancount ledger: accounts that open, entries, and at the end what stands on each account, so
    that `bean-check` checks every entry and our own trial balance.
    """
    ordered = sorted(entries, key=lambda booked: booked.booked_on)
    lines = ['option "title" "The operator\'s books"']
    lines += [f'option "operating_currency" "{currency}"' for currency in sorted({each.currency for each in ordered})]
    lines += ["", *_opened(ordered, codes)]
    for booked in ordered:
        lines += ["", *_transaction(booked, codes)]
    return "\n".join([*lines, "", *_asserted(ordered, codes), ""])


def account_name(account: Account, partner_id: UUID | None, codes: Codes) -> str:
    """An account as beancount spells it. Components begin with a capital or a digit and have no underscore, which
    becomes a capital U: codes have no capitals, so that no two become one.
    """
    if partner_id is None:
        return account.value
    code = codes[partner_id].replace("_", "U")
    return f"{account.value}:{code[0].upper()}{code[1:]}"


def _opened(entries: Sequence[BookedEntry], codes: Codes) -> list[str]:
    opened: dict[str, date] = {}
    for booked in entries:
        for each in booked.entry.postings:
            opened.setdefault(account_name(each.account, each.partner_id, codes), booked.booked_on)
    return [f"{since} open {name}" for name, since in sorted(opened.items(), key=lambda item: (item[1], item[0]))]


def _transaction(booked: BookedEntry, codes: Codes) -> list[str]:
    told = [f'{booked.booked_on} * "{booked.cycle_name}" "{booked.entry.step}"']
    for each in booked.entry.postings:
        name = account_name(each.account, each.partner_id, codes)
        told.append(f"  {name}  {_amount(each.amount_minor, booked.currency)} {booked.currency}")
    return told


def _asserted(entries: Sequence[BookedEntry], codes: Codes) -> list[str]:
    """Balance assertions hold at the beginning of their day: that of the day after the last entry."""
    if not entries:
        return []
    day = entries[-1].booked_on + timedelta(days=1)
    told = []
    for currency in sorted({each.currency for each in entries}):
        balances = trial_balance(each.entry for each in entries if each.currency == currency)
        for (account, partner_id), minor in sorted(balances.items(), key=lambda item: (item[0][0], str(item[0][1]))):
            told.append(
                f"{day} balance {account_name(account, partner_id, codes)}  {_amount(minor, currency)} {currency}"
            )
    return told


def _amount(amount_minor: int, currency: str) -> str:
    return f"{to_major(amount_minor, currency):.{minor_digits(currency)}f}"
