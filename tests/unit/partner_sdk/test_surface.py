"""What the package shows, weighs and costs."""

import inspect
import pickle
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import partner_sdk
from partner_sdk import _resources
from tests.unit.partner_sdk.scripted_network import ScriptedNetwork

PACKAGE = Path(partner_sdk.__file__).parent


def run(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=PACKAGE.parent).stdout.strip()


def test_everything_exported_exists_and_everything_public_is_exported() -> None:
    public = {
        name
        for name in vars(partner_sdk)
        if not name.startswith("_") and not inspect.ismodule(getattr(partner_sdk, name))
    }
    assert public == set(partner_sdk.__all__) - {"__version__"}
    assert len(set(partner_sdk.__all__)) == len(partner_sdk.__all__)


def test_only_private_modules_lie_in_the_package() -> None:
    assert [path.name for path in PACKAGE.glob("*.py") if not path.name.startswith("_")] == []
    assert (PACKAGE / "py.typed").exists()


def test_public_classes_are_called_by_the_name_they_are_imported_by() -> None:
    classes = [item for name in partner_sdk.__all__ if isinstance(item := getattr(partner_sdk, name), type)]
    assert {cls.__module__ for cls in classes} == {"partner_sdk"}
    assert pickle.loads(pickle.dumps(partner_sdk.Earn)) is partner_sdk.Earn


def test_the_docstring_draws_the_true_tree_of_errors() -> None:
    drawn: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for indent, name in re.findall(r"^( +)([A-Za-z]+Error) ", partner_sdk.__doc__ or "", flags=re.MULTILINE):
        above = [(width, parent) for width, parent in above if width < len(indent)]
        drawn[name] = above[-1][1] if above else "Exception"
        above.append((len(indent), name))
    exported = [getattr(partner_sdk, name) for name in partner_sdk.__all__]
    errors = [item for item in exported if isinstance(item, type) and issubclass(item, Exception)]
    assert drawn == {error.__name__: error.__base__.__name__ for error in errors if error.__base__}


@pytest.mark.parametrize("name", [name for name in _resources.__all__ if not name.startswith("Raw")])
def test_every_method_has_its_twin_that_answers_raw(name: str) -> None:
    resource = getattr(_resources, name)
    methods = {method for method in vars(resource) if not method.startswith("_")} - {"with_raw_response"}
    twin = resource(lambda call: None).with_raw_response
    assert methods == set(vars(twin))


@pytest.mark.parametrize("name", [name for name in _resources.__all__ if not name.startswith("Raw")])
def test_the_readmes_table_names_every_call_with_all_that_it_takes(name: str) -> None:
    rows = re.findall(rf"^\| (`partner\.{name.lower()}\..*)$", (PACKAGE / "README.md").read_text(), re.MULTILINE)
    calls = {made: taken for row in rows for made, taken in re.findall(r"\.([a-z]+)\(([^)]*)\)", row)}
    methods = {call: value for call, value in vars(getattr(_resources, name)).items() if inspect.isfunction(value)}
    assert calls.keys() == {call for call in methods if not call.startswith("_")}
    for call, taken in calls.items():
        options = [
            each for each in inspect.signature(methods[call]).parameters.values() if each.kind == each.KEYWORD_ONLY
        ]
        named = {word.strip("= ") for word in taken.split(",") if "=" in word}
        assert {each.name for each in options} == named, call


def test_every_public_function_has_a_docstring() -> None:
    owners = [partner_sdk.Partner, partner_sdk.Page] + [getattr(_resources, name) for name in _resources.__all__]
    members = [(owner, name, value) for owner in owners for name, value in vars(owner).items()]
    functions = [item for item in members if callable(item[2]) or isinstance(item[2], property)]
    assert [f"{o.__name__}.{n}" for o, n, v in functions if not n.startswith("_") and not v.__doc__] == []


def test_the_readmes_first_example_runs_as_it_stands(
    network: ScriptedNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (PACKAGE / "README.md").read_text()
    example = readme.split("```python\n")[1].split("```")[0].replace("https://network.example", network.url)
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out == "12 points, req_1\n"
    assert len([line for line in example.splitlines() if line]) <= 12


def test_importing_loads_neither_the_http_library_nor_the_network() -> None:
    loaded = run(
        "import sys, partner_sdk; print([m for m in sys.modules if m.split('.')[0] in "
        "('httpx2', 'httpcore2', 'anyio', 'network', 'ssl')])"
    )
    assert loaded == "[]"


def test_importing_takes_less_than_a_fifth_of_a_second() -> None:
    # Of processor time, so that tests running beside this one do not count.
    code = "import time; t = time.process_time(); import partner_sdk; print(time.process_time() - t)"
    assert min(float(run(code)) for _ in range(7)) < 0.2


_OF_KEYS = {"_assertion.py", "_dpop.py", "_keys.py", "_signing.py"}


def weight(*paths: Path) -> int:
    return sum(path.stat().st_size for path in paths if path.suffix in (".py", ".typed", ".md"))


def test_what_a_till_needs_weighs_less_than_121_kb() -> None:
    """All but the verifier, and what those alone load who have a key."""
    needed = (path for path in PACKAGE.rglob("*") if PACKAGE / "proof" not in path.parents)
    assert weight(*(path for path in needed if path.name not in _OF_KEYS)) < 121_000


def test_the_verifier_is_short_enough_to_be_read_and_loaded_by_those_alone_who_use_it() -> None:
    assert weight(*(PACKAGE / "proof").rglob("*")) < 60_000
    assert run("import sys, partner_sdk; print('partner_sdk.proof' in sys.modules)") == "False"


def test_the_http_library_is_the_only_dependency() -> None:
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    assert [re.match(r"[a-z0-9]+", line)[0] for line in project["dependencies"]] == ["httpx2"]  # type: ignore[index]


def test_the_http_library_is_known_to_one_file_and_to_no_error() -> None:
    importing = {path.name for path in PACKAGE.rglob("*.py") if re.search(r"^import httpx2", path.read_text(), re.M)}
    assert importing == {"_wire.py"}
    for name in partner_sdk.__all__:
        item = getattr(partner_sdk, name)
        if isinstance(item, type) and issubclass(item, Exception):
            assert not any("httpx" in base.__module__ for base in item.__mro__)
