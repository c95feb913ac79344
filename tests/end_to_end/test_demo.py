"""`network demo` on real purchases: it runs, settles, proves itself, and its data stay for the operator's commands."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from network.infrastructure.embedded import erase
from network.seeds.journey import find_dataset

pytestmark = pytest.mark.skipif(find_dataset() is None, reason="the purchases are not installed (.ci/install dataset)")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo")
    yield folder
    erase(folder)


def network(state: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [sys.executable, "-m", "network", *arguments],
        env={**kept, "PEYVAND_STATE": str(state), "COLUMNS": "160", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(state: Path) -> subprocess.CompletedProcess[str]:
    return network(state, "demo", "--port", "0", DEMO_HOUSEHOLDS="6", DEMO_EXIT="1")


def test_the_demo_ends_well_and_says_who_owes_whom(demo: subprocess.CompletedProcess[str]) -> None:
    assert demo.returncode == 0, demo.stdout + demo.stderr
    for told in ("USD 2017-01", "USD 2017-03", "netting saves", "the ledger agrees", "refused: none"):
        assert told in demo.stdout


def test_its_cycles_can_be_exported_and_every_net_adds_up(state: Path, demo: subprocess.CompletedProcess[str]) -> None:
    assert demo.returncode == 0
    for month in ("2017-01", "2017-02", "2017-03"):
        export = network(state, "settlement", "export", f"USD-{month}")
        assert export.returncode == 0, export.stderr
        lines = [json.loads(line) for line in export.stdout.splitlines()]
        nets = [line for line in lines if line["type"] == "net"]
        assert len(nets) > 2
        assert sum(line["net_minor"] for line in nets) == 0
        assert {line["type"] for line in lines} >= {"contract", "lot", "issue", "net"}


def test_its_ledger_can_be_checked_afterwards(state: Path, demo: subprocess.CompletedProcess[str]) -> None:
    assert demo.returncode == 0
    check = network(state, "ledger", "check")
    assert check.returncode == 0, check.stdout
    assert "Every invariant holds" in check.stdout
