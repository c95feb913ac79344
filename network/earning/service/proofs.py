"""Whether a member wants its points burned here, and lets them be: what the burn uses up as a proof of that."""

from datetime import datetime
from uuid import UUID

import psycopg

from network.earning.commands import Proof, ProofType
from network.earning.errors import ProofRefused, TillCodeNeeded
from network.earning.repository import Key, Scene
from network.kernel.clock import SystemClock
from network.kernel.errors import Invalid
from network.members.domain import KeyKind, read_card_number, read_phone
from network.members.vault import Vault
from network.signin.domain import Approval, check_spending, read_alias, read_till_code
from network.signin.errors import NewPartner, OverSpendLimit
from network.signin.service import count_wrong_code, find_approval, find_approvals, proved_step
from network.wallet.domain import Ticket
from network.wallet.repository import used_tickets

_ONCE = 1
_NEEDED = {
    ProofType.TILL_CODE: ("code",),
    ProofType.CONSENT: ("approval_id",),
    ProofType.CARD: ("card_number",),
}
_KEYS = ("card_number", "phone", "alias")


def check_proof(proof: Proof) -> None:
    """Raises Invalid for a proof that lacks what its type needs, or has more."""
    needed = _NEEDED[proof.type]
    for name in needed:
        if getattr(proof, name) is None:
            raise Invalid("This proof needs it.", field=f"proof.{_public(name)}")
    keys = [name for name in _KEYS if getattr(proof, name) is not None]
    if proof.type is ProofType.TILL_CODE and len(keys) != 1:
        raise Invalid("Exactly one of card_number, phone and alias goes with the code.", field="proof")
    taken = {*needed, *(keys if proof.type is ProofType.TILL_CODE else ())}
    for name in (*_KEYS, "code", "approval_id"):
        if name not in taken and getattr(proof, name) is not None:
            raise Invalid("This proof does not have it.", field=f"proof.{_public(name)}")


def key_of(proof: Proof) -> Key | None:
    """What the member is known by, hashed; None for an approval. Raises BadCardNumber, BadPhone, BadAlias."""
    if proof.card_number is not None:
        kind, value = KeyKind.CARD, read_card_number(proof.card_number, field="proof.card_number")
    elif proof.phone is not None:
        kind, value = KeyKind.PHONE, read_phone(proof.phone, field="proof.phone")
    elif proof.alias is not None:
        kind, value = KeyKind.ALIAS, read_alias(proof.alias)
    else:
        return None
    return Key(kind, Vault.current().key_hash(kind, value))


class Gate:
    """One burn's way past the guard of a member's points. A code that was not good is counted once, at the end.

    `is_agreed`: the member has agreed to this very burn where it signs in (RFC 9396); whoever asks for it uses that up.
    Then no `proof` is needed, and one that is given has to be good all the same.
    """

    def __init__(
        self, proof: Proof | None, *, member_id: UUID, partner_id: UUID, points: int, is_agreed: bool = False
    ) -> None:
        if proof is not None:
            check_proof(proof)
        elif not is_agreed:
            raise Invalid("A burn needs one.", field="proof")
        self._proof = proof
        self._code = read_till_code(proof.code) if proof and proof.code is not None else None
        self._member_id, self._partner_id, self._points = member_id, partner_id, points
        self._is_agreed = is_agreed
        self._was_wrong = False

    def pass_through(self, connection: psycopg.Connection, scene: Scene) -> tuple[Ticket, ...]:
        """What the burn uses up. Codes and approvals go by the system's time, whatever the network's clock says.

        Raises ProofRefused, TillCodeNeeded, and what `check_spending` raises.
        """
        now = SystemClock().now()
        if self._proof is None:
            self._check_spending(scene, now, is_approved=True)
            return ()
        if self._proof.type is ProofType.CONSENT:
            approval = self._approved(self._proof.approval_id, connection, now)
            self._check_spending(scene, now, is_approved=True)
            return (Ticket(approval.approval_id, _ONCE),)
        if not scene.key_fits:
            raise ProofRefused(field="proof")
        tickets = () if self._code is None else (self._proved(scene, self._code),)
        if self._code is None and not scene.trusts_cards and not self._is_agreed:
            raise TillCodeNeeded(field="proof")
        try:
            self._check_spending(scene, now, is_approved=self._is_agreed)
        except (NewPartner, OverSpendLimit):
            found = self._open_approval(connection, now)
            if found is None:
                raise
            tickets = (*tickets, Ticket(found.approval_id, _ONCE))
        return tickets

    def close(self) -> None:
        """Count the code, if it was not good."""
        if self._was_wrong:
            count_wrong_code(self._member_id)

    def _proved(self, scene: Scene, code: str) -> Ticket:
        assert scene.guard.shown is not None, "the first query reads it for a code"
        step = proved_step(self._member_id, scene.guard.shown, code)
        if step is None:
            self._was_wrong = True
            raise ProofRefused(field="proof.code")
        return Ticket(self._member_id, step)

    def _check_spending(self, scene: Scene, now: datetime, *, is_approved: bool = False) -> None:
        guard = scene.guard
        check_spending(
            guard.rules,
            self._points,
            now,
            is_used=guard.is_used,
            is_approved=is_approved,
            trusts_cards=scene.trusts_cards,
        )

    def _approved(self, approval_id: UUID | None, connection: psycopg.Connection, now: datetime) -> Approval:
        assert approval_id is not None, "check_proof has seen it"
        approval = find_approval(approval_id)
        if approval is None or not self._is_open(connection, approval, now):
            raise ProofRefused(field="proof.approval")
        return approval

    def _open_approval(self, connection: psycopg.Connection, now: datetime) -> Approval | None:
        found = find_approvals(self._member_id, self._partner_id)
        return next((each for each in found if self._is_open(connection, each, now)), None)

    def _is_open(self, connection: psycopg.Connection, approval: Approval, now: datetime) -> bool:
        covers = approval.covers(self._member_id, self._partner_id, self._points, now)
        return covers and not used_tickets(connection, [approval.approval_id])


def _public(name: str) -> str:
    return name.removesuffix("_id")
