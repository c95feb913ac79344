"""What went wrong, as a page in the frame. It asks neither the database nor who is signed in: these may have failed."""

from flask import Response

from network.kernel.errors import PeyvandError
from network.portals.kit.forms import failure_text
from network.portals.kit.languages import current_language
from network.portals.kit.pages import referring_path
from network.portals.kit.rendering import render
from network.portals.kit.texts import catalogue, say
from network.web.current import current_request
from network.web.request_ids import request_id


def failure_page(status: int, failure: PeyvandError | None = None) -> Response:
    """A page that says what happened and what one can do. Failures of our own show the request's id."""
    number = str(status) if f"statuses.{status}.title" in catalogue() else ("500" if status >= 500 else "400")
    named = failure is not None and f"failures.{failure.code}" in catalogue()
    text = failure_text(failure) if failure is not None and named else say(f"statuses.{number}.text")
    page = render(
        "kit/failure.html",
        status,
        title=say(f"statuses.{number}.title"),
        text=text,
        request_id=request_id() if status >= 500 else None,
        back=_form_of_it(),
    )
    page.headers["Content-Language"] = current_language().value
    page.headers["Cache-Control"] = "no-store"
    return page


def _form_of_it() -> str | None:
    """The page with the form that failed, to load it anew; following a link has none."""
    return referring_path() if current_request().method == "POST" else None
