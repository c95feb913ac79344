"""Passwords are hashed at the least cost here; what they cost in truth is said by the unit tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from flask import Flask

from network.audit.service import acting
from network.cli import main
from network.cli.context import console
from network.staff import secrets

Shell = Callable[..., str]


@pytest.fixture(autouse=True)
def _somebody_acts() -> Iterator[None]:
    """Else nothing would be recorded."""
    with acting("stf_somebody", "req_1"):
        yield


@pytest.fixture(autouse=True)
def _cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(secrets, "_hasher", cheap)
    monkeypatch.setattr(secrets, "_nobodys", cheap.hash("nobody's"))


@pytest.fixture
def tokens(app: Flask) -> Path:
    """Where this shell keeps who is signed in; nobody is."""
    folder = Path(app.extensions["peyvand.settings"].state_folder) / "staff"
    for left in folder.glob("*.token"):
        left.unlink()
    return folder


@pytest.fixture
def run(app: Flask, tokens: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Commands in this very process, on the application that is there."""
    monkeypatch.setattr("network.cli.context.application", lambda: app)
    monkeypatch.setattr(console, "width", 200)

    def command(*arguments: str, lines: tuple[str, ...] = (), status: int = 0) -> str:
        done = CliRunner().invoke(main, arguments, input="\n".join((*lines, "")))
        assert done.exit_code == status, (done.output, done.exception)
        return done.output

    return command
