"""Accounts, references, orders and what was booked, in plain Python."""

import re
import string
from dataclasses import dataclass, field
from datetime import date

from network.payments.errors import BadAccount

# Lengths differ by country; the bank knows them. The check digits find every single wrong letter.
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_REFERENCE = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
_LETTERS = string.digits + string.ascii_uppercase
# What every bank of the European scheme takes, by its guidelines.
_NAME = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]{1,70}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9/\-?:().,'+]{1,35}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A bank account: its holder in letters that banks take, IBAN without spaces, BIC if it is known. Never shown by
    `repr`, so that no log has it.
    """

    holder: str = field(repr=False)
    iban: str = field(repr=False)
    bic: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One payment out of an account."""

    end_to_end_id: str
    amount_minor: int
    to: Account
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One direct debit into an account, under a mandate that the debtor has signed."""

    end_to_end_id: str
    amount_minor: int
    debtor: Account
    mandate_id: str
    mandate_date: date
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a payment service is asked to do once: `key` names the payment for ever, whoever asks again."""

    key: str
    amount_minor: int
    currency: str
    destination: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One payment on a bank statement. `amount_minor` positive: it came in; negative: it went out."""

    number: int
    amount_minor: int
    currency: str
    booked_on: date
    end_to_end_id: str | None = None
    reference: str | None = None
    bank_reference: str | None = None
    counterparty: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankStatement:
    """What was booked on one account, as the bank tells it; `statement_id` is the bank's own."""

    iban: str
    statement_id: str
    bookings: tuple[Booking, ...]


def check_iban(told: str) -> str:
    """An IBAN (ISO 13616) without spaces. Raises BadAccount if its form or its check digits are wrong."""
    iban = "".join(told.split()).upper()
    if not _IBAN.fullmatch(iban) or _remainder(iban) != 1:
        raise BadAccount("The IBAN is wrong: its check digits do not fit.", field="iban")
    return iban


def check_bic(told: str) -> str:
    """A BIC (ISO 9362) in capital letters. Raises BadAccount."""
    bic = told.strip().upper()
    if not _BIC.fullmatch(bic):
        raise BadAccount("A BIC has eight or eleven letters and digits.", field="bic")
    return bic


def check_holder(told: str) -> str:
    """A name as banks take it: up to 70 Latin letters, digits and a few signs. Raises BadAccount."""
    holder = " ".join(told.split())
    if not _NAME.fullmatch(holder):
        raise BadAccount("Banks take up to 70 Latin letters, digits and / - ? : ( ) . , ' + here.", field="holder")
    return holder


def check_identifier(told: str, field: str) -> str:
    """The id of a mandate or of a creditor: up to 35 letters, digits and a few signs. Raises BadAccount."""
    if not _IDENTIFIER.fullmatch(told.strip()):
        raise BadAccount("This has up to 35 Latin letters, digits and / - ? : ( ) . , ' +.", field=field)
    return told.strip()


def creditor_reference(body: str) -> str:
    """A payment reference (ISO 11649) of up to 21 capital letters and digits: `RF`, two check digits, the body."""
    return f"RF{98 - _remainder(f'RF00{body}'):02}{body}"


def find_creditor_reference(told: str) -> str | None:
    """The first payment reference in a text with right check digits, spaces within it left out; None without one."""
    compact = "".join(told.split()).upper()
    for start in (found.start() for found in re.finditer("RF[0-9]{2}", compact)):
        longest = _REFERENCE.match(compact, start)
        for end in range(longest.end() if longest else start, start + 4, -1):
            if _remainder(compact[start:end]) == 1:
                return compact[start:end]
    return None


def _remainder(told: str) -> int:
    """ISO 7064, MOD 97-10: the first four letters go to the end, letters count from 10."""
    return int("".join(str(_LETTERS.index(letter)) for letter in told[4:] + told[:4])) % 97
