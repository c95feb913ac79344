"""What a browser makes of a page, as far as tests need it."""

import re
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')


def token_in(page: TestResponse) -> str:
    """The token of the first form of a page."""
    found = _TOKEN.search(page.text)
    assert found, page.text
    return found.group(1)


def send(browser: FlaskClient, path: str, at: str | None = None, **values: str) -> TestResponse:
    """Load the page `at` (or the path itself) and send its form with these values."""
    return browser.post(path, data={"csrf_token": token_in(browser.get(at or path)), **values})


class Tags(HTMLParser):
    """All start tags of a page with their attributes, and whether something stands in a script or style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            self.inline.append(data)
