"""Client programs in JavaScript, run by Node with the libraries that `.ci/install dev` fetches (`.ci/npm.txt`)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

LIBRARIES = Path(sys.prefix) / "npm" / "node_modules"
_MOST_SECONDS = 300
_NO_NODE = "Node is missing, which the tests need: `make setup` brings it"

Outcomes = dict[str, str | None]
"""What went wrong with each check of a program, by its name; None for nothing."""


def node() -> str:
    """Where Node is: in the environment, or else on the path. Raises AssertionError."""
    found = shutil.which("node", path=sysconfig.get_path("scripts")) or shutil.which("node")
    assert found, _NO_NODE
    return found


def lay_out(programs: Path, folder: Path) -> Path:
    """A copy of programs beside their libraries: modules are looked for next to whoever imports them."""
    assert LIBRARIES.is_dir(), f"{LIBRARIES} is missing: `make setup` brings it"
    shutil.copytree(programs, folder)
    (folder / "node_modules").symlink_to(LIBRARIES, target_is_directory=True)
    return folder


def run(program: Path, told: Mapping[str, Any], do: Callable[[dict[str, Any]], Any]) -> Outcomes:
    """Run a program, told what it is registered with; `do` does what it asks for.

    Raises AssertionError if it ends before its end, or takes more than five minutes.
    """
    process = subprocess.Popen(
        [node(), program.name],
        cwd=program.parent,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    watch = threading.Timer(_MOST_SECONDS, process.kill)
    watch.start()
    outcomes: Outcomes = {}
    try:
        _tell(process, told)
        for words in _heard(process):
            if "check" in words:
                outcomes[words["check"]] = words["failure"]
            else:
                _tell(process, do(words))
        assert process.wait() == 0, f"{program.name} broke down after {list(outcomes)[-1:]}"
    finally:
        watch.cancel()
        process.kill()
        process.communicate()
    return outcomes


def _tell(process: subprocess.Popen[str], words: Any) -> None:
    assert process.stdin
    process.stdin.write(f"{json.dumps(words)}\n")
    process.stdin.flush()


def _heard(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout
    for line in process.stdout:
        yield json.loads(line)
