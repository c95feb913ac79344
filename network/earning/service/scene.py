"""What every use case of the till asks of its first query before it decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import psycopg

from network.auth.domain import Principal
from network.auth.errors import StoreNotYours
from network.auth.service import confirm
from network.earning.domain import Rule, Terms, purchase_instant
from network.earning.errors import IssuingSuspended, PartnerInactive, UnknownStore, WrongCurrency
from network.earning.repository import Scene, Till, load_scene
from network.earning.service.books import book_of
from network.earning.signing import check_signature
from network.infrastructure.requests import Answer, replay
from network.members.domain import KnownBy
from network.members.service import merged_refusal
from network.partners.errors import NoContract
from network.wallet.domain import Draft, Head, settle_due
from network.wallet.repository import draft_of_wallet

BALANCE_KNOWN_BY = {KnownBy.ENROLMENT, KnownBy.CARD, KnownBy.CONSENT}
"""A partner that enrolled the member, was shown its card, or has its consent may see the balance; by a phone alone,
none may."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A scene that has passed the checks that all use cases share."""

    scene: Scene
    head: Head
    terms: Terms
    rule: Rule


def enter(connection: psycopg.Connection, principal: Principal, till: Till) -> Opening | Answer:
    """Read the scene and check who asks; an answer that was given before comes back as it was.

    Raises auth's InvalidToken, KeyReused, PartnerInactive, what `check_signature` raises, MemberNotFound, MemberMerged,
    NoContract, WrongCurrency, UnknownStore, PurchaseInFuture, PurchaseTooOld.
    """
    scene = load_scene(connection, till)
    confirm(principal, scene.client_state)
    if till.key and (answer := replay(till.key, *scene.answered)):
        return answer
    if scene.partner_status not in ("active", "suspended"):
        raise PartnerInactive
    book = book_of(connection, till.partner_id, scene.terms_version or 0)
    if till.claim is not None:
        check_signature(principal, till.key, till.claim, till.currency, book, scene.now)
    if scene.head is None or scene.member_status != "active":
        raise merged_refusal(till.partner_id, till.member_id)
    if till.store and scene.store_id is None:
        raise UnknownStore(field="store")
    at = purchase_instant(till.occurred_at, scene.now)
    terms = book.terms_at(till.currency, at)
    if terms is None:
        raise NoContract(field="occurred_at") if book.has(till.currency) else WrongCurrency(field="currency")
    return Opening(scene, scene.head, terms, book.rule_at(till.currency, at))


def check_store(principal: Principal, scene: Scene) -> None:
    """Raises auth's StoreNotYours unless the client may write for the store that was named. Most may for all."""
    if principal.stores and not principal.may_write_for(scene.store_id):
        raise StoreNotYours(field="store")


def draft_of(
    connection: psycopg.Connection, opening: Opening, *, whole: bool = False, also: Iterable[UUID] = ()
) -> Draft:
    """A working copy of the wallet with everything that is due already settled.

    Of a wallet in which nothing is due, only what rode on the first query, unless the `whole` is asked for, which is
    every open lot, hold and debt, and the lots `also` named.
    """
    scene, head = opening.scene, opening.head
    if not whole and not head.is_due(scene.now):
        return Draft(head, scene.lots, scene.now)
    draft = draft_of_wallet(connection, head, scene.now, also=also)
    settle_due(draft)
    return draft


def check_may_issue(opening: Opening) -> None:
    """Raises IssuingSuspended. Burning goes on at a suspended partner: members are not to suffer."""
    if opening.scene.partner_status != "active":
        raise IssuingSuspended
