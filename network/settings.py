"""One frozen tree of settings, read once from the environment. Nothing else reads the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

_UTC = ZoneInfo("UTC")
_DEFAULT_PUBLIC_URL = "http://127.0.0.1:8000"
_HERE = ("", "127.0.0.1", "localhost", "::1")
_CHECKED = ("verify-ca", "verify-full")
_CLIENT_RATE = 5000.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between one installation and another.

    `database_url` and `redis_url` are None until `with_servers` has filled them: with no server named, the embedded
    ones are leased. Points expire at the end of a day in `time_zone`, by the policies of `expiry_programme` where their
    contract names no other. `payments` names the payment service: `fake`, `stripe`, or none.
    `proxies` is how many reverse proxies before us write X-Forwarded-For; `edge_limits` is off for load tests alone.
    `leaked_passwords`: a list of them that staff can't choose from, see `network.staff.leaked`.
    `access_log`: a line for each request, beside what is written of failures and of security.
    `client_rate`: requests a second that each web process takes from one client of the API; 0 for any number.
    `smtp`: the server that takes e-mail, `smtp://` or `smtps://`; without it messages go to a folder.
    """

    state_folder: Path
    public_url: str
    secret_key: bytes
    database_url: str | None = None
    redis_url: str | None = None
    queue_name: str = "peyvand"
    time_zone: ZoneInfo = _UTC
    expiry_programme: str | None = None
    payments: str | None = None
    stripe_key: str | None = None
    stripe_url: str | None = None
    edge_limits: bool = True
    client_rate: float = _CLIENT_RATE
    proxies: int = 0
    access_log: bool = False
    leaked_passwords: Path | None = None
    smtp: str | None = None
    mail_from: str = "peyvand@localhost"

    def __repr__(self) -> str:
        return f"Settings(state_folder={str(self.state_folder)!r}, public_url={self.public_url!r})"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        state_folder = Path(environment.get("PEYVAND_STATE") or _default_state_folder(environment)).resolve()
        key = environment.get("PEYVAND_SECRET_KEY")
        if environment.get("PEYVAND_PLAIN_NETWORK", "off") != "on":
            for name in ("DATABASE_URL", "REDIS_URL"):
                _check_wire(name, environment.get(name, ""))
        leaked = environment.get("PEYVAND_LEAKED_PASSWORDS")
        return cls(
            state_folder=state_folder,
            public_url=environment.get("PEYVAND_PUBLIC_URL", _DEFAULT_PUBLIC_URL).rstrip("/"),
            secret_key=key.encode() if key else _kept_secret(state_folder / "secret_key"),
            database_url=environment.get("DATABASE_URL") or None,
            redis_url=environment.get("REDIS_URL") or None,
            queue_name=environment.get("PEYVAND_QUEUE", "peyvand"),
            time_zone=ZoneInfo(environment.get("PEYVAND_TIME_ZONE", "UTC")),
            expiry_programme=environment.get("PEYVAND_EXPIRY_PROGRAMME") or None,
            payments=environment.get("PEYVAND_PAYMENTS") or None,
            stripe_key=environment.get("PEYVAND_STRIPE_KEY") or None,
            stripe_url=environment.get("PEYVAND_STRIPE_URL") or None,
            edge_limits=environment.get("PEYVAND_EDGE_LIMITS", "on") != "off",
            access_log=environment.get("PEYVAND_ACCESS_LOG", "off") == "on",
            leaked_passwords=Path(leaked) if leaked else None,
            client_rate=float(environment.get("PEYVAND_CLIENT_RATE") or _CLIENT_RATE),
            proxies=int(environment.get("PEYVAND_PROXIES") or 0),
            smtp=environment.get("PEYVAND_SMTP") or None,
            mail_from=environment.get("PEYVAND_MAIL_FROM") or "peyvand@localhost",
        )

    def with_servers(self) -> Self:
        """The same settings with both servers named; embedded ones are started, or joined, for those that are not."""
        if self.database_url and self.redis_url:
            return self
        from network.infrastructure.embedded import lease  # not needed, and not paid for, where servers are named

        endpoints = lease(self.state_folder).endpoints
        return replace(
            self,
            database_url=self.database_url or endpoints.database_url,
            redis_url=self.redis_url or endpoints.redis_url,
        )


def _check_wire(name: str, url: str) -> None:
    """What goes to another machine goes by TLS, to a server that shows who it is. Raises ValueError."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.get("host") or parts.hostname or ""
    if host in _HERE or host.startswith("/") or host.lower().startswith("%2f"):
        return
    is_checked = query.get("sslmode") in _CHECKED or (
        parts.scheme == "rediss" and query.get("ssl_cert_reqs", "required") == "required"
    )
    if not is_checked:
        raise ValueError(
            f"{name} leads to another machine without TLS that is checked: say sslmode=verify-full, or rediss://."
            " If what lies between is encrypted otherwise, set PEYVAND_PLAIN_NETWORK=on."
        )


def _default_state_folder(environment: Mapping[str, str]) -> Path:
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").exists():
        return checkout / ".peyvand"
    home = environment.get("XDG_STATE_HOME") or Path(environment.get("HOME") or "/var/lib") / ".local/state"
    return Path(home) / "peyvand"


def _kept_secret(path: Path) -> bytes:
    """The installation's own secret, made at the first start and readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # the first of several processes wins; a rename would let the last one win
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
