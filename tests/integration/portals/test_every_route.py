"""Every route of the application: its headers, whose it is, and that no form passes without its token."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from network.portals.kit.pages import SIGN_IN
from network.sessions.domain import Realm
from network.web.access import PUBLIC, access_of
from network.web.failures import is_api
from network.web.limits import UNLIMITED, under

_ARGUMENT = re.compile("<[^>]+>")
_PERMITTED = {PUBLIC, *(realm.value for realm in Realm)}


def _rules(app: Flask) -> list[tuple[str, str, Any]]:
    """Every route as a method, an address that it takes, and its view."""
    return [
        (method, _ARGUMENT.sub("en", rule.rule), app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _pages(app: Flask) -> list[tuple[str, str, Any]]:
    return [each for each in _rules(app) if not is_api(each[1]) and not each[1].startswith("/assets/")]


def test_every_answer_of_every_route_has_the_security_headers(app: Flask) -> None:
    client = app.test_client()
    for method, path, _ in _rules(app):
        headers = client.open(path, method=method, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy, path
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer"), path
        assert headers["Request-Id"], path
        assert not [name for name, _ in headers if name.startswith("Access-Control-")], path
        for cookie in headers.getlist("Set-Cookie"):
            assert "HttpOnly" in cookie, (path, cookie)
            assert "SameSite=" in cookie, (path, cookie)


def test_every_text_says_in_which_letters_it_is_written(app: Flask) -> None:
    client = app.test_client()
    for method, path, _ in _rules(app):
        answer = client.open(path, method=method, buffered=True)
        kind = answer.headers.get("Content-Type", "")
        assert kind or not answer.data, path
        assert not kind.startswith("text/") or kind.endswith("charset=utf-8"), (path, kind)


def test_no_route_is_traced_and_nothing_is_made_for_debugging(app: Flask) -> None:
    client = app.test_client()
    for _, path, _ in _rules(app):
        assert client.open(path, method="TRACE").status_code in (404, 405), path
    assert not app.debug
    assert {rule.endpoint for rule in app.url_map.iter_rules() if "debug" in rule.rule or "test" in rule.rule} == set()


def test_every_page_keeps_to_itself_and_is_not_kept(app: Flask) -> None:
    client = app.test_client()
    for method, path, _ in _pages(app):
        headers = client.open(path, method=method, buffered=True).headers
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
        assert "camera=()" in headers["Permissions-Policy"], path
        assert headers["Cache-Control"] == "no-store", path


def test_every_page_says_whose_it_is_and_sends_everybody_else_to_sign_in(app: Flask) -> None:
    client = app.test_client()
    for method, path, view in _pages(app):
        access = access_of(view)
        assert access in _PERMITTED, path
        if access != PUBLIC and method == "GET":
            answer = client.get(path)
            assert answer.status_code == 303, path
            assert answer.location.startswith(SIGN_IN[Realm(access)]), path


def test_no_form_passes_without_its_token(app: Flask) -> None:
    client = app.test_client()
    forms = [path for method, path, _ in _pages(app) if method != "GET"]
    for path in forms:
        answer = client.post(path, data={"csrf_token": "0" * 64})
        assert answer.status_code == 403, path


def test_no_cookie_of_ours_goes_over_plain_http_where_there_is_tls(app: Flask) -> None:
    before = app.extensions["peyvand.settings"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.extensions, "peyvand.settings", _over_tls(before))
        cookies = app.test_client().get("/language/fa").headers.getlist("Set-Cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["__Host-peyvand-language"]
    assert all("Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie for cookie in cookies)


def test_all_but_the_partners_api_is_limited_at_the_edge(app: Flask) -> None:
    limited = {path for _, path, view in _rules(app) if hasattr(view, "__wrapped__") and not under(path, UNLIMITED)}
    assert {path for _, path, _ in _rules(app) if not under(path, UNLIMITED)} == limited


def _over_tls(settings: Any) -> Any:
    return replace(settings, public_url="https://network.test")
