"""Which language a reader gets: the one chosen by the switch, else what an application or the browser asks for."""

from collections.abc import Iterable
from enum import StrEnum

from network.portals.kit.cookies import keep_cookie, read_cookie
from network.web.current import current_request, environment

_COOKIE = "language"
_KEPT_SECONDS = 365 * 24 * 3600
_PLACE = "peyvand.language"


class Language(StrEnum):
    """The languages of the product. The names are what their readers call them."""

    FA = "fa"
    EN = "en"

    @property
    def direction(self) -> str:
        """The value of HTML's `dir`."""
        return "rtl" if self is Language.FA else "ltr"

    @property
    def own_name(self) -> str:
        return "فارسی" if self is Language.FA else "English"

    @property
    def other(self) -> "Language":
        return Language.EN if self is Language.FA else Language.FA


def current_language() -> Language:
    """The language of the running request; worked out once."""
    place = environment()
    known: Language | None = place.get(_PLACE)
    if known is None:
        known = place[_PLACE] = _chosen() or _asked_for(current_request().accept_languages.values())
    return known


def suggest(locales: Iterable[str]) -> None:
    """An application wants these languages, best first (OpenID Connect's `ui_locales`); the reader's choice wins."""
    known = [language for language in map(language_of, locales) if language]
    if known and _chosen() is None:
        environment()[_PLACE] = known[0]


def choose(language: Language) -> None:
    """Have the browser keep the reader's choice."""
    keep_cookie(_COOKIE, language, _KEPT_SECONDS)


def _chosen() -> Language | None:
    return language_of(read_cookie(_COOKIE) or "")


def _asked_for(locales: Iterable[str]) -> Language:
    return next(filter(None, map(language_of, locales)), Language.EN)


def language_of(locale: str) -> Language | None:
    """`fa` of `fa-IR`; None for a language that we do not speak."""
    primary = locale.replace("_", "-").partition("-")[0].lower()
    return next((language for language in Language if language == primary), None)
