"""One part of a batch, one transaction: read, decide, write, count."""

from uuid import UUID

import psycopg

from network.auth.domain import ACTIVE, Principal
from network.auth.service import find_client_state
from network.batches import repository
from network.batches.answers import Origin, earn_hash, letters_of
from network.batches.domain import Book, Counts, EarnLine, Plan, Reader, Refusal, ReversalLine, member_ids, unpack
from network.batches.errors import RefusedForGood, SequenceReused
from network.batches.repository import Answered, Work
from network.batches.service.plainly import Plainly
from network.batches.service.singly import earn_singly, refused_before, return_singly
from network.earning.errors import IssuingSuspended
from network.earning.service.scene import BALANCE_KNOWN_BY
from network.infrastructure.database import unit_connection
from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now, network_zone
from network.infrastructure.transaction import transaction
from network.kernel.errors import PeyvandError
from network.members.errors import MemberNotFound
from network.members.service import merged_refusal
from network.members.service.crowd import Face, acquaint_crowd, find_crowd, open_seal
from network.partners.service import get_partner, list_stores
from network.wallet.bulk import lock_heads
from network.wallet.domain.plain import PlainHead
from network.wallet.errors import EntryNotFound

Line = EarnLine | ReversalLine


def post_part(work: Work) -> bool:
    """Post a part of a batch; False if there is none to be had now."""
    with transaction():
        connection = unit_connection()
        wrapped_key, found = work.wrapped_key, repository.take_part(connection, work.batch_id)
        if found is None or wrapped_key is None:
            return False
        if find_client_state(work.client_id) != ACTIVE:
            repository.stop(connection, work.batch_id)
            return False
        number, sealed = found
        part = _Part(connection, work)
        part.post(unpack(open_seal(work.batch_id, wrapped_key).open("batch", sealed)))
        repository.finish_part(connection, work.batch_id, number, part.counts(), part.refusals)
        failpoint("batches.in_chunk")
    return True


