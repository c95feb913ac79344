"""A template in the frame."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Flask, Response, make_response, render_template
from flask import current_app as app
from jinja2 import StrictUndefined
from markupsafe import Markup

from network.kernel.clock import SystemClock
from network.portals.kit import formats
from network.portals.kit.assets import asset
from network.portals.kit.csrf import csrf_field, csrf_token
from network.portals.kit.flash import take_flash
from network.portals.kit.languages import current_language
from network.portals.kit.texts import say
from network.web.current import current_request
from network.web.headers import POLICY, page_policy

_TARGET = re.compile(r"[a-z][a-z0-9+.-]*:(//[a-zA-Z0-9.:\[\]-]+)?")


@dataclass(frozen=True, slots=True)
class Door:
    """A place in the navigation: its endpoint, the key of its name, its icon."""

    endpoint: str
    text: str
    icon: str


@dataclass(frozen=True, slots=True)
class House:
    """Whose pages they are: what the frame shows around them. `sign_out` is the endpoint that ends the session."""

    name: str
    home: str
    doors: Sequence[Door] = ()
    sign_out: str | None = None


STREET = House(name="frame.brand", home="home.start")
"""The frame of pages that one sees before signing in."""


def render(
    template: str, status: int = 200, *, house: House = STREET, leads_to: str | None = None, **context: Any
) -> Response:
    """A page. `leads_to`: the address of an application to which a form of the page may lead on."""
    page = make_response(render_template(template, house=house, flash=take_flash(), **context), status)
    target = form_target(leads_to) if leads_to else None
    if target:
        page.headers[POLICY] = page_policy([target])
    return page


def form_target(address: str) -> str | None:
    """Where an address leads, as a page's policy names it: scheme and host, or the scheme of an installed application.

    None for what can't be named there: such an address leads nowhere from a form.
    """
    parts = urlsplit(address)
    target = f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
    return target if _TARGET.fullmatch(target) else None


def init_rendering(application: Flask) -> None:
    """Teach the templates the words of the kit."""
    environment = application.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals |= {
        "t": say,
        "language": current_language,
        "asset": asset,
        "csrf_field": csrf_field,
        "csrf_token": csrf_token,
        "endpoint_now": lambda: current_request().endpoint,
        "path_now": _path_now,
        "keeps_query": True,
        "now": SystemClock().now,
        "house": STREET,  # for templates that are rendered by rooms which know no frame
        "flash": None,
    }
    environment.filters |= {"digits": _digits, "number": _number, "money": _money, "day": _day, "moment": _moment}
    environment.filters["combined"] = _combined


def _path_now(keeps_query: bool) -> str:
    """Where the language switch leads back to; a page that was posted has no address to come back to but its path.

    A page that says what failed, or that all is done, sets `keeps_query` to false: it repeats nothing of what was sent.
    """
    request = current_request()
    return request.full_path.rstrip("?") if keeps_query and request.method == "GET" else request.path


def _combined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, **other}


def _digits(text: object) -> str:
    return formats.digits(text, current_language())


def _number(value: int) -> str:
    return formats.number(value, current_language())


def _money(amount_minor: int, currency: str) -> str:
    return formats.amount(amount_minor, currency, current_language())


def _day(value: date) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), formats.day(value, current_language()))


def _moment(instant: datetime) -> Markup:
    zone: ZoneInfo = app.extensions["peyvand.zone"]
    shown = formats.moment(instant, zone, current_language())
    return Markup('<time datetime="{}">{}</time>').format(instant.isoformat(timespec="seconds"), shown)
