"""A till in as little code as HTTP needs, so that under fire the client is not what is slow."""

import json
import time
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

_TIMEOUT_SECONDS = 20
_LOST = (OSError, HTTPException)  # the connection was cut, or there is nobody
_SCHEME = len("http://")


@dataclass(frozen=True, slots=True)
class Client:
    """A partner's OAuth client."""

    code: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, body as it was sent, and whether it was given before."""

    status: int
    body: bytes
    replayed: bool = False

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that can be sent again: the same bytes under the same key."""

    path: str
    body: bytes
    key: str | None = None
    media: str = "application/json"


class Till:
    """One partner's till on connections of its own. Not for several threads."""

    def __init__(self, url: str, client: Client) -> None:
        self.client = client
        self._host = url[_SCHEME:]
        self._first, self._second = self._connection(), self._connection()
        self._token = ""
        self.lost = 0  # answers that did not come, or came from a service that was not well
        self.statuses: set[int] = set()

    def close(self) -> None:
        self._first.close()
        self._second.close()

    def send(self, request: Request) -> Reply:
        """Send once. Raises OSError or HTTPException if no answer came."""
        self._begin(self._first, request)
        return self._finish(self._first)

    def send_twins(self, request: Request) -> tuple[Reply, Reply]:
        """Send a request on two connections, both on their way before either is answered."""
        self._begin(self._first, request)
        self._begin(self._second, request)
        return self._finish(self._first), self._finish(self._second)

    def insist(self, request: Request, seconds: float = 60.0) -> Reply:
        """Send, again and again under the same key, until there is an answer that is not a failure of the service."""
        until = time.monotonic() + seconds
        while True:
            try:
                reply = self.send(request)
                self.statuses.add(reply.status)
                if reply.status < 500:
                    return reply
                lost: object = reply
            except _LOST as failure:
                self.close()
                lost = failure
            self.lost += 1
            assert time.monotonic() < until, f"no answer: {lost}"
            time.sleep(0.05)

    def enrol(self) -> dict[str, Any]:
        return self._made(self.send(Request("/v1/members", b"{}")))

    def recognise(self, member: dict[str, Any]) -> None:
        """Be shown the card of a member whom another partner enrolled."""
        reply = self.send(Request("/v1/members/lookup", _json(card_number=member["card_number"])))
        assert reply.status == 200, reply

    def _connection(self) -> HTTPConnection:
        return HTTPConnection(self._host, timeout=_TIMEOUT_SECONDS)

    def _begin(self, connection: HTTPConnection, request: Request) -> None:
        headers = {"Authorization": f"Bearer {self._bearer()}", "Content-Type": request.media}
        if request.key is not None:
            headers["Idempotency-Key"] = request.key
        method = "POST" if request.body else "GET"
        try:
            connection.request(method, request.path, request.body or None, headers)
        except _LOST:
            connection.close()
            raise

    def _finish(self, connection: HTTPConnection) -> Reply:
        try:
            response = connection.getresponse()
            return Reply(response.status, response.read(), response.getheader("Idempotent-Replayed") == "true")
        except _LOST:
            connection.close()
            raise

    def _bearer(self) -> str:
        if not self._token:
            secrets = {"client_id": self.client.client_id, "client_secret": self.client.client_secret}
            form = urllib.parse.urlencode({"grant_type": "client_credentials", **secrets})
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            self._first.request("POST", "/oauth/token", form, headers)
            answer = json.loads(self._first.getresponse().read())
            if "access_token" not in answer:
                raise HTTPException(f"no token: {answer}")
            self._token = answer["access_token"]
        return self._token

    @staticmethod
    def _made(reply: Reply) -> dict[str, Any]:
        assert reply.status == 201, reply
        made: dict[str, Any] = reply.json
        return made


def earn(member: dict[str, Any], amount_minor: int, key: str) -> Request:
    """A purchase; its receipt is the key, so that the journal tells which request made an entry."""
    body = _json(member=member["id"], amount_minor=amount_minor, currency="USD", receipt=key)
    return Request("/v1/earns", body, key)


def redemption(member: dict[str, Any], points: int, key: str) -> Request:
    """A burn, with the card as proof; its receipt is the key."""
    proof = {"type": "card", "card_number": member["card_number"]}
    body = _json(member=member["id"], points=points, currency="USD", proof=proof, receipt=key)
    return Request("/v1/redemptions", body, key)


def batch(lines: Iterable[dict[str, Any]], key: str) -> Request:
    """A file of lines."""
    body = b"\n".join(json.dumps(line).encode() for line in lines)
    return Request("/v1/batches", body, key, "application/x-ndjson")


def quote(member: dict[str, Any], amount_minor: int) -> Request:
    return Request("/v1/quotes", _json(member=member["id"], amount_minor=amount_minor, currency="USD"))


def balance(member: dict[str, Any]) -> Request:
    return Request(f"/v1/members/{member['id']}/balance", b"")


def is_up(url: str) -> bool:
    """Whether the web process answers and is fit."""
    connection = HTTPConnection(url[_SCHEME:], timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except _LOST:
        return False
    finally:
        connection.close()


def _json(**values: Any) -> bytes:
    return json.dumps(values).encode()
