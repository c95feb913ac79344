"""Fill `.venv` with a set of pinned packages, and with Peyvand itself; the second time costs nothing.

`.ci/install` finds the Python that runs this. Sets: `runtime`, `dev` (which contains runtime), `dataset` (the demo's
purchases and what reads them), `peers` (ledgers that the bench measures ours beside). Only the standard library is used
here.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
CONTAINED = {"runtime": ["runtime"], "dev": ["dev", "runtime"], "dataset": ["dataset"], "peers": ["peers"]}


def main(wanted: str) -> None:
    folder = os.open(ROOT / ".ci", os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # of two makes at once one installs, the other one waits
    if not version() or Stamp("place").text() not in ("", str(ENVIRONMENT)):  # broken, or moved: scripts name the place
        say("Making .venv ...")
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        pip("--require-hashes", "--requirement", str(pins_of("pip")))  # Python 3.11's own takes three times as long
    Stamp("place").write(str(ENVIRONMENT))
    install(wanted)
    if wanted in ("runtime", "dev"):
        install_peyvand()


def install(wanted: str) -> None:
    pins = pins_of(wanted)
    if Stamp(wanted).text() == fingerprint(pins):
        return
    say(f"Installing {pins.relative_to(ROOT)} ...")
    pip("--require-hashes", "--only-binary=:all:", "--no-deps", "--no-compile", "--requirement", str(pins))
    for name in CONTAINED[wanted]:
        Stamp(name).write(fingerprint(pins_of(name)))


def install_peyvand() -> None:
    """Put the `network` command into `.venv/bin`; the packages stay where they are, in the checkout."""
    description = ROOT / "pyproject.toml"
    if Stamp("peyvand").text() != fingerprint(description):
        pip("--no-deps", "--no-index", "--no-build-isolation", "--editable", str(ROOT))
        Stamp("peyvand").write(fingerprint(description))


def version() -> str:
    """Which Python the environment has; empty when it has none that works."""
    try:
        return subprocess.run([PYTHON, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def fingerprint(file: Path) -> str:
    return hashlib.sha256(version().encode() + file.read_bytes()).hexdigest()


def pins_of(wanted: str) -> Path:
    return ROOT / ".ci" / f"{wanted}.txt"


def pip(*arguments: str) -> None:
    """Say nothing but errors. Raises SystemExit with pip's own status."""
    command = [PYTHON, "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check", *arguments]
    if status := subprocess.run(command, check=False, cwd=ROOT).returncode:
        raise SystemExit(status)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Stamp:
    """A word the environment keeps about itself, and loses when it is made anew."""

    def __init__(self, name: str) -> None:
        self._path = ENVIRONMENT / f"{name}.stamp"

    def text(self) -> str:
        return self._path.read_text() if self._path.exists() else ""

    def write(self, text: str) -> None:
        self._path.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1])