class _Part:
    """The lines of a part on their way into the ledger."""

    def __init__(self, connection: psycopg.Connection, work: Work) -> None:
        self.refusals: list[Refusal] = []
        self._connection = connection
        self._work = work
        self._partner_id = work.partner_id
        self._origin = Origin(work.request_id, work.problems_url)
        self._principal = Principal(work.client_id, work.partner_id, frozenset(("points:earn",)), str(work.batch_id))
        self._posted = 0
        self._duplicates = 0
        self._earned: dict[str, tuple[bytes, bytes]] = {}
        """Of the earns of this part, by key: body hash and wallet."""
        self._returned: set[str] = set()
        """Its reversals, by key."""
        self._singly: list[tuple[Line, Face | None]] = []
        self._slow_wallets: set[bytes] = set()

    def counts(self) -> Counts:
        """What became of the lines."""
        return Counts(self._posted, self._duplicates, len(self.refusals))

    def post(self, lines: list[tuple[int, bytes]]) -> None:
        """Post them: plain earns together, then one by one what isn't plain, and all that follows it in its wallet."""
        read = self._read(lines)
        earns = [line for line in read if isinstance(line, EarnLine)]
        faces = self._find_members(earns)
        returned = [line.of for line in read if isinstance(line, ReversalLine)]
        targets = repository.answered(self._connection, self._partner_id, returned) if returned else {}
        wallets = {face.wallet for face in faces if face} | {t.wallet_id.bytes for t in targets.values() if t.wallet_id}
        self._heads = lock_heads(self._connection, wallets)
        self._answered = repository.answered(self._connection, self._partner_id, [line.key for line in read])
        self._book = self._open_book()
        self._plainly = Plainly(self._connection, self._partner_id, self._book)
        face_of = iter(faces)
        for line in read:
            try:
                if isinstance(line, EarnLine):
                    self._earn(line, next(face_of))
                else:
                    self._reverse(line, targets)
            except (PeyvandError, RefusedForGood) as refusal:
                self._refuse(line.line, refusal)
        acquaint_crowd(self._connection, self._partner_id, self._shown)
        self._plainly.write()
        for line, face in self._singly:
            self._post_singly(line, face)

    def _read(self, lines: list[tuple[int, bytes]]) -> list[Line]:
        return list(Reader(self._work.columns).read_all(lines, self._refuse))

    def _find_members(self, earns: list[EarnLine]) -> list[Face | None]:
        """For each earn the member it names, if there is one."""
        members = member_ids(earns)
        cards = {line.card_number for line in earns if line.card_number}
        crowd = find_crowd(self._connection, self._partner_id, {each for each in members if each}, cards)
        self._shown = set(crowd.by_card.values())
        return [
            crowd.by_id.get(member) if member else crowd.by_card.get(line.card_number or "")
            for member, line in zip(members, earns, strict=True)
        ]

    def _open_book(self) -> Book:
        self._may_issue = get_partner(self._partner_id).may_issue
        return Book.of(
            self._partner_id.bytes,
            network_now(),
            network_zone(),
            {store.code: store.store_id.bytes for store in list_stores(self._partner_id)},
            repository.contracts_of(self._connection, self._partner_id),
            repository.rules_of(self._connection, self._partner_id),
        )

    def _earn(self, line: EarnLine, face: Face | None) -> None:
        if face is None:
            if line.member_id is not None:
                raise merged_refusal(self._partner_id, UUID(bytes=line.member_id))
            raise MemberNotFound(field="card_number")
        _, key, told, _, _, currency, _, at_us, _, store, point_type = line
        wallet = face.wallet
        member = told or f"mbr_{letters_of(int.from_bytes(face.member))}"
        body_hash = earn_hash(line, member)
        if (key in self._answered or key in self._earned) and self._was_answered(key, body_hash):
            return
        plan = self._book.plan(currency, store, at_us, point_type)
        if told and face.known_by is None:
            raise MemberNotFound(field="member")
        if not self._may_issue:
            raise IssuingSuspended
        self._earned[key] = body_hash, wallet
        head = self._heads[wallet]
        if wallet in self._slow_wallets or key in self._returned or not self._is_plain(plan, at_us, face, head):
            self._slow_wallets.add(wallet)
            self._singly.append((line, face))
        else:
            sees_balance = told is None or face.known_by in BALANCE_KNOWN_BY
            self._plainly.earn(line, plan, head, member, body_hash, sees_balance=sees_balance)
            self._posted += 1

    def _is_plain(self, plan: Plan, at_us: int, face: Face, head: PlainHead) -> bool:
        """Whether nothing but the plan decides what an earn comes to, and its points do not expire at once."""
        now_us = max(self._book.now_us, head.posted_us)
        if plan.has_policies or plan.is_metered or face.has_law or at_us > now_us:
            return False
        return (plan.terms.expires_us is None or plan.terms.expires_us > now_us) and head.is_plain(self._book.now_us)

    def _reverse(self, line: ReversalLine, targets: dict[str, Answered]) -> None:
        target = targets.get(line.of)
        wallet = target.wallet_id.bytes if target and target.wallet_id else None
        if line.of in self._earned:
            wallet = self._earned[line.of][1]
        if wallet is None:
            raise EntryNotFound(field="of")
        self._slow_wallets.add(wallet)
        self._returned.add(line.key)
        self._singly.append((line, None))

    def _was_answered(self, key: str, body_hash: bytes) -> bool:
        """Whether a line was posted before, here or elsewhere. Raises SequenceReused, RefusedForGood."""
        before = self._answered.get(key)
        known = before.body_hash if before else self._earned[key][0]
        if known != body_hash:
            raise SequenceReused(field="sequence")
        if before:
            refused_before(before.status, before.answer)
        self._duplicates += 1
        return True

    def _post_singly(self, line: Line, face: Face | None) -> None:
        try:
            if isinstance(line, ReversalLine):
                replayed = return_singly(self._connection, self._principal, self._origin, line)
            else:
                assert face is not None
                replayed = earn_singly(self._principal, self._origin, line, face)
        except (PeyvandError, RefusedForGood) as refusal:
            self._refuse(line.line, refusal)
        else:
            self._duplicates += replayed
            self._posted += not replayed

    def _refuse(self, line: int, refusal: PeyvandError | RefusedForGood) -> None:
        self.refusals.append(Refusal(line, refusal.code, refusal.field, refusal.detail))
