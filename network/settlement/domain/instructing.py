"""From payments to instructions: how each is made, under which names, and where it will be seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from network.kernel.identifiers import show
from network.payments.domain import Account, creditor_reference
from network.settlement.domain.cycle import Cycle
from network.settlement.domain.payments import Payment
from network.settlement.errors import BankDetailsMissing

_REFERENCE_LETTERS = 14
_EURO = "EUR"


class Method(StrEnum):
    """How an instruction is carried out.

    credit_transfer  the operator's bank pays, by pain.001
    gateway          a payment service pays, such as Stripe
    direct_debit     the operator's bank collects under a mandate, by pain.008
    invoice          the payer is asked to pay, under a payment reference
    """

    CREDIT_TRANSFER = "credit_transfer"
    GATEWAY = "gateway"
    DIRECT_DEBIT = "direct_debit"
    INVOICE = "invoice"


class Progress(StrEnum):
    """Where an instruction stands. What came back is `returned` until it has been paid anew.

    replaced  it came back, and another instruction took its place
    covered   its payer is in default: the operator bears it, and has paid in its place whom it had to
    """

    PREPARED = "prepared"
    SENT = "sent"
    SETTLED = "settled"
    RETURNED = "returned"
    REPLACED = "replaced"
    COVERED = "covered"

    @property
    def is_done(self) -> bool:
        """Whether nobody waits for the payment any more."""
        return self in (Progress.SETTLED, Progress.REPLACED, Progress.COVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankDetails:
    """How a partner, or the operator, is paid and pays, from an instant on.

    `mandate_id`: it lets the operator collect. `creditor_id`: the operator's own, for collecting. `gateway_account`:
    its account with the payment service, which is used in place of the bank's. Not shown by `repr`: no log has them.
    """

    partner_id: UUID
    holder: str = field(repr=False)
    iban: str | None = field(repr=False)
    bic: str | None = field(repr=False)
    mandate_id: str | None = field(repr=False)
    mandate_date: date | None
    creditor_id: str | None
    gateway_account: str | None = field(repr=False)
    valid_from: datetime

    @property
    def account(self) -> Account:
        """Its bank account. Callers know that it has one."""
        assert self.iban
        return Account(holder=self.holder, iban=self.iban, bic=self.bic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One payment of one version of a cycle. All but its progress is fixed when it is made.

    `watched_iban`: the account on whose statements it will be seen; null where a payment service's word is enough.
    `due_on`: the last day on which it is in time. `replaces_id`: the one in whose place it is made.
    """

    instruction_id: UUID
    cycle_id: UUID
    version: int
    payer_id: UUID
    payee_id: UUID
    amount_minor: int
    currency: str
    method: Method
    end_to_end_id: str
    reference: str
    watched_iban: str | None
    expected_minor: int
    due_on: date
    gateway_account: str | None = None
    progress: Progress = Progress.PREPARED
    gateway_reference: str | None = None
    replaces_id: UUID | None = None


def message_id(cycle: Cycle, kind: str) -> str:
    """The id of a cycle's file of one kind, at most 35 letters: the same however often it is written."""
    return f"{cycle.public_id.removeprefix('cyc_')}-{cycle.version}-{kind}"


def message_id_anew(instruction: Instruction, kind: str) -> str:
    """The id of the file of one payment that is made anew, at most 35 letters."""
    return f"{instruction.end_to_end_id}-{kind}"


def instructions_of(
    cycle: Cycle,
    payments: Iterable[Payment],
    details: Mapping[UUID, BankDetails],
    operator_id: UUID,
    *,
    has_gateway: bool,
    due_on: date,
) -> tuple[Instruction, ...]:
    """The instructions of a cycle's payments, the same however often they are made.

    Raises BankDetailsMissing with `partner_ids`: all parties without whose details not every payment can be made.
    """
    made, missing = [], set()
    for payment in payments:
        method = method_of(payment, cycle.currency, details, operator_id, has_gateway)
        if isinstance(method, Method):
            made.append(instruction_of(cycle, payment, method, details, operator_id, due_on))
        else:
            missing.add(method)
    if missing:
        raise BankDetailsMissing(partner_ids=sorted(missing))
    return tuple(made)


def method_of(
    payment: Payment, currency: str, details: Mapping[UUID, BankDetails], operator_id: UUID, has_gateway: bool
) -> Method | UUID:
    """How a payment is made; who has to give details first, if it can't be."""
    payer, payee = details.get(payment.payer_id), details.get(payment.payee_id)
    if payment.payer_id == operator_id:
        if payee and payee.gateway_account and has_gateway:
            return Method.GATEWAY
        if not payee or not payee.iban:
            return payment.payee_id
        return Method.CREDIT_TRANSFER if payer and payer.iban else operator_id
    if not payee or not payee.iban:
        return payment.payee_id
    if payment.payee_id == operator_id and payee.creditor_id and currency == _EURO:
        return Method.DIRECT_DEBIT if payer and payer.iban and payer.mandate_id else Method.INVOICE
    return Method.INVOICE


def instruction_of(
    cycle: Cycle,
    payment: Payment,
    method: Method,
    details: Mapping[UUID, BankDetails],
    operator_id: UUID,
    due_on: date,
    *,
    replaces_id: UUID | None = None,
) -> Instruction:
    """A payment under its ids, which follow from what it is for, or from what it replaces."""
    first = f"{cycle.cycle_id}/{cycle.version}/{payment.payer_id}/{payment.payee_id}"
    key = first if replaces_id is None else f"in the place of {replaces_id}"
    digest = sha256(key.encode()).digest()
    number, goes_out = UUID(bytes=digest[:16], version=5), payment.payer_id == operator_id
    watched = {Method.GATEWAY: None, Method.CREDIT_TRANSFER: payment.payer_id}.get(method, payment.payee_id)
    return Instruction(
        instruction_id=number,
        cycle_id=cycle.cycle_id,
        version=cycle.version,
        payer_id=payment.payer_id,
        payee_id=payment.payee_id,
        amount_minor=payment.amount_minor,
        currency=cycle.currency,
        method=method,
        end_to_end_id=show("PVD", number).replace("_", "").upper(),
        reference=creditor_reference(show("", number)[-_REFERENCE_LETTERS:].upper()),
        watched_iban=None if watched is None else details[watched].iban,
        expected_minor=-payment.amount_minor if goes_out else payment.amount_minor,
        due_on=due_on,
        gateway_account=details[payment.payee_id].gateway_account if method is Method.GATEWAY else None,
        replaces_id=replaces_id,
    )
