"""Limits at the edge: how often one address may ask, and how much it may send.

Counted by Flask-Limiter on Redis, around each view and not before each request: a posting under /v1 is not touched.
There an address is counted where it comes without a token that is good, and each client has a pace (`kernel.pace`).
Without Redis each process counts for itself, and its log says so: nobody is locked out by a cache. What guards money or
a sign-in is counted in PostgreSQL by its room; these limits only keep crowds away from there.
"""

import ipaddress
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, current_app
from flask_limiter import Limiter, RateLimitExceeded
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.exceptions import TooManyRequests

from network.settings import Settings
from network.web.access import PUBLIC, access_of
from network.web.current import current_request

BODY_BYTES = 64 * 1024
"""What the largest form or token request needs, many times over. The API under /v1 has the application's own limit."""

_STRANGERS = "peyvand.strangers"
_REDIS_SECONDS = 0.25
_PREFIX_OF_A_HOME = 64  # an IPv6 network that one customer gets whole


@dataclass(frozen=True, slots=True)
class Rate:
    """How often one address may ask for what is under a path; all of it counts together. `methods`: None for all."""

    path: str
    allowed: str
    methods: tuple[str, ...] | None = None


UNLIMITED = ("/assets", "/healthz", "/v1/docs/static")
"""Files that browsers keep, and what the load balancer asks."""

STRANGERS = "1200/minute"
"""How often one address may ask the partners' API without a token that is good, before it is told to wait instead."""

RATES = (
    Rate("/", "600/minute"),
    Rate("/oauth", "1200/minute"),  # many tills of a partner stand behind one address
    Rate("/sign-in", "30/minute; 200/hour", ("POST",)),
    Rate("/sign-up", "10/minute; 60/hour", ("POST",)),
    Rate("/staff/sign-in", "30/minute; 200/hour", ("POST",)),
    Rate("/activate", "20/minute; 100/hour"),  # eight letters of a till's code can be tried here
)
"""A request counts for each rate whose path is above it."""


def init_limits(app: Flask, settings: Settings) -> None:
    """Put the limits around the views that are registered. Call it last."""
    limiter = _limiter(app, settings) if settings.edge_limits else None
    paths: dict[str, str] = {}
    for rule in app.url_map.iter_rules():
        paths.setdefault(rule.endpoint, rule.rule)  # of a view with several paths, its first one
    for endpoint, path in paths.items():
        if _is_limited(path, app.view_functions[endpoint]):
            app.view_functions[endpoint] = _limited(app.view_functions[endpoint], endpoint, path, limiter)
    app.extensions[_STRANGERS] = _counted_strangers(limiter) if limiter else _uncounted


def count_stranger() -> None:
    """Someone asked the API without a token that is good. Raises TooManyRequests if its address does so too often."""
    current_app.extensions.get(_STRANGERS, _uncounted)()


def under(path: str, paths: tuple[str, ...]) -> bool:
    """Whether a path is one of these or below one."""
    return path in paths or path.startswith(tuple(f"{each.rstrip('/')}/" for each in paths))


def address() -> str:
    """Whose requests are counted together: an IPv4 address, or the IPv6 network that a customer gets."""
    told = current_request().remote_addr or ""
    try:
        found = ipaddress.ip_address(told)
    except ValueError:
        return told or "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, _PREFIX_OF_A_HOME), strict=False))
    return str(found)


def _is_limited(path: str, view: Any) -> bool:
    if under(path, ("/v1",)):
        return access_of(view) == PUBLIC  # all else there has a guard, which counts strangers and keeps clients' pace
    return not under(path, UNLIMITED)


def _uncounted() -> None:
    """Without limits nobody is counted."""


def _counted_strangers(limiter: Limiter) -> Callable[[], None]:
    counted = limiter.shared_limit(STRANGERS, scope="strangers")(_uncounted)
    return _telling_when(counted, limiter)


def _limiter(app: Flask, settings: Settings) -> Limiter:
    assert settings.redis_url
    options: Mapping[str, Any] = {
        "socket_connect_timeout": _REDIS_SECONDS,
        "socket_timeout": _REDIS_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }
    limiter = Limiter(
        address,
        storage_uri=settings.redis_url.replace("unix://", "redis+unix://", 1),
        storage_options=dict(options),
        key_prefix=f"{settings.queue_name}:limits",
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    # Known already, it does not hang itself before and after every request of the application.
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)
    return limiter


def _limited(view: Callable[..., Any], endpoint: str, path: str, limiter: Limiter | None) -> Callable[..., Any]:
    @wraps(view)
    def within_size(*arguments: Any, **named: Any) -> Any:
        request = current_request()
        request.max_content_length = min(request.max_content_length or BODY_BYTES, BODY_BYTES)
        return view(*arguments, **named)

    if limiter is None:
        return within_size
    counted: Callable[..., Any] = within_size
    counted.__qualname__ = endpoint  # the limiter tells views apart by it
    for rate in RATES:
        if under(path, (rate.path,)):
            methods = list(rate.methods) if rate.methods else None
            counted = limiter.shared_limit(rate.allowed, scope=rate.path, methods=methods)(counted)
    return _telling_when(counted, limiter)


def _telling_when(view: Callable[..., Any], limiter: Limiter) -> Callable[..., Any]:
    """Tell those who ask too often when they may ask again."""

    @wraps(view)
    def patient(*arguments: Any, **named: Any) -> Any:
        try:
            return view(*arguments, **named)
        except RateLimitExceeded as refused:
            reached = limiter.current_limit
            seconds = max(1, int(reached.reset_at - time.time())) if reached else 60
            raise TooManyRequests(retry_after=seconds) from refused

    return patient
