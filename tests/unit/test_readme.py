"""The README names every command and every setting, and none that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from network.cli import main

_TOP = Path(__file__).parents[2]
_README = (_TOP / "README.md").read_text(encoding="utf-8")
_SETTING = re.compile(r'(?<!config\[)"((?:PEYVAND|DEMO)_[A-Z_]+)"')


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name)


def _named() -> set[tuple[str, ...]]:
    """What the table of commands names: a first whole one in each row, then others of its group."""
    named = set()
    for row in re.findall(r"^\| (`network .*?) \|", _README, re.MULTILINE):
        group: list[str] = []
        for told in re.findall(r"`([^`]+)`", row):
            words = tuple(told.split())
            if words[0] == "network":
                *group, last = words[1:]
                words = (last,)
            named.add((*group, *words))
    return named


def test_the_readme_names_the_commands_that_there_are() -> None:
    assert _named() == set(_commands(main))


def test_the_readme_names_the_settings_that_are_read() -> None:
    read = {"DATABASE_URL", "REDIS_URL"}
    for path in (_TOP / "network").rglob("*.py"):
        read |= set(_SETTING.findall(path.read_text(encoding="utf-8")))
    table = _README[_README.index("## Settings") : _README.index("## What is not there yet")]
    assert {name for name in re.findall(r"`([A-Z_]+)`", table) if "_" in name} == read
