"""docs/security.md: every requirement once, every answer with its test or its reason, every test there."""

import ast
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_DOCS = _ROOT / "docs"
_PAGES = ("security.md", "protection.md")

_LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3", "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223",
    "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222", "10.6": "22",
    "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip
"""Of each section of ASVS 5.0.0 the levels of its requirements, in their order: 70 of level 1, 183 of 2, 92 of 3."""

_NAMED = {"2.3.5", "7.5.3", "8.4.2", "15.4.2"}  # of level 3
_REASONS = ("not here", "document", "operator", "partly", "not met")
_LEVEL = {f"{section}.{at}": int(level) for section, all_ in _LEVELS.items() for at, level in enumerate(all_, 1)}
_ASKED = {number for number, level in _LEVEL.items() if level < 3} | _NAMED

_NUMBER = re.compile(r"(\d+\.\d+)\.(\d+)(?: to \1\.(\d+))?(?: \(level 3\))?")
_NAME = re.compile(r"`(?:(tests/[\w/]+\.py)::)?(test_\w+)`")
_FILE = re.compile(r"`((?:tests/)?[\w/]*test_\w+\.py)`")
_LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]+))?\)")


@dataclass(frozen=True)
class Row:
    """One line of a table: for which requirements, how they are met or why not, and the tests."""

    numbers: tuple[str, ...]
    how: str
    tests: tuple[str, ...]

    @property
    def reason(self) -> str | None:
        """What stands in bold in front, if anything does."""
        told = re.match(r"\*\*([^*]+)\*\*: \S", self.how)
        return told[1] if told else None


def _page(name: str) -> str:
    return (_DOCS / name).read_text(encoding="utf-8")


def _numbers(cell: str) -> tuple[str, ...]:
    found = []
    for part in cell.split(", "):
        told = _NUMBER.fullmatch(part)
        assert told, f"no number of a requirement: {part}"
        section, first, last = told.groups()
        found += [f"{section}.{at}" for at in range(int(first), int(last or first) + 1)]
    return tuple(found)


def _rows() -> list[Row]:
    lines = [line for line in _page("security.md").splitlines() if re.match(r"\| \d+\.\d", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert {len(each) for each in cells} == {4}
    return [Row(_numbers(each[0]), each[2], tuple(name for _, name in _NAME.findall(each[3]))) for each in cells]


def _tests() -> dict[str, list[str]]:
    """Every test of the tree by its name, with the files that have it."""
    found: dict[str, list[str]] = {}
    for path in sorted((_ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found.setdefault(node.name, []).append(str(path.relative_to(_ROOT)))
    return found


def test_the_standard_is_known_as_it_was_published() -> None:
    assert Counter(_LEVEL.values()) == {1: 70, 2: 183, 3: 92}


def test_every_requirement_stands_in_the_table_once() -> None:
    told = Counter(number for row in _rows() for number in row.numbers)
    assert [number for number, times in told.items() if times > 1] == []
    assert _ASKED - set(told) == set()
    assert [number for number in told if number not in _LEVEL] == []
    chapters = re.findall(r"^### V(\d+) ", _page("security.md"), re.MULTILINE)
    assert chapters == [str(number) for number in range(1, 18)]


def test_every_answer_has_its_test_or_its_reason() -> None:
    for row in _rows():
        assert row.reason is None or row.reason in _REASONS, row
        assert row.tests or row.reason in ("not here", "document", "operator"), row
        assert row.reason != "document" or _LINK.search(row.how), row


def test_what_is_not_met_or_partly_is_said_at_the_top() -> None:
    top = _page("security.md").partition("### V1 ")[0]
    for word, told in (("not met", r"^Not met: ([\d., ]+?)\. Partly"), ("partly", r"Partly: ([\d., ]+?)\.$")):
        listed = re.search(told, top, re.MULTILINE)
        assert listed
        assert listed[1].split(", ") == [number for row in _rows() if row.reason == word for number in row.numbers]


def test_every_risk_of_the_top_ten_has_its_tests() -> None:
    found = re.findall(r"^\| API(\d+) \|.*\| (.*) \|$", _page("security.md"), re.MULTILINE)
    assert [number for number, _ in found] == [str(number) for number in range(1, 11)]
    assert all(_NAME.search(tests) for _, tests in found)


@pytest.mark.parametrize("page", _PAGES)
def test_every_test_that_is_named_is_there_and_is_the_only_one_of_its_name(page: str) -> None:
    tests, files = _tests(), {path.name for path in (_ROOT / "tests").rglob("test_*.py")}
    named = _NAME.findall(_page(page))
    assert named
    for file, name in named:
        assert name in tests, name
        assert file in tests[name] if file else len(tests[name]) == 1, (name, tests[name])
    assert re.findall(r"`test_[^`]*(?:\.\.\.|…)`", _page(page)) == []
    for file in _FILE.findall(_page(page)):
        assert (_ROOT / file).is_file() if file.startswith("tests/") else Path(file).name in files, file


@pytest.mark.parametrize("page", _PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for target, heading in _LINK.findall(_page(page)):
        path = (_DOCS / target) if target else _DOCS / page
        assert path.is_file(), target
        headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        slugs = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
        assert not heading or heading in slugs, f"{target}#{heading}"
