"""Bank statements to test with: camt.053 as a bank would write it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
OPERATOR_IBAN = "DE89370400440532013000"


@dataclass(frozen=True)
class Entry:
    """One booking: what came in is positive, in hundredths."""

    amount_minor: int
    end_to_end_id: str | None = None
    text: str | None = None
    bank_reference: str | None = None
    currency: str = "USD"
    status: str = "BOOK"

    @property
    def amount(self) -> str:
        units, hundredths = divmod(abs(self.amount_minor), 100)
        return f'<Amt Ccy="{self.currency}">{units}.{hundredths:02}</Amt>'

    @property
    def side(self) -> str:
        return f"<CdtDbtInd>{'CRDT' if self.amount_minor > 0 else 'DBIT'}</CdtDbtInd>"

    @property
    def details(self) -> str:
        reference = f"<AcctSvcrRef>{self.bank_reference}</AcctSvcrRef>" if self.bank_reference else ""
        end_to_end = f"<EndToEndId>{self.end_to_end_id or 'NOTPROVIDED'}</EndToEndId>"
        text = f"<RmtInf><Ustrd>{escape(self.text)}</Ustrd></RmtInf>" if self.text else ""
        return f"<TxDtls><Refs>{reference}{end_to_end}</Refs>{self.amount}{self.side}{text}</TxDtls>"


def entry(*payments: Entry, on: str = "2017-02-16") -> str:
    """An entry of one payment, or of several that the bank books as one."""
    whole = Entry(sum(each.amount_minor for each in payments), currency=payments[0].currency)
    details = "".join(each.details for each in payments)
    return (
        f"<Ntry>{whole.amount}{whole.side}<Sts><Cd>{payments[0].status}</Cd></Sts>"
        f"<BookgDt><Dt>{on}</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def statement(entries: Iterable[str], *, number: str = "S-1", iban: str = OPERATOR_IBAN) -> bytes:
    """A file of one statement."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{_NAMESPACE}"><BkToCstmrStmt><GrpHdr/>'
        f"<Stmt><Id>{number}</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{''.join(entries)}</Stmt>"
        "</BkToCstmrStmt></Document>"
    ).encode()


def booked(*entries: Entry, number: str = "S-1", iban: str = OPERATOR_IBAN, on: str = "2017-02-16") -> bytes:
    """A file of one statement, each payment an entry by itself."""
    return statement([entry(each, on=on) for each in entries], number=number, iban=iban)
