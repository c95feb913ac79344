"""What Flask's test client is to an application, to a server that runs: the few calls that a Party makes."""

from __future__ import annotations

from typing import Any

import httpx2


class Reply:
    """An answer, with the names of a test client's."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.status_code = answer.status_code
        self.headers = answer.headers
        self.text = answer.text
        self._answer = answer

    @property
    def json(self) -> Any:
        """Its body."""
        return self._answer.json()


class Wire:
    """HTTP to one server, with cookies; redirections are looked at, not followed."""

    def __init__(self, url: str) -> None:
        self._client = httpx2.Client(base_url=url, follow_redirects=False, timeout=30)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *failure: object) -> None:
        self._client.close()

    def open(self, path: str, *, method: str, query_string: Any = None, **options: Any) -> Reply:
        """One request."""
        return Reply(self._client.request(method, path, params=query_string, **options))

    def get(self, path: str, **options: Any) -> Reply:
        """One request."""
        return self.open(path, method="GET", **options)

    def post(self, path: str, **options: Any) -> Reply:
        """One request."""
        return self.open(path, method="POST", **options)

    def set_cookie(self, name: str, value: str) -> None:
        """For all requests that follow."""
        self._client.cookies.set(name, value)
