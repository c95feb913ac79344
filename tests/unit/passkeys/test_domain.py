"""Where passkeys are offered, and what they prove."""

import pytest

from network.kernel.identifiers import new_id
from network.passkeys.domain import Assertion, shown_name, site_of


@pytest.mark.parametrize(
    ("url", "domain", "offered"),
    [
        ("https://peyvand.example", "peyvand.example", True),
        ("http://peyvand.example", "peyvand.example", False),
        ("http://localhost:8000", "localhost", True),
        ("http://127.0.0.1:8000", "127.0.0.1", False),
        ("https://[::1]:8443", "::1", False),
    ],
)
def test_a_passkey_needs_a_domain_and_tls(url: str, domain: str, offered: bool) -> None:
    site = site_of(url)
    assert (site.domain, site.origin, site.is_offered) == (domain, url, offered)


def test_a_key_that_its_user_unlocked_is_two_factors() -> None:
    assert "mfa" in Assertion(new_id(), new_id(), True).methods
    assert Assertion(new_id(), new_id(), False).methods == ("hwk",)


def test_a_name_is_printable_and_short_and_never_empty() -> None:
    assert shown_name("my\n  phone\u202e ") == "my phone"
    assert len(shown_name("x" * 500)) == 60
    assert shown_name("\0") == "passkey"
