"""Security headers on every answer. A page that needs another policy sets its own; what is set is left alone."""

from collections.abc import Iterable, Mapping
from typing import Any

from network.web.failures import is_api

POLICY = "Content-Security-Policy"
_HTML = "text/html"
_SELF = "'self'"


def page_policy(form_targets: Iterable[str] = ()) -> str:
    """What a page may load and where its forms may lead: our own files and places alone, nothing written in the page.

    `form_targets`: browsers follow `form-action` through redirects, so a form whose answer leads on to an application
    names that one's origin.
    """
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
        " connect-src 'self'; object-src 'none'; base-uri 'none';"
        f" form-action {' '.join((_SELF, *form_targets))}; frame-ancestors 'none'"
    )


_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_ON_PAGES = {
    POLICY: page_policy(),
    "Referrer-Policy": "same-origin",  # not `no-referrer`, with which browsers hide a form's origin from us too
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(),"
    " publickey-credentials-create=(self), publickey-credentials-get=(self)",
}
_ON_ANSWERS = {
    POLICY: "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",  # answers speak of members; no proxy is to keep them
    "Referrer-Policy": "no-referrer",
}
_OVER_TLS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}  # two years


class SecurityHeaders:
    """The headers for answers and for pages; over https also the promise to stay there."""

    def __init__(self, public_url: str) -> None:
        everywhere = _EVERYWHERE | (_OVER_TLS if public_url.startswith("https://") else {})
        self._on_pages = _named(everywhere | _ON_PAGES)
        self._on_answers = _named(everywhere | _ON_ANSWERS)

    def complete(self, environ: Mapping[str, Any], headers: list[tuple[str, str]]) -> None:
        """Add what is missing to the headers of the answer to a request."""
        present = {name.lower(): value for name, value in headers}
        answers = is_api(environ.get("PATH_INFO", "")) and not present.get("content-type", "").startswith(_HTML)
        headers += [pair for name, pair in (self._on_answers if answers else self._on_pages) if name not in present]


def _named(headers: Mapping[str, str]) -> list[tuple[str, tuple[str, str]]]:
    return [(name.lower(), (name, value)) for name, value in headers.items()]
