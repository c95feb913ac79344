"""What is read from the environment once."""

from pathlib import Path

import pytest

from network.settings import Settings


def _read(tmp_path: Path, **environment: str) -> Settings:
    return Settings.from_environment({"PEYVAND_STATE": str(tmp_path), "PEYVAND_SECRET_KEY": "x", **environment})


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "postgresql://peyvand@db.example/peyvand"),
        ("DATABASE_URL", "postgresql://peyvand@db.example/peyvand?sslmode=require"),
        ("DATABASE_URL", "postgresql:///peyvand?host=db.example&sslmode=prefer"),
        ("REDIS_URL", "redis://cache.example:6379/0"),
        ("REDIS_URL", "rediss://cache.example:6379/0?ssl_cert_reqs=none"),
    ],
)
def test_no_server_elsewhere_is_spoken_to_without_tls_that_is_checked(tmp_path: Path, name: str, url: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} leads to another machine"):
        _read(tmp_path, **{name: url})
    assert _read(tmp_path, PEYVAND_PLAIN_NETWORK="on", **{name: url})


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "postgresql://peyvand@db.example/peyvand?sslmode=verify-full"),
        ("DATABASE_URL", "postgresql://peyvand@/peyvand?host=/run/postgresql"),
        ("DATABASE_URL", "postgresql://peyvand@127.0.0.1:5432/peyvand"),
        ("DATABASE_URL", "postgresql://peyvand@%2Frun%2Fpostgresql/peyvand"),
        ("REDIS_URL", "rediss://cache.example:6379/0"),
        ("REDIS_URL", "unix:///run/valkey.sock?db=0"),
        ("REDIS_URL", "redis://localhost:6379/0"),
    ],
)
def test_servers_here_and_those_with_tls_are(tmp_path: Path, name: str, url: str) -> None:
    assert _read(tmp_path, **{name: url})


def test_the_secret_is_made_once_readable_by_its_owner_alone_and_shown_by_no_repr(tmp_path: Path) -> None:
    first = Settings.from_environment({"PEYVAND_STATE": str(tmp_path)})
    assert first.secret_key == Settings.from_environment({"PEYVAND_STATE": str(tmp_path)}).secret_key
    assert len(first.secret_key) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert first.secret_key.decode() not in repr(first)
