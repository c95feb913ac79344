"""A proxy before PostgreSQL that cuts connections right after a commit: the server has committed, and nobody is told.

It reads the protocol (PostgreSQL's documentation, "Frontend/Backend Protocol"): what the server says is passed on in
whole answers, up to each ReadyForQuery. An answer that says that something was committed may be withheld, and the
connection cut instead; so may, more seldom, a request before the server has seen it.
"""

import contextlib
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator

_POSTING = b"WITH head AS (UPDATE wallet"
_WRITES = (b"INSERT", b"UPDATE", b"DELETE")
_WAITS_FOR_CLIENT = b"RGHWSK"  # authentication, copies, settings: passed on at once, for the client may have to answer
_IDLE = b"I"
_HEAD = struct.Struct("!cI")
_CHUNK = 65536


class Proxy:
    """Listens on the loopback address for as long as its `with` block lasts.

    `one_in`: of so many commits one is cut; 0 for none. `cuts` counts what was cut after, and `lost` what was cut
    before the server saw it.
    """

    def __init__(self, upstream: str, one_in: int = 0) -> None:
        self.one_in = one_in
        self.cuts: Counter[str] = Counter()
        self._upstream = upstream
        self._dice = random.SystemRandom()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)

    @property
    def url(self) -> str:
        port = self._listener.getsockname()[1]
        return f"postgresql://peyvand@127.0.0.1:{port}/peyvand?sslmode=disable&gssencmode=disable"

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.one_in = 0
        self._listener.close()

    def wants_to_cut(self, what: str, times: int = 1) -> bool:
        """Whether fate is against this one. `times`: so many times less often."""
        if not self.one_in or self._dice.randrange(self.one_in * times):
            return False
        self.cuts[what] += 1
        return True

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.connect(self._upstream)
        except OSError:  # PostgreSQL is away
            client.close()
            server.close()
            return
        wire = _Wire(self, client, server)
        threading.Thread(target=wire.carry_answers, daemon=True).start()
        wire.carry_requests()


class _Wire:
    """One connection: two threads, one for each direction."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._postings: set[bytes] = set()  # names of prepared statements that post
        self._is_posting = False

    def carry_requests(self) -> None:
        """From the client to the server; notes which of them post."""
        with contextlib.suppress(OSError, EOFError):
            self._server.sendall(_startup(self._client))
            for kind, message in _messages(self._client):
                self._note(kind, message)
                if self._is_posting and kind == b"B" and self._proxy.wants_to_cut("before the posting", times=4):
                    break
                self._server.sendall(message)
        self._close()

    def carry_answers(self) -> None:
        """From the server to the client, answer by answer; or not."""
        answer, committed = bytearray(), ""
        with contextlib.suppress(OSError, EOFError):
            for kind, message in _messages(self._server):
                answer += message
                if kind == b"C":
                    committed = self._what(message[5:-1]) or committed
                if kind == b"Z":
                    # in a transaction that goes on nothing is committed yet
                    if message[5:6] == _IDLE and committed and self._proxy.wants_to_cut(f"after {committed}"):
                        break
                    committed, self._is_posting = "", False
                if kind == b"Z" or kind in _WAITS_FOR_CLIENT:
                    self._client.sendall(answer)
                    answer.clear()
            else:
                self._client.sendall(answer)  # the server's last words
        self._close()

    def _note(self, kind: bytes, message: bytes) -> None:
        if kind == b"P":
            name, _, rest = message[5:].partition(b"\0")
            (self._postings.add if rest.startswith(_POSTING) else self._postings.discard)(name)
        elif kind == b"B":
            _, _, rest = message[5:].partition(b"\0")
            self._is_posting = rest.partition(b"\0")[0] in self._postings

    def _what(self, tag: bytes) -> str:
        """What a finished command has written, if it is the last of its transaction."""
        if tag == b"COMMIT":
            return "a transaction's COMMIT"
        if tag.startswith(b"SELECT 1") and self._is_posting:
            return "a posting"
        return "a statement" if tag.startswith(_WRITES) and not tag.endswith(b" 0") else ""

    def _close(self) -> None:
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def _startup(client: socket.socket) -> bytes:
    """A connection's first message, which has no kind."""
    length = _exactly(client, 4)
    return length + _exactly(client, struct.unpack("!I", length)[0] - 4)


def _messages(source: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """Whole messages to the end: kind, and all of it."""
    buffer = b""
    while True:
        while len(buffer) < _HEAD.size or len(buffer) < 1 + _HEAD.unpack_from(buffer)[1]:
            chunk = source.recv(_CHUNK)
            if not chunk:
                return
            buffer += chunk
        kind, length = _HEAD.unpack_from(buffer)
        yield kind, buffer[: 1 + length]
        buffer = buffer[1 + length :]


def _exactly(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        chunk = source.recv(count - len(data))
        if not chunk:
            raise EOFError
        data += chunk
    return data
