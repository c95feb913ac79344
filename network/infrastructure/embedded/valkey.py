"""Valkey: its settings, and when it is ready."""

import signal
import socket
from pathlib import Path

from network.infrastructure.embedded.server import Server
from network.infrastructure.embedded.wheels import valkey_program

_SOCKET = "valkey.sock"


class Valkey(Server):
    name = "valkey"
    stop_signal = signal.SIGTERM  # write what is in memory, end

    @property
    def url(self) -> str:
        return f"unix://{self.sockets / _SOCKET}?db=0"

    @property
    def lock_file(self) -> Path:
        return self.places.folder / "valkey.lock"

    @property
    def working_folder(self) -> Path:
        return self.places.folder / "valkey"

    def prepare(self, _lock: int) -> None:
        self.working_folder.mkdir(mode=0o700, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        (self.sockets / _SOCKET).unlink(missing_ok=True)

    def command(self) -> list[str | Path]:
        settings = {
            "port": "0",
            "unixsocket": str(self.sockets / _SOCKET),
            "unixsocketperm": "700",
            "dir": ".",  # the working folder, whose own path may hold what Valkey would take for syntax
            "appendonly": "yes",
            "save": "",
        }
        return [valkey_program(), *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(self.sockets / _SOCKET))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")  # -LOADING while it reads its file
            except OSError:
                return False
