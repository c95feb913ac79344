"""The ledger's tables. The wallet's id comes first in every key, so that they can be distributed by wallet.

No foreign keys: a posting locks its wallet's row and nothing else, and `checks` proves what they would have promised.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Computed, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base


class WalletRow(Base):
    """A wallet's head: cached balances (rebuilt and compared by the checker), latest sequence and hash."""

    __tablename__ = "wallet"
    __table_args__ = (
        CheckConstraint("least(available, pending, held, debt) >= 0", name="not_negative"),
        Index("wallet_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        {"postgresql_with": {"fillfactor": 70}},
    )

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    head_hash: Mapped[bytes] = mapped_column(LargeBinary)
    available: Mapped[int]
    pending: Mapped[int]
    held: Mapped[int]
    debt: Mapped[int]
    posted_at: Mapped[datetime]
    due_at: Mapped[datetime | None]


class LotRow(Base):
    """Points earned together. The contract version is immutable, so its id freezes the rates."""

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("0 <= held AND held <= remaining AND remaining <= issued AND issued > 0", name="points"),
        Index(
            "lot_open",
            "wallet_id",
            "expires_at",
            "issued_at",
            "lot_id",
            postgresql_where=text("is_open"),
        ),
        {"postgresql_with": {"fillfactor": 85}},
    )

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    issuer_id: Mapped[UUID]
    contract_id: Mapped[UUID]
    currency: Mapped[str]
    issued: Mapped[int]
    remaining: Mapped[int]
    held: Mapped[int]
    is_pending: Mapped[bool]
    # a stored column, not a predicate on `remaining`: an update that leaves a lot open touches no index
    is_open: Mapped[bool] = mapped_column(Computed("remaining > 0", persisted=True))
    issued_at: Mapped[datetime]
    activates_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class LotInactivityRow(Base):
    """That a lot expires so many months of a calendar after its owner was last seen; append-only, in its issue's hash.

    A table of its own, because most lots expire at a date: these columns would be written and read for nothing.
    """

    __tablename__ = "lot_inactivity"
    __table_args__ = (CheckConstraint("months > 0", name="months"),)

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(primary_key=True)
    months: Mapped[int] = mapped_column(SmallInteger)
    calendar: Mapped[str]
    time_zone: Mapped[str]


class JournalRow(Base):
    """One entry: append-only, gapless per wallet, chained by hash. `points` is the size, the movements tell the way."""

    __tablename__ = "journal"
    __table_args__ = (
        CheckConstraint("points >= 0 AND sequence > 0", name="not_negative"),
        Index("journal_refers_to", "wallet_id", "refers_to", postgresql_where=text("refers_to IS NOT NULL")),
    )

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    operation: Mapped[str]
    points: Mapped[int]
    partner_id: Mapped[UUID]
    store_id: Mapped[UUID | None]
    receipt: Mapped[str | None]
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None]
    basket: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    occurred_at: Mapped[datetime]
    posted_at: Mapped[datetime]
    available: Mapped[int]
    pending: Mapped[int]
    held: Mapped[int]
    debt: Mapped[int]
    refers_to: Mapped[int | None]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class HoldRow(Base):
    """Points set aside by the entry `sequence`, whose movements say in which lots. Over once it is not open."""

    __tablename__ = "hold"
    __table_args__ = (Index("hold_open", "wallet_id", postgresql_where=text("is_open")),)

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    points: Mapped[int]
    expires_at: Mapped[datetime]
    is_open: Mapped[bool]


class DebtRow(Base):
    """Points owed to an issuer since the reversal `sequence`; what remains is repaid by later earning."""

    __tablename__ = "debt"
    __table_args__ = (
        CheckConstraint("0 <= remaining AND remaining <= owed AND owed > 0", name="points"),
        Index("debt_open", "wallet_id", postgresql_where=text("remaining > 0")),
    )

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[UUID]
    issuer_id: Mapped[UUID]
    contract_id: Mapped[UUID]
    currency: Mapped[str]
    owed: Mapped[int]
    remaining: Mapped[int]


class MovementRow(Base):
    """One leg of an entry by lot; append-only. What settlement folds: `xid` is the writing transaction's id."""

    __tablename__ = "movement"
    __table_args__ = (
        Index("movement_xid", "xid", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),
        # each movement is in one of these two: what a line of a statement is made of is read page by page
        Index("movement_of_issuer", "issuer_id", "posted_at", postgresql_where=text("redeemer_id IS NULL")),
        Index(
            "movement_of_pair",
            "issuer_id",
            "redeemer_id",
            "posted_at",
            postgresql_where=text("redeemer_id IS NOT NULL"),
        ),
    )

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    lot_id: Mapped[UUID]
    kind: Mapped[str]
    points: Mapped[int]
    held: Mapped[int]
    debt: Mapped[int]
    issuer_id: Mapped[UUID]
    issuer_contract_id: Mapped[UUID]
    redeemer_id: Mapped[UUID | None]
    redeemer_contract_id: Mapped[UUID | None]
    currency: Mapped[str]
    activates_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    posted_at: Mapped[datetime]
    xid: Mapped[int] = mapped_column(server_default=text("(pg_current_xact_id()::text::bigint)"))


class JournalSideRow(Base):
    """What few entries have: the other half of a transfer, and who spends from a wallet that several share."""

    __tablename__ = "journal_side"
    __table_args__ = (
        CheckConstraint("(other_wallet_id IS NULL) = (other_sequence IS NULL)", name="other"),
        CheckConstraint("other_wallet_id IS NOT NULL OR bearer_id IS NOT NULL", name="something"),
        Index("journal_side_bearer", "wallet_id", "bearer_id", postgresql_where=text("bearer_id IS NOT NULL")),
    )

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    other_wallet_id: Mapped[UUID | None]
    other_sequence: Mapped[int | None]
    bearer_id: Mapped[UUID | None]


class TransferLegRow(Base):
    """Of a movement between two wallets: the lot on the other side, the lot as which the points were issued, when."""

    __tablename__ = "transfer_leg"
    __table_args__ = (Index("transfer_leg_lot", "wallet_id", "lot_id"),)

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    lot_id: Mapped[UUID]
    other_lot_id: Mapped[UUID]
    root_lot_id: Mapped[UUID]
    issued_at: Mapped[datetime]


class AllowanceSlotRow(Base):
    """A part of what an issuer may still issue: of a prepaid block in points, of a credit in minor units' thousandths.

    An allowance is leased to several slots and a posting takes from one, so that no row of an issuer is hot. The check
    is what makes sure that never more is taken than there is.
    """

    __tablename__ = "allowance_slot"
    __table_args__ = (CheckConstraint("remaining >= 0", name="remaining"), {"postgresql_with": {"fillfactor": 50}})

    allowance_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    remaining: Mapped[int]


class AllowanceUseRow(Base):
    """What an entry took from an allowance for a lot, or gave back (negative); append-only."""

    __tablename__ = "allowance_use"
    __table_args__ = (Index("allowance_use_allowance", "allowance_id"),)

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(primary_key=True)
    allowance_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    amount: Mapped[int]


class TicketRow(Base):
    """The last number of an owner that a posting used up; the column's refusal of null is what keeps it rising."""

    __tablename__ = "ticket"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    last: Mapped[int]
