"""The catalogue: every sentence that a page shows, by its key, in both languages side by side.

A text file is TOML; `[sign_in] title = { en = "...", fa = "..." }` is the key `sign_in.title`. A sentence may hold
`{name}`: whole numbers are put in with the digits of its language.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from network.portals.kit.formats import number
from network.portals.kit.languages import Language, current_language

FOLDER = Path(__file__).parents[1] / "texts"

Text = Mapping[Language, str]


class MissingText(LookupError):
    """A page asks for a sentence that is not in the catalogue."""


@cache
def catalogue() -> Mapping[str, Text]:
    """Every text by its key. Raises ValueError if two files have the same key."""
    texts: dict[str, Text] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        for key, text in _texts(tomllib.loads(file.read_text(encoding="utf-8")), ()):
            if key in texts:
                raise ValueError(f"{file.name}: {key} stands in another file too")
            texts[key] = text
    return texts


def say(key: str, language: Language | None = None, /, **values: object) -> str:
    """A sentence in the reader's language. Raises MissingText."""
    text = catalogue().get(key)
    if text is None:
        raise MissingText(key)
    spoken = language or current_language()
    told = {name: number(value, spoken) if type(value) is int else value for name, value in values.items()}
    return text[spoken].format_map(told) if told else text[spoken]


def say_if_known(key: str, otherwise: str, /, **values: object) -> str:
    """The sentence of the first key, or of the second if the catalogue has not the first."""
    return say(key if key in catalogue() else otherwise, **values)


def _texts(table: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[str, Text]]:
    for name, value in table.items():
        if not isinstance(value, dict):
            raise TypeError(f"{'.'.join((*above, name))} is neither a table nor a text")
        if all(isinstance(each, str) for each in value.values()):
            yield ".".join((*above, name)), {Language(language): text for language, text in value.items()}
        else:
            yield from _texts(value, (*above, name))
