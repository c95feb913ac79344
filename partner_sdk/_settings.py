"""Where the network is and who is calling: from arguments, else from the environment."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from urllib.parse import urlsplit

from ._errors import ConfigurationError

__all__ = ["checked_base_url", "checked_scopes", "resolved"]

logger = logging.getLogger("partner_sdk")

VARIABLES = {
    "base_url": "PARTNER_BASE_URL",
    "client_id": "PARTNER_CLIENT_ID",
    "client_secret": "PARTNER_CLIENT_SECRET",
}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def resolved(**given: str | None) -> tuple[str, ...]:
    """Each argument's value, or its variable's. Raises ConfigurationError naming all that are in neither."""
    values = {name: value or os.environ.get(VARIABLES[name], "").strip() for name, value in given.items()}
    missing = [f"{name}= (or {VARIABLES[name]})" for name, value in values.items() if not value]
    if missing:
        raise ConfigurationError(f"Partner needs {', '.join(missing)}: pass it, or set the environment variable.")
    return tuple(values.values())


def checked_base_url(base_url: str) -> str:
    """`base_url` without a trailing slash. Raises ConfigurationError when it cannot be the network's address."""
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigurationError(f"base_url is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigurationError(f"base_url must look like https://network.example; got {base_url!r}.")
    if "@" in parts.netloc:
        raise ConfigurationError("base_url must not hold credentials: pass client_id= and client_secret=.")
    if parts.query or parts.fragment or parts.path.rstrip("/").endswith("/v1"):
        raise ConfigurationError("base_url is the address of the network alone, without /v1, query or fragment.")
    if parts.scheme == "http" and host not in LOOPBACK:
        logger.warning("base_url is http: the client secret travels unencrypted")
    return base_url.rstrip("/")


def checked_scopes(scopes: Iterable[str] | None) -> tuple[str, ...] | None:
    """The scopes to ask for; None asks for all this client has. Raises TypeError for a single string."""
    if isinstance(scopes, str):
        raise TypeError('scopes is a list of strings, such as ["points:earn", "points:read"].')
    return None if scopes is None else tuple(scopes)
