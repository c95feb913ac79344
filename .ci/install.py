"""Fill `.venv` with a set of pinned packages, and with Peyvand itself; the second time costs nothing.

`.ci/install` finds the Python that runs this. Sets: `runtime`, `dev` (which contains runtime), `dataset` (the demo's
purchases and what reads them), `peers` (ledgers that the bench measures ours beside). With `dev` come the JavaScript
libraries of `npm.txt`, which tests run against the network. Only the standard library is used here.
"""

import base64
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
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
    if wanted == "dev":
        install_npm_packages()


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


def install_npm_packages() -> None:
    """Put packages into `.venv/npm/node_modules`, from wherever npm is set up to fetch them; no code of theirs runs."""
    pins = pins_of("npm")
    if Stamp("npm").text() == fingerprint(pins):
        return
    say(f"Installing {pins.relative_to(ROOT)} ...")
    modules = ENVIRONMENT / "npm" / "node_modules"
    shutil.rmtree(modules, ignore_errors=True)
    for line in pins.read_text().splitlines():
        package, integrity = line.split()
        with tempfile.TemporaryDirectory() as folder:
            unpack(fetch(package, integrity, Path(folder)), modules / package.rpartition("@")[0])
    Stamp("npm").write(fingerprint(pins))


def fetch(package: str, integrity: str, folder: Path) -> Path:
    """The tarball of a package. Raises SystemExit with npm's own status, or if it is another than is pinned."""
    path = f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise SystemExit("npm is missing, which comes with the packages of .ci/dev.txt.")
    command = [npm, "pack", package, "--silent", "--pack-destination", str(folder)]
    environment = {**os.environ, "PATH": path}
    if status := subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode:
        raise SystemExit(status)
    (tarball,) = folder.iterdir()
    if integrity != f"sha512-{base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()}":
        raise SystemExit(f"{package} is not what .ci/npm.txt has pinned.")
    return tarball


def unpack(tarball: Path, place: Path) -> None:
    """The files of a package; npm keeps them below one folder, whatever its name."""
    with tarfile.open(tarball) as archive:
        for member in archive:
            name = Path(*Path(member.name).parts[1:])
            content = archive.extractfile(member) if member.isfile() and ".." not in name.parts else None
            if content is not None:
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                (place / name).write_bytes(content.read())


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
