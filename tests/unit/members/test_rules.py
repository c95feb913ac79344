from itertools import product

import pytest

from network.earning.service.scene import BALANCE_KNOWN_BY
from network.members.domain import (
    EnrolCommand,
    KeyKind,
    KnownBy,
    Person,
    is_news,
    make_card_number,
    mask_card,
    mask_name,
    person_of,
)
from network.members.errors import BadLocale

CARD = make_card_number(lambda _: 1234)


def test_a_phone_number_alone_shows_no_balance() -> None:
    assert set(KnownBy) - BALANCE_KNOWN_BY == {KnownBy.PHONE}


def test_what_is_shown_only_ever_makes_an_acquaintance_closer() -> None:
    news = {(known, shown) for known, shown in product(KnownBy, KnownBy) if is_news(known, shown)}
    assert news == {
        (KnownBy.PHONE, KnownBy.CARD),
        (KnownBy.PHONE, KnownBy.ENROLMENT),
        (KnownBy.CARD, KnownBy.ENROLMENT),
    }
    assert all(is_news(None, shown) for shown in KnownBy)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Sara Karimi", "S*** K***"),
        ("سارا کریمی", "س*** ک***"),
        ("J", "J***"),
        ("Anna Maria Sofia de la Cruz", "A*** M*** S***"),
        ("E\u030amil", "E\u030a***"),
    ],
)
def test_a_masked_name_shows_first_letters_and_hides_lengths(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_a_masked_card_shows_its_last_four_digits() -> None:
    assert mask_card("9900000000001234") == "•••• 1234"
    assert mask_card("9900000000001234", ascii_only=True) == "************1234"


def test_an_enrolment_is_kept_in_one_form_and_gets_a_card_if_it_has_none() -> None:
    command = EnrolCommand(name=" Sara  Karimi", phone="0912 345 6789", email=" Sara@Example.ORG")
    person = person_of(command, lambda: CARD)
    assert person == Person(name="Sara Karimi", phone="+989123456789", email="sara@example.org", card_number=CARD)
    assert person.keys() == {KeyKind.PHONE: "+989123456789", KeyKind.EMAIL: "sara@example.org", KeyKind.CARD: CARD}


def test_a_card_that_was_handed_out_before_is_kept() -> None:
    person = person_of(EnrolCommand(card_number=f"{CARD[:4]} {CARD[4:]}"), lambda: "not needed")
    assert person.keys() == {KeyKind.CARD: CARD}


def test_a_locale_is_one_that_the_network_speaks() -> None:
    with pytest.raises(BadLocale):
        person_of(EnrolCommand(locale="de"), lambda: CARD)


def test_nothing_personal_is_told_by_a_repr() -> None:
    command = EnrolCommand(name="Sara", phone="+989123456789", email="sara@example.org", card_number=CARD)
    told = repr(command) + repr(person_of(command, lambda: CARD))
    assert not any(secret in told for secret in ("Sara", "9123456789", "sara@", CARD))
