"""What messages say, and where they are handed over."""

from datetime import UTC, datetime

import pytest

from network.delivery.carriers import mail_server
from network.delivery.domain import Channel, Message, wait_after
from network.delivery.texts import code_text, new_device_text, phone_changed_text

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_a_code_ends_with_the_line_that_binds_it_to_its_page(locale: str) -> None:
    text = code_text(locale, "012345", "peyvand.example")
    assert text.body.splitlines()[-1] == "@peyvand.example #012345"
    assert text.body.count("012345") == 2


def test_every_text_is_there_in_both_languages() -> None:
    for made in (phone_changed_text, new_device_text):
        assert made("en", AT) != made("fa", AT)
        assert "2026-11-22 10:00" in made("fa", AT).body


def test_a_message_tells_no_log_what_it_holds() -> None:
    told = repr(Message(Channel.SMS, "+989121234567", code_text("en", "012345", "peyvand.example")))
    assert "0912" not in told and "98912" not in told and "012345" not in told


def test_a_mail_server_is_spoken_to_in_the_clear_on_this_machine_alone() -> None:
    there = mail_server("smtp://who:p%40ss@mail.example", "us@peyvand.example")
    assert (there.port, there.needs_tls, there.is_wrapped, there.password) == (587, True, False, "p@ss")
    assert "p@ss" not in repr(there)
    assert mail_server("smtps://mail.example", "us@peyvand.example").port == 465
    assert not mail_server("smtp://localhost:2525", "us@peyvand.example").needs_tls
    with pytest.raises(ValueError, match="PEYVAND_SMTP"):
        mail_server("mail.example:25", "us@peyvand.example")


def test_waiting_grows_and_then_stays() -> None:
    waits = [wait_after(number) for number in range(1, 9)]
    assert waits == sorted(waits) and waits[-1] == waits[-2]
