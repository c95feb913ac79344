"""A member's browser on a running server, without scripts: it signs in by the code that is sent, and consents."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx2

_MOST_STEPS = 20
_ACTION = re.compile(r'<form method="post" action="([^"]+)"')
_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')
_SCOPE = re.compile(r'name="scope" value="([^"]+)"')


class Visitor:
    """Somebody who is reached at `contact`; `newest_code` looks what was sent there. To be closed."""

    def __init__(self, url: str, contact: str, newest_code: Callable[[], str]) -> None:
        self._url = url
        self._contact = contact
        self._newest_code = newest_code
        self._http = httpx2.Client(base_url=url, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._http.close()

    def visit(self, address: str, *, deny: bool = False) -> str:
        """Go to an address, and on until the browser is sent away from the network: where to."""
        answer = self._http.get(address)
        for _ in range(_MOST_STEPS):
            if answer.status_code == 200:
                answer = self._fill_in(answer, deny=deny)
                continue
            assert answer.status_code in (302, 303), answer.text
            place = answer.headers["Location"]
            if not place.startswith(("/", f"{self._url}/")):
                return str(place)
            answer = self._http.get(place)
        raise AssertionError(f"nothing but further pages behind {address}")

    def _fill_in(self, page: Any, *, deny: bool) -> Any:
        path = page.url.path
        if path == "/sign-in":
            return self._send(page, path, contact=self._contact)
        if path == "/sign-in/code":
            return self._send(page, path, code=self._newest_code())
        assert path.startswith("/consent/"), page.text
        return self._send(page, path, decision="deny" if deny else "allow", scope=_SCOPE.findall(page.text))

    def _send(self, page: Any, path: str, **values: str | list[str]) -> Any:
        """Send the form of a page that goes to this path."""
        actions = [html.unescape(each) for each in _ACTION.findall(page.text)]
        action = next(each for each in actions if each.partition("?")[0] == path)
        token = _TOKEN.search(page.text)
        assert token, page.text
        answer = self._http.post(action, data={"csrf_token": token[1], **values})
        assert answer.status_code == 303, answer.text  # a page that complains would be filled in for ever
        return answer
