"""A partner's till, as the replay needs it: a thin coat over `partner_sdk`, the only way from here to the network.

This is the one file of the network that knows the SDK: the demo is a partner's software that lives in this repository.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from network.seeds.coalition import CURRENCY
from network.seeds.journey import Visit
from network.seeds.phone import Phone, Shown
from partner_sdk import APIStatusError, ConsentProof, Partner, TillCodeProof


@dataclass(frozen=True, slots=True)
class Card:
    """What a household carries: its card's number, and the member id that tills get to see for it."""

    number: str
    member: str


class TillRefused(Exception):
    """The network understood and said no; `code` is its stable code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Till(Protocol):
    """One partner's till. Every method is one call to the network and may raise `TillRefused`."""

    def enrol(self, visit: Visit) -> Card:
        """A new member, with a card whose number the network makes and no personal data."""

    def recognise(self, card: Card) -> None:
        """The card is shown here for the first time; from now on this partner knows the member."""

    def redeemable(self, card: Card, visit: Visit) -> int:
        """How many points the member has to pay this bill with, as the network says now."""

    def burn(self, card: Card, visit: Visit, points: int) -> int:
        """Pay with points; the points that were burned."""

    def earn(self, card: Card, visit: Visit) -> int:
        """Report the purchase; the points it brought."""


class PartnerTill:
    """The till of a real partner, over HTTP with OAuth. May be shared between threads, as the SDK's `Partner` may."""

    def __init__(self, partner: Partner, phone: Phone) -> None:
        self._partner = partner
        self._phone = phone

    def enrol(self, visit: Visit) -> Card:
        with _refusals():
            member = self._partner.members.enrol()
        if member.card_number is None:
            raise TillRefused("no_card")  # the network makes one with every enrolment
        return Card(member.card_number, member.id)

    def recognise(self, card: Card) -> None:
        with _refusals():
            self._partner.members.lookup(card_number=card.number)

    def redeemable(self, card: Card, visit: Visit) -> int:
        with _refusals():
            quote = self._partner.quotes.create(member=card.member, amount_minor=visit.amount_minor, currency=CURRENCY)
        return quote.redeemable_points or 0

    def burn(self, card: Card, visit: Visit, points: int) -> int:
        with _refusals():
            redemption = self._partner.redemptions.create(
                member=card.member,
                points=points,
                currency=CURRENCY,
                proof=_proof(card, self._phone.show(card.member, visit.partner_code, points)),
                occurred_at=visit.purchased_at,
                receipt=_receipt(visit),
            )
        return redemption.points

    def earn(self, card: Card, visit: Visit) -> int:
        with _refusals():
            earn = self._partner.earns.create(
                member=card.member,
                amount_minor=visit.amount_minor,
                currency=CURRENCY,
                occurred_at=visit.purchased_at,
                receipt=_receipt(visit),
            )
        return earn.points


def _proof(card: Card, shown: Shown) -> TillCodeProof | ConsentProof:
    if shown.approval is not None:
        return ConsentProof(shown.approval)
    assert shown.code is not None, "a phone shows one of both"
    return TillCodeProof(code=shown.code, card_number=card.number)


def _receipt(visit: Visit) -> str:
    """The data set's own numbers, so that every entry leads back to its lines: store, then basket."""
    return f"{visit.store_id}-{visit.basket_id}"


@contextmanager
def _refusals() -> Iterator[None]:
    """Turns the network's refusals into `TillRefused`. What is not the network's no (5xx, no answer) stays as it is."""
    try:
        yield
    except APIStatusError as error:
        if error.status_code >= 500 or error.code is None:
            raise
        raise TillRefused(error.code) from error


def connect(base_url: str, client_id: str, client_secret: str) -> Partner:
    """The SDK's client for one partner."""
    return Partner(base_url=base_url, client_id=client_id, client_secret=client_secret)
