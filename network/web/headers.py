"""Security headers on every answer. A page that needs another policy sets its own; what is set is left alone."""

from flask import Flask, Response, request

from network.web.failures import is_api

_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_POLICY = "Content-Security-Policy"
_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_TWO_YEARS = "max-age=63072000"


def init_headers(app: Flask) -> None:
    """Put the headers on every answer; over https also the promise to stay there."""
    always: tuple[tuple[str, str], ...] = _ALWAYS
    if app.config["PEYVAND_PUBLIC_URL"].startswith("https://"):
        always = (*_ALWAYS, ("Strict-Transport-Security", _TWO_YEARS))

    @app.after_request
    def secure(response: Response) -> Response:
        headers = response.headers
        api = is_api(request.path) and response.mimetype != "text/html"
        if _POLICY not in headers:
            headers.add(_POLICY, _API_POLICY if api else _PAGE_POLICY)
        if api and "Cache-Control" not in headers:
            headers.add("Cache-Control", "no-store")  # answers speak of members; no proxy is to keep them
        for name, value in always:
            if name not in headers:
                headers.add(name, value)
        return response
