"""The rules of the house that neither a linter nor a type checker knows: what may stand in a file, and how."""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = {"vendor", "build", "dist", "__pycache__"}
_LONGEST = 400
_MIGRATIONS = _ROOT / "network" / "migrations"
_PINS = _ROOT / ".ci"

# Put together here, so that this file passes its own tests.
_UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")
_REGISTRY = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", "npm" + "js", "crates" + r"\.io")))
_MACHINE = re.compile(r"(?<![\w.~*$}])/(?:" + "|".join(("work", "root", "home", "Users")) + r")/\w")
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]*[A-Za-z0-9])")
_NAMESPACES = {"www.w3.org", "json-schema.org", "www.rfc-editor.org", "sqlalche.me"}  # named, never fetched


def _is_nobodys(host: str) -> bool:
    """Whether a host is this machine, or a name that RFC 2606 keeps for examples."""
    return host in {"127.0.0.1", "localhost"} or host.rpartition(".")[2] in {"example", "invalid", "test", "localhost"}


def _files(*suffixes: str) -> list[Path]:
    """Every file of the repository with one of these suffixes, without what is made, installed or vendored."""
    found = []
    for folder, folders, names in os.walk(_ROOT):
        folders[:] = [each for each in folders if each not in _NOT_OURS and (each == ".ci" or not each.startswith("."))]
        found += [Path(folder, name) for name in names if name.endswith(suffixes)]
    return sorted(found)


_PYTHON = _files(".py")
_TEXT = _files(
    *(".py", ".md", ".toml", ".sql", ".html", ".js", ".mjs", ".css", ".svg", ".mako", ".lua"),
    *("Makefile", "install", "run", "pin", "npm.txt"),
)


def _name(path: Path) -> str:
    return str(path.relative_to(_ROOT))


def _lines(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if pattern.search(line):
            yield f"{_name(path)}:{number}: {line.strip()}"


def test_the_walk_finds_the_house() -> None:
    assert {"network/__init__.py", "partner_sdk/__init__.py", ".ci/install"} <= {_name(path) for path in _TEXT}


def test_no_file_names_a_package_registry() -> None:
    assert [line for path in _TEXT for line in _lines(path, _REGISTRY)] == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    assert [line for path in _TEXT for line in _lines(path, _MACHINE)] == []


def test_nothing_is_left_to_be_done_later() -> None:
    assert [line for path in _TEXT for line in _lines(path, _UNFINISHED)] == []


def test_the_product_and_its_documents_lead_nowhere_outside() -> None:
    ours = [path for path in _TEXT if not _name(path).startswith(("tests/", "bench/"))]
    hosts = {(_name(path), host) for path in ours for host in _ADDRESS.findall(path.read_text(encoding="utf-8"))}
    assert {(path, host) for path, host in hosts if not _is_nobodys(host) and host not in _NAMESPACES} == set()


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    written = [path for path in _TEXT if _MIGRATIONS not in path.parents and _PINS not in path.parents]
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in written}
    assert {name: length for name, length in lengths.items() if length > _LONGEST} == {}


def _modules(folder: str) -> list[Path]:
    return [path for path in _PYTHON if _ROOT / "network" in path.parents and folder in (path.stem, path.parent.name)]


def test_every_public_use_case_says_what_it_does() -> None:
    silent = [
        f"{_name(path)}: {node.name}"
        for path in _modules("service")
        for node in _tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_module_that_has_code_says_what_it_is_for() -> None:
    ours = [path for path in _PYTHON if path.is_relative_to(_ROOT / "network")]
    assert [_name(path) for path in ours if _tree(path).body and not ast.get_docstring(_tree(path))] == []


@pytest.mark.parametrize("path", [*_modules("kernel"), *_modules("domain")], ids=_name)
def test_kernel_and_domains_import_the_standard_library_and_each_other_alone(path: Path) -> None:
    """import-linter can only forbid packages by name; this one forbids those that nobody has thought of."""
    nodes = list(ast.walk(_tree(path)))
    imported = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names | {"network"}} == set()


@pytest.mark.parametrize("path", [*_modules("kernel"), *_modules("domain")], ids=_name)
def test_kernel_and_domains_do_not_ask_what_time_it_is(path: Path) -> None:
    if _name(path) == "network/kernel/clock.py":  # the port, and the machine's own clock behind it
        return
    calls = {ast.unparse(node.func) for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)}
    assert calls & {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"} == set()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
