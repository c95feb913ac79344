"""The street: the start page, and the language switch."""

from flask import Response, request

from network.kernel.errors import NotFound
from network.portals.kit.languages import choose, language_of
from network.portals.kit.pages import Pages, local_path, see_other
from network.portals.kit.rendering import render
from network.web.access import public

pages = Pages("home", __name__, template_folder="templates")


@pages.get("/")
@public
def start() -> Response:
    """Where to go from here."""
    return render("home/start.html")


@pages.get("/language/<language>")
@public
def language(language: str) -> Response:
    """The language switch: a link, so that it works everywhere; it changes nothing but what this reader reads."""
    chosen = language_of(language)
    if chosen is None:
        raise NotFound
    choose(chosen)
    return see_other(local_path(request.args.get("next"), "/"))
