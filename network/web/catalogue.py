"""Every problem the network can name, gathered from the named failures themselves: what a problem's `type` leads to."""

from collections.abc import Iterator
from typing import TypedDict

from network.kernel.errors import PeyvandError
from network.web.problems import code_of_status, status_of, title_of

_OF_HTTP = {
    405: "The resource does not know this method; `Allow` names those it knows.",
    408: "The body of the request took too long to arrive.",
    413: "The body is larger than what is taken here.",
    415: "The body must be JSON, sent as application/json.",
    500: "Something went wrong on our side.",
}


class Entry(TypedDict):
    """A code, the status it comes with, and what it means."""

    code: str
    title: str
    status: int
    detail: str


def catalogue() -> dict[str, Entry]:
    """All codes of all rooms that are loaded, in order of the alphabet."""
    of_http = {
        code_of_status(status): _entry(code_of_status(status), status, words) for status, words in _OF_HTTP.items()
    }
    chosen: dict[str, type[PeyvandError]] = {}
    for kind in _kinds(PeyvandError):
        # A room above may use a code for its own case: the lower floor's explains it, or what is narrower than that.
        if issubclass(kind, chosen.get(kind.code, kind)):
            chosen[kind.code] = kind
    named = {code: _entry(code, status_of(kind()), kind.detail) for code, kind in chosen.items()}
    return dict(sorted((of_http | named).items()))


def _entry(code: str, status: int, detail: str) -> Entry:
    return Entry(code=code, title=title_of(code), status=status, detail=detail)


def _kinds(kind: type[PeyvandError]) -> Iterator[type[PeyvandError]]:
    for narrower in kind.__subclasses__():
        yield narrower
        yield from _kinds(narrower)
