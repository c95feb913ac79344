"""An installation as a process tree: the same commands an operator runs, on the database of this test process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

from network.cli.together import Child, together
from partner_sdk import Partner

if TYPE_CHECKING:
    from network.auth.service import NewClient
    from network.settings import Settings

_START_SECONDS = 180
_COMMAND_SECONDS = 120


@dataclass(frozen=True)
class Installation:
    """`url` is the address of the HTTP server; `environment` is what every process of it is started with."""

    url: str
    environment: dict[str, str]

    def partner(self, client: NewClient, **options: object) -> Partner:
        """The SDK as a partner's software uses it; to be closed, as it says."""
        return Partner(
            base_url=self.url, client_id=client.shown_id, client_secret=client.client_secret, **options  # type: ignore[arg-type]
        )  # fmt: skip

    def run(self, *arguments: str, status: int = 0) -> str:
        """What a command of ours writes to its standard output; its exit status is checked."""
        done = subprocess.run(
            [sys.executable, "-m", "network", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
        assert done.returncode == status, done.stderr + done.stdout
        return done.stdout

    def work(self) -> None:
        """A worker process does every job that waits, and those that follow from them."""
        self.run("worker", "--burst")


@contextmanager
def running(settings: Settings, *serving: str) -> Iterator[Installation]:
    """The HTTP server, started with `network serve` (`serving`: how), for as long as the block lasts."""
    port = _free_port()
    own = {
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "PEYVAND_STATE": str(settings.state_folder),
        "PEYVAND_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PEYVAND_TIME_ZONE": settings.time_zone.key,
        "PEYVAND_EDGE_LIMITS": "on" if settings.edge_limits else "off",
        "PEYVAND_CLIENT_RATE": str(settings.client_rate),
        "COLUMNS": "200",
    }
    # one process: its copy of the signing keys is renewed when it makes a new one after the tables were emptied
    web = Child("web", ["serve", "--port", str(port), "--web", "1", *serving])
    with together([web], own):
        installation = Installation(own["PEYVAND_PUBLIC_URL"], {**os.environ, **own})
        _wait_until_up(installation.url)
        yield installation


def _wait_until_up(url: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        try:
            if httpx2.get(f"{url}/healthz", timeout=2).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the HTTP server did not come up")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
