"""Where the embedded servers of one state folder keep their files."""

import hashlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from network.infrastructure.embedded.errors import EmbeddedServersError

ROOT_HOME = Path("/var/tmp/peyvand")  # noqa: S108 - guarded by `guarded_folder`: root's own, nobody else may write
_SOCKETS_HOME = Path("/tmp")  # noqa: S108 - a socket's path has at most 104 bytes, so it can't lie in the state folder


@dataclass(frozen=True, slots=True)
class Places:
    """Everything is in `<state folder>/servers`, but for the sockets, and but for the cluster where root starts it:
    PostgreSQL refuses to run as root, runs as `nobody`, and `nobody` can't reach into root's folders.

    `key` tells this state folder from every other one, and from an earlier one of the same name.
    """

    state_folder: Path
    key: str

    @property
    def folder(self) -> Path:
        return _folder_of(self.state_folder)

    @property
    def lease_lock(self) -> Path:
        """Held shared by every process that uses the servers."""
        return self.folder / "lease.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the supervisor from before its birth to its death; contains its process id."""
        return self.folder / "supervisor.lock"

    @property
    def supervisor_log(self) -> Path:
        return self.folder / "supervisor.log"

    @property
    def endpoints_file(self) -> Path:
        """There while both servers are ready."""
        return self.folder / "endpoints.json"

    @property
    def sockets(self) -> Path:
        return _SOCKETS_HOME / f"peyvand-{self.key}"

    @property
    def postgres_data(self) -> Path:
        return ROOT_HOME / f"data-{self.key}" if runs_as_root() else self.folder / "postgres"

    def write_endpoints(self, facts: Mapping[str, Any]) -> None:
        write_whole(self.endpoints_file, json.dumps(facts, indent=2))

    def read_endpoints(self) -> dict[str, Any] | None:
        try:
            facts: dict[str, Any] = json.loads(self.endpoints_file.read_text())
        except FileNotFoundError:
            return None
        return facts

    def forget_endpoints(self) -> None:
        self.endpoints_file.unlink(missing_ok=True)


def start_lock_of(state_folder: Path) -> Path:
    """The lock of whoever finds, starts or erases servers. It comes before the places: one needs it to name them."""
    folder = _folder_of(state_folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServersError(f"the state folder {state_folder} can't be used: {error}") from error
    if folder.stat().st_uid != os.geteuid():
        raise EmbeddedServersError(
            f"{folder} belongs to another user (uid {folder.stat().st_uid}): run as that user, "
            "or name a state folder of your own in PEYVAND_STATE"
        )
    return folder / "start.lock"


def find_places(state_folder: Path) -> Places | None:
    """The places of a state folder that has been used before."""
    try:
        return Places(state_folder, (_folder_of(state_folder) / "key").read_text())
    except FileNotFoundError:
        return None


def make_places(state_folder: Path) -> Places:
    """The places of a state folder, new or not. Hold the start lock."""
    places = find_places(state_folder)
    if places is not None and places.key == _key(state_folder, places.key.partition("-")[2]):
        return places  # else the state folder was copied or moved here: it gets a cluster of its own where root runs it
    places = Places(state_folder, _key(state_folder, secrets.token_hex(4)))
    write_whole(places.folder / "key", places.key)
    return places


def guarded_folder(path: Path, *, mode: int) -> Path:
    """Make a folder under a place where everybody may write, or make sure that the one there is ours alone."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise EmbeddedServersError(f"{path} is there already and is not ours alone: remove it") from None
    path.chmod(mode)  # whatever the umask says
    return path


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees either the old text or the new one."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_bytes(os.fsencode(text))
    draft.replace(path)


def runs_as_root() -> bool:
    return os.geteuid() == 0


def _folder_of(state_folder: Path) -> Path:
    return state_folder / "servers"


def _key(state_folder: Path, token: str) -> str:
    """Name a state folder shortly. The token, made at its first use, dies with it: one made anew starts empty."""
    digest = hashlib.sha256(os.fsencode(f"{os.geteuid()}\0{state_folder}\0{token}")).hexdigest()
    return f"{digest[:12]}-{token}"
