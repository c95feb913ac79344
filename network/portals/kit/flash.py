"""A sentence for the next page: kept in a signed cookie, shown once. It holds keys and numbers, nothing personal."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from network.portals.kit.cookies import drop_cookie, keep_cookie, key_for, read_cookie
from network.portals.kit.texts import say

_COOKIE = "flash"
_KEPT_SECONDS = 60


class Kind(StrEnum):
    """What sort of news it is; the values are Tabler's."""

    SUCCESS = "success"
    INFO = "info"
    WARNING = "warning"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Flash:
    """A sentence and its sort."""

    kind: Kind
    text: str


def flash(key: str, kind: Kind = Kind.SUCCESS, **values: int | str) -> None:
    """Show a text of the catalogue on the next page."""
    keep_cookie(_COOKIE, str(_serializer().dumps([kind, key, values])), _KEPT_SECONDS)


def take_flash() -> Flash | None:
    """The sentence for this page, if there is one; it is forgotten with the answer."""
    kept = read_cookie(_COOKIE)
    if kept is None:
        return None
    drop_cookie(_COOKIE)
    try:
        told: Any = _serializer().loads(kept)
    except BadSignature:
        return None
    kind, key, values = told
    return Flash(Kind(kind), say(key, **values))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(key_for("flash"))
