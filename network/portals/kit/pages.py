"""Blueprints of pages. A page can't be registered without saying whose it is, and no form passes without its token."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect
from werkzeug.datastructures import MultiDict

from network.kernel.clock import SystemClock
from network.kernel.errors import Malformed
from network.portals.kit.addresses import parts_of
from network.portals.kit.csrf import check_csrf
from network.portals.kit.languages import current_language
from network.sessions.cookies import current_session
from network.sessions.domain import Realm
from network.web.access import access_of, mark
from network.web.current import current_request

View = TypeVar("View", bound=Callable[..., Any])

SIGN_IN: dict[Realm, str] = {Realm.MEMBER: "/sign-in", Realm.STAFF: "/staff/sign-in"}
"""Where each realm proves who it is."""

FORM_BYTES = 64 * 1024
"""What the largest form needs, many times over."""

_CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")


class Pages(Blueprint):
    """A blueprint whose views are pages: `public`, or for those who are `signed_in`."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """As Flask's. Raises TypeError for a view that does not say whose page it is."""
        if view_func is None or access_of(view_func) is None:
            raise TypeError(f"{rule}: whose page is it? Put `public` or `signed_in` on its view.")
        name = endpoint or view_func.__name__
        super().add_url_rule(rule, name, _as_page(view_func), provide_automatic_options, **options)


def signed_in(realm: Realm, *, within: timedelta | None = None) -> Callable[[View], View]:
    """The page is for people of a realm: its view gets their session first. Others are sent to sign in and come back.

    `within`: they must have proved who they are no longer ago than that.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            session = current_session(realm)
            if session is None:
                return to_sign_in(realm)
            if within is not None and not session.is_fresh(SystemClock().now(), within):
                return to_sign_in(realm, again=True)
            return view(session, *arguments, **named)

        return mark(guarded, realm.value)  # type: ignore[return-value]

    return decorate


def to_sign_in(realm: Realm, *, again: bool = False, next_path: str | None = None) -> Response:
    """Off to prove who one is, and back to the present page, or to another one, after it."""
    request = current_request()
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    query = {"next": next_path or here or referring_path() or "/"} | ({"again": "1"} if again else {})
    return see_other(f"{SIGN_IN[realm]}?{urlencode(query)}")


def see_other(address: str) -> Response:
    """Another page, with GET, whatever the method was (303)."""
    return redirect(address, 303)  # type: ignore[return-value]  # ours is Flask's own class


def local_path(text: str | None, otherwise: str) -> str:
    """A path of this host, which a query told; anything that could lead elsewhere becomes `otherwise`."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or not text.isprintable():
        return otherwise
    parts = parts_of(text)
    return otherwise if parts.scheme or parts.netloc or "\\" in text else text


def referring_path() -> str | None:
    """The page that a form was on, with its query, if it was ours."""
    referrer = parts_of(current_request().referrer)
    if referrer.netloc != current_request().host:
        return None
    return local_path(referrer._replace(scheme="", netloc="", fragment="").geturl(), "/")


def _check_letters(values: MultiDict[str, str]) -> None:
    """Nobody types a NUL, and PostgreSQL keeps none. Raises Malformed."""
    if any("\0" in value for _, listed in values.lists() for value in listed):
        raise Malformed


def _as_page(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def page(*arguments: Any, **named: Any) -> Response:
        request = current_request()
        _check_letters(request.args)
        if request.method not in _CHANGES_NOTHING:
            request.max_content_length = FORM_BYTES
            check_csrf()
            _check_letters(request.form)
        response = make_response(view(*arguments, **named))
        response.headers.setdefault("Content-Language", current_language().value)
        response.headers.setdefault("Cache-Control", "no-store")  # nor in the history of a shared computer
        return response

    return page
