"""Instructions, and the files that were made of them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from network.infrastructure.database import db
from network.settlement.banking import PaymentInstructionRow, SettlementFileRow
from network.settlement.domain import Cycle, Instruction, Method, Progress, State
from network.settlement.models import CycleRow

_Row = PaymentInstructionRow
_COLUMNS = [column for column in _Row.__table__.c if column.name != "prepared_at"]
_ALL = select(*_COLUMNS)


@dataclass(frozen=True, slots=True)
class SettlementFile:
    """A file of a cycle. `kind`: pain.001, pain.008 or payment_request."""

    name: str
    kind: str
    media_type: str
    body: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.body).hexdigest()


def insert_instructions(instructions: Sequence[Instruction], prepared_at: datetime) -> None:
    if instructions:
        rows = [
            asdict(each) | {"method": each.method.value, "progress": each.progress.value, "prepared_at": prepared_at}
            for each in instructions
        ]
        db.session.execute(insert(_Row), rows)


def instructions_of_cycle(cycle: Cycle) -> list[Instruction]:
    """The instructions of a cycle's present version, in the order of their parties."""
    query = _ALL.where(_Row.cycle_id == cycle.cycle_id, _Row.version == cycle.version)
    order = (_Row.payer_id, _Row.payee_id, _Row.replaces_id.is_not(None), _Row.instruction_id)
    return [_instruction(row) for row in db.session.execute(query.order_by(*order))]


def find_instruction(end_to_end_id: str) -> Instruction | None:
    row = db.session.execute(_ALL.where(_Row.end_to_end_id == end_to_end_id)).first()
    return None if row is None else _instruction(row)


def lock_instruction(instruction_id: UUID) -> Instruction:
    """An instruction that is there, as it is and stays until the unit of work ends."""
    row = db.session.execute(_ALL.where(_Row.instruction_id == instruction_id).with_for_update()).one()
    return _instruction(row)


def lock_instructions(cycle_id: UUID) -> None:
    """Let a cycle's instructions stay as they are until the unit of work ends; locked in the order of their ids."""
    query = select(_Row.instruction_id).where(_Row.cycle_id == cycle_id)
    db.session.execute(query.order_by(_Row.instruction_id).with_for_update())


def change_progress(instruction_id: UUID, progress: Progress, gateway_reference: str | None = None) -> None:
    """Write where an instruction stands that the unit of work has locked."""
    told = {} if gateway_reference is None else {"gateway_reference": gateway_reference}
    change = update(_Row).where(_Row.instruction_id == instruction_id).values(progress=progress.value, **told)
    db.session.execute(change)


def mark_sent(cycle: Cycle, methods: Iterable[Method]) -> None:
    """Prepared instructions of a cycle, of these methods, are sent from now on."""
    db.session.execute(
        update(_Row)
        .where(
            _Row.cycle_id == cycle.cycle_id,
            _Row.version == cycle.version,
            _Row.progress == Progress.PREPARED.value,
            _Row.method.in_([method.value for method in methods]),
        )
        .values(progress=Progress.SENT.value)
    )


def unpaid_by_gateway(cycle_id: UUID | None = None) -> list[Instruction]:
    """Instructions for the payment service that it has not carried out, of a cycle or of all, in a fixed order."""
    query = _ALL.where(_Row.method == Method.GATEWAY.value, _Row.progress == Progress.PREPARED.value)
    if cycle_id is not None:
        query = query.where(_Row.cycle_id == cycle_id)
    return [_instruction(row) for row in db.session.execute(query.order_by(_Row.instruction_id))]


def approved_cycle_ids() -> list[UUID]:
    """Cycles that wait for their instructions, those approved first first."""
    query = select(CycleRow.cycle_id).where(CycleRow.state == State.APPROVED.value).order_by(CycleRow.approved_at)
    return list(db.session.execute(query).scalars())


def insert_files(
    cycle: Cycle, files: Sequence[SettlementFile], made_at: datetime, *, instruction_id: UUID | None = None
) -> None:
    """Files of a cycle's instructions; `instruction_id`: of one alone, which is made anew."""
    rows = [
        {
            "name": file.name,
            "cycle_id": cycle.cycle_id,
            "version": cycle.version,
            "kind": file.kind,
            "media_type": file.media_type,
            "body": file.body,
            "sha256": sha256(file.body).digest(),
            "made_at": made_at,
            "instruction_id": instruction_id,
        }
        for file in files
    ]
    if rows:
        db.session.execute(insert(SettlementFileRow), rows)


def files_of_cycle(cycle_id: UUID) -> list[SettlementFile]:
    """The files of a cycle, by name."""
    row = SettlementFileRow
    query = select(row.name, row.kind, row.media_type, row.body).where(row.cycle_id == cycle_id).order_by(row.name)
    return [SettlementFile(name, kind, media, bytes(body)) for name, kind, media, body in db.session.execute(query)]


def _instruction(row: Any) -> Instruction:
    return Instruction(**{**row._mapping, "method": Method(row.method), "progress": Progress(row.progress)})
