"""Security headers on every answer. A page that needs another policy sets its own; what is set is left alone."""

from collections.abc import Mapping

from flask import Flask, Response, request

from network.web.failures import is_api

_POLICY = "Content-Security-Policy"
_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_ON_PAGES = {
    _POLICY: "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ON_ANSWERS = {
    _POLICY: "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",  # answers speak of members; no proxy is to keep them
}
_OVER_TLS = {"Strict-Transport-Security": "max-age=63072000"}  # two years


def init_headers(app: Flask) -> None:
    """Put the headers on every answer; over https also the promise to stay there."""
    everywhere = _EVERYWHERE | (_OVER_TLS if app.config["PEYVAND_PUBLIC_URL"].startswith("https://") else {})
    on_pages = _named(everywhere | _ON_PAGES)
    on_answers = _named(everywhere | _ON_ANSWERS)

    @app.after_request
    def secure(response: Response) -> Response:
        headers = response.headers
        present = {name.lower() for name, _ in headers}  # asking werkzeug's Headers raises an exception for each "no"
        answers = is_api(request.path) and response.mimetype != "text/html"
        for lowered, name, value in on_answers if answers else on_pages:
            if lowered not in present:
                headers.add(name, value)
        return response


def _named(headers: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [(name.lower(), name, value) for name, value in headers.items()]
