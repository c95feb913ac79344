"""Reconciliation: the bank's statements are matched with the instructions, and the rest goes to suspense.

A statement is one transaction that inserts it first: the same one again finds it there, and nothing is done.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from network.audit.service import digest as digest_for_trail
from network.audit.service import record
from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.partners.service import ensure_operator
from network.payments.bank_statements import read_statements
from network.payments.domain import BankStatement, Booking
from network.settlement.domain import (
    THE_NETWORK,
    Expected,
    Instruction,
    Why,
    assignable,
    check_person,
    check_words,
    judge,
    progress_of,
)
from network.settlement.errors import BankStatementDiffers, InstructionNotFound, SuspenseNotFound
from network.settlement.repository import accounts, instructions
from network.settlement.repository import reconciling as repository
from network.settlement.repository.reconciling import Match, Suspended
from network.settlement.service.finishing import finish_cycle
from network.settlement.service.states import locked_cycle, note


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a statement of the bank came to; `is_new` is False if it was read before, and nothing was done.

    `bookings`: those that are kept. Of an account that is not the operator's, only what names a payment to it is.
    """

    statement_id: str
    iban: str
    bookings: int
    matched: int
    suspended: int
    is_new: bool = True


def reconcile(file: bytes) -> list[Reconciled]:
    """Read a camt.053 file of the bank; what each of its statements came to. Twice is harmless.

    Raises BadBankStatement, and BankStatementDiffers for a statement id that the bank gave other bookings before.
    """
    return [_reconcile(statement) for statement in read_statements(file)]


def suspense() -> list[Suspended]:
    """What is in suspense, oldest first."""
    return repository.open_suspense()


def assign(booking_id: UUID, end_to_end_id: str, *, person: str, reason: str) -> int:
    """Give an instruction what is left of a booking in suspense, at most what is outstanding; how much it took.

    A booking that goes the other way takes back what was matched: the instruction is to be paid anew.
    Raises PersonMissing, ReasonMissing, SuspenseNotFound, InstructionNotFound, NotAssignable.
    """
    assigner, told = check_person(person), check_words(reason)
    with transaction():
        item = repository.lock_suspended(booking_id)
        if item is None:
            raise SuspenseNotFound
        instruction = _instruction_called(end_to_end_id)
        touched = {each for each in (instruction.instruction_id, item.instruction_id) if each is not None}
        expected = repository.lock_expected(touched)[instruction.instruction_id]
        amount = assignable(item.open_minor, item.currency, expected)
        match = Match(booking_id=booking_id, instruction_id=instruction.instruction_id, amount_minor=amount)
        now = network_now()
        repository.insert_matches([match], assigner, now, told)
        locked_cycle(instruction.cycle_id)
        after = {"booking": show("sus", booking_id), "payment": instruction.end_to_end_id, "amount_minor": amount}
        note(instruction.cycle_id, assigner, "assigned", {}, after | {"reason": told}, now)
        _note_progress(repository.lock_expected(touched).values())
    return amount


def _reconcile(statement: BankStatement) -> Reconciled:
    digest = _digest(statement)
    with transaction():
        now, iban, (bookings, named) = network_now(), statement.iban, _ours(statement)
        if not bookings:  # not remembered either: the account may become ours, and the statement be read again
            return Reconciled(statement.statement_id, iban, 0, 0, 0)
        number = repository.insert_statement(replace(statement, bookings=bookings), digest, now)
        if number is None:
            if repository.digest_of(statement) != digest:
                raise BankStatementDiffers(f"Statement {statement.statement_id} was read with other bookings before.")
            return Reconciled(statement.statement_id, iban, len(bookings), 0, 0, is_new=False)
        repeated = _repeated(iban, bookings)
        ids = repository.insert_bookings(number, iban, bookings)
        expected = repository.lock_expected(named.values())
        matches, suspended = _judged(iban, list(zip(ids, bookings, repeated, strict=True)), named, expected)
        repository.insert_matches(matches, THE_NETWORK, now)
        repository.insert_suspense(suspended, now)
        failpoint("settlement.in_reconciliation")
        _note_progress(repository.lock_expected(expected).values())
        told = {"bookings": len(bookings), "matched": len(matches), "suspended": len(suspended)}
        record("payments.reconcile", "bank_statement", digest_for_trail(statement.statement_id), after=told)
    failpoint("settlement.after_reconciliation")
    return Reconciled(statement.statement_id, iban, len(bookings), len(matches), len(suspended))


def _ours(statement: BankStatement) -> tuple[tuple[Booking, ...], dict[str, UUID]]:
    """The bookings of a statement that concern us, and the instructions that they name."""
    if statement.iban in accounts.ibans_of(ensure_operator().partner_id):
        return statement.bookings, repository.named_by(statement.bookings)
    named = repository.named_by(statement.bookings, watched_iban=statement.iban)
    return tuple(each for each in statement.bookings if {each.end_to_end_id, each.reference} & named.keys()), named


def _judged(
    iban: str,
    bookings: Iterable[tuple[UUID, Booking, bool]],
    named: dict[str, UUID],
    expected: dict[UUID, Expected],
) -> tuple[list[Match], list[tuple[UUID, Why, UUID | None]]]:
    """What matches, and what goes to suspense: each booking judged by what those before it have left."""
    left, matches, suspended = dict(expected), [], []
    for booking_id, booking, is_repeated in bookings:
        number = named.get(booking.end_to_end_id or "") or named.get(booking.reference or "")
        why = judge(booking, iban, None if number is None else left[number], is_repeated=is_repeated)
        if why is not None:
            suspended.append((booking_id, why, None if why is Why.UNKNOWN else number))
            continue
        assert number is not None
        matches.append(Match(booking_id=booking_id, instruction_id=number, amount_minor=booking.amount_minor))
        left[number] = replace(left[number], matched_minor=left[number].matched_minor + booking.amount_minor)
    return matches, suspended


def _digest(statement: BankStatement) -> bytes:
    told = [(each.amount_minor, each.currency, each.booked_on, each.bank_reference) for each in statement.bookings]
    return sha256(repr(told).encode()).digest()


def _repeated(iban: str, bookings: Iterable[Booking]) -> list[bool]:
    """Whether the bank has told of each booking before, in this statement or an earlier one, by its own reference."""
    bookings = list(bookings)
    told = repository.told_before(iban, (each.bank_reference for each in bookings if each.bank_reference))
    repeated = []
    for each in bookings:
        key = (each.bank_reference or "", each.amount_minor)
        repeated.append(bool(each.bank_reference) and key in told)
        told.add(key)
    return repeated


def _note_progress(touched: Iterable[Expected]) -> None:
    """Write where instructions stand now, and finish the cycles of those that have changed."""
    changed = {}
    for each in touched:
        progress = progress_of(each)
        if progress is not each.progress and not each.is_final:
            instructions.change_progress(each.instruction_id, progress)
            changed[each.instruction_id] = progress
    for cycle_id in repository.cycles_of_instructions(changed):
        finish_cycle(cycle_id)


def _instruction_called(end_to_end_id: str) -> Instruction:
    found = instructions.find_instruction(end_to_end_id.strip().upper())
    if found is None:
        raise InstructionNotFound
    return found
