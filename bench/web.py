"""The product's own web processes under load, and the tokens of its partners' tills."""

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.coalition import Partner
from bench.servers import Servers, environment_of

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_FRESH_SECONDS = 240.0  # a token lives for ten minutes
_SCOPES = "points:earn points:redeem points:read"


@dataclass(slots=True)
class Web:
    """A running web server of the product on one database."""

    port: int
    process_id: int
    partners: Sequence[Partner]
    folder: Path
    members: Path
    _tokens_at: float = field(default=0.0)

    @property
    def tokens(self) -> Path:
        """A file with a fresh access token of each partner, one in a line."""
        path = self.folder / f"tokens-{self.port}"
        if time.monotonic() - self._tokens_at > _FRESH_SECONDS or not self._tokens_at:
            path.touch(mode=0o600)
            path.write_text("".join(f"{self._token(partner)}\n" for partner in self.partners))
            self._tokens_at = time.monotonic()
        return path

    def _token(self, partner: Partner) -> str:
        credentials = f"{partner.client.shown_id}:{partner.client.client_secret}".encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/oauth/token",
            data=f"grant_type=client_credentials&scope={_SCOPES.replace(' ', '+')}".encode(),
            headers={
                "Authorization": f"Basic {base64.b64encode(credentials).decode()}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            token: str = json.load(answer)["access_token"]
        return token


@contextmanager
def web(
    servers: Servers,
    database: str,
    partners: Sequence[Partner],
    members: Path,
    *,
    processes: int,
) -> Iterator[Web]:
    """`network serve` on a free port, until the block ends."""
    port = _free_port()
    settings = replace(servers.settings, database_url=servers.url(database), public_url=f"http://127.0.0.1:{port}")
    folder = servers.settings.state_folder
    arguments = ["serve", "--port", str(port), "--web", str(processes)]
    with (folder / f"web-{port}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "network", *arguments],
            env={**os.environ, **environment_of(settings)},
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_up(port, process)
        yield Web(port, process.pid, partners, folder, members)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        (folder / f"tokens-{port}").unlink(missing_ok=True)


def _wait_until_up(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"the web server did not come up, see web-{port}.log in the state folder")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
