"""Secrets are random, kept as hashes, and compared whatever is presented."""

import pytest

from network.auth.client_secrets import digest, matches, new_secret
from network.auth.domain import NewClient
from network.kernel.identifiers import new_id


def test_secrets_are_long_and_never_the_same() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(len(secret) == 43 for secret in secrets)


def test_only_the_secret_itself_matches() -> None:
    secret = new_secret()
    assert matches(secret, digest(secret))
    assert not matches(new_secret(), digest(secret))
    assert not matches("", digest(secret))


@pytest.mark.parametrize("presented", ["رمز", "\x00", "\ud800", "x" * 100_000, ""])
def test_whatever_is_presented_is_compared_and_not_choked_on(presented: str) -> None:
    assert not matches(presented, digest(new_secret()))
    assert not matches(presented, b"")


def test_a_new_client_does_not_show_its_secret_by_accident() -> None:
    client = NewClient(new_id(), new_secret())
    assert client.client_secret not in repr(client)
    assert client.client_secret not in f"{client}"
