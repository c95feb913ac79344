"""Points that are to live longer: proposed, approved, rejected, and carried out wallet by wallet."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import psycopg

from network.adjustments import repository
from network.adjustments.domain import (
    Decision,
    Extension,
    check_decider,
    check_extension,
    concerned,
    extend,
    needs_second_person,
)
from network.adjustments.errors import ExtensionNotFound, NothingToExtend
from network.audit.service import record
from network.infrastructure.database import statement_connection, unit_connection
from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.clock import show_instant
from network.kernel.identifiers import new_id, show
from network.wallet import service as ledger
from network.wallet.expiring import wallets_expiring

_WALLETS_AT_ONCE = 500


def propose_extension(
    *,
    wallet_id: UUID | None,
    issuer_id: UUID | None,
    expires_after: datetime,
    expires_by: datetime,
    extended_to: datetime,
    reason: str,
    person: str,
) -> Extension:
    """Let points that expire in a window live to a later instant.

    A member's are posted at once if they are within the person's limit; else, and for all wallets, it waits for
    another person. Raises UnknownReason, BadExtension, WalletNotFound, NothingToExtend.
    """
    with transaction():
        extension = Extension(
            extension_id=new_id(),
            wallet_id=wallet_id,
            issuer_id=issuer_id,
            expires_after=expires_after,
            expires_by=expires_by,
            extended_to=extended_to,
            reason=reason,
            prepared_by=person,
            prepared_at=network_now(),
            decision=Decision.PROPOSED,
        )
        check_extension(extension)
        repository.insert_extension(extension)
        _note("extensions.request", extension)
        if wallet_id is None:
            return extension
        lots = concerned(ledger.whole_wallet(unit_connection(), wallet_id), extension)
        if not lots:
            raise NothingToExtend
        if needs_second_person(sum(lot.remaining for lot in lots), repository.limit_of(person)):
            return extension
        return _post(extension, wallet_id, None)


def approve_extension(extension_id: UUID, *, person: str) -> Extension:
    """Let happen what somebody else prepared: a member's at once, all others by the job.

    Raises ExtensionNotFound, SamePerson, AlreadyDecided, NothingToExtend.
    """
    with transaction():
        extension = _locked(extension_id)
        check_decider(extension, person)
        _note("extensions.approve", extension)
        if extension.wallet_id is not None:
            return _post(extension, extension.wallet_id, person)
        return _decided(extension, Decision.APPROVED, person)


def reject_extension(extension_id: UUID, *, person: str) -> Extension:
    """End what somebody else prepared. Raises ExtensionNotFound, SamePerson, AlreadyDecided."""
    with transaction():
        extension = _locked(extension_id)
        check_decider(extension, person)
        _note("extensions.reject", extension)
        return _decided(extension, Decision.REJECTED, person)


def waiting_extensions() -> list[Extension]:
    """Those that wait for a second person or are being carried out, oldest first."""
    return repository.extensions(Decision.PROPOSED, Decision.APPROVED)


def carry_out_extensions() -> int:
    """Extend in all wallets what was approved; in how many wallets. Each is a transaction of its own.

    Killed anywhere, or run by two at once, no wallet is extended or counted twice: what was extended lies outside of
    its window. Points that come into a wallet which was visited already are not extended.
    """
    return sum(_carry_out(extension) for extension in repository.extensions(Decision.APPROVED))


def _carry_out(extension: Extension) -> int:
    assert extension.issuer_id is not None, "an extension of all wallets names its issuer"
    wallets, after = 0, None
    while batch := wallets_expiring(
        statement_connection(), extension.issuer_id, extension.expires_by, after=after, most=_WALLETS_AT_ONCE
    ):
        for wallet_id in batch:
            with transaction():
                wallets += _extend(extension, wallet_id) > 0
                failpoint("adjustments.in_extension")
        after = batch[-1]
    with transaction():
        if _locked(extension.extension_id).decision is Decision.APPROVED:
            repository.change_extension(extension.extension_id, decision=Decision.POSTED.value)
    return wallets


def _post(extension: Extension, wallet_id: UUID, decided_by: str | None) -> Extension:
    points = _extend(extension, wallet_id)
    if not points:
        raise NothingToExtend
    return replace(_decided(extension, Decision.POSTED, decided_by), wallets=1, points=points)


def _extend(extension: Extension, wallet_id: UUID) -> int:
    """Extend in one wallet, and count it; how many points."""

    def attempt(connection: psycopg.Connection) -> ledger.Decision[int]:
        draft = ledger.whole_wallet(connection, wallet_id)
        points = extend(draft, extension, show("ext", extension.extension_id))
        return ledger.Decision(draft.posting(), points)

    points = ledger.post(attempt)
    assert isinstance(points, int), "nobody asked for an answer to be kept"
    if points:
        repository.count_extended(extension.extension_id, points)
    return points


def _decided(extension: Extension, decision: Decision, person: str | None) -> Extension:
    values = {"decision": decision.value, "decided_by": person, "decided_at": network_now()}
    repository.change_extension(extension.extension_id, **values)
    return replace(extension, decision=decision, decided_by=person)


def _note(action: str, extension: Extension) -> None:
    window = {"expires_by": extension.expires_by, "extended_to": extension.extended_to}
    told = {name: show_instant(instant) for name, instant in window.items()}
    record(action, "extension", show("ext", extension.extension_id), after=told)


def _locked(extension_id: UUID) -> Extension:
    extension = repository.lock_extension(extension_id)
    if extension is None:
        raise ExtensionNotFound
    return extension
