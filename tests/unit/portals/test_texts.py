"""Both languages say everything, with the same blanks; nothing is said that no page shows, and the other way round."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

import network.portals
from network.auth.scopes import CONSENT_SCOPES, TILL_SCOPES
from network.portals.kit.formats import amount, day, moment, number
from network.portals.kit.languages import Language
from network.portals.kit.texts import catalogue
from network.staff.domain import STANDARD_ROLES, StaffState
from network.web.catalogue import catalogue as problems

_PORTALS = Path(network.portals.__file__).parent
_SAID = re.compile(r"""["']([a-z_]+(?:\.[a-z0-9_]+)+)["']""")
_STATUS = re.compile(r"statuses\.[45]\d\d\.(title|text)")
_ARABIC = re.compile("[يك]")  # the Arabic letters, which look like the Persian ones and are found by no search


def _pages() -> str:
    files = [path for suffix in ("*.py", "*.html") for path in _PORTALS.rglob(suffix)]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def _made_of_codes() -> set[str]:
    """The keys that pages put together, each of which has to be there."""
    scopes = {"scopes": CONSENT_SCOPES, "till_scopes": TILL_SCOPES}
    said = {f"{table}.{scope.replace(':', '_')}" for table, kind in scopes.items() for scope in kind}
    said |= {f"statuses.staff.{state.value}" for state in StaffState}
    return said | {f"statuses.roles.{role.code}" for roles in STANDARD_ROLES.values() for role in roles}


@pytest.mark.parametrize("key", catalogue())
def test_both_languages_say_it_with_the_same_blanks(key: str) -> None:
    text = catalogue()[key]
    assert set(text) == set(Language)
    assert all(text.values())
    blanks = [{name for _, name, _, _ in Formatter().parse(said) if name} for said in text.values()]
    assert blanks[0] == blanks[1]
    assert re.search("[؀-ۿ]", text[Language.FA])
    assert not re.search("[؀-ۿ]", text[Language.EN].replace("فارسی", ""))
    assert not _ARABIC.search(text[Language.FA])


def test_every_text_is_shown_somewhere() -> None:
    shown = set(_SAID.findall(_pages())) | _made_of_codes()
    shown |= {f"failures.{code}" for code in problems()}
    assert {key for key in catalogue() if key not in shown and not _STATUS.fullmatch(key)} == set()


def test_every_text_that_a_page_shows_is_there(kit: Flask) -> None:
    tables = {key.partition(".")[0] for key in catalogue()}
    asked = {key for key in _SAID.findall(_pages()) if key.partition(".")[0] in tables}
    views = {rule.endpoint for rule in kit.url_map.iter_rules()}
    assert (asked | _made_of_codes()) - set(catalogue()) - views == set()


def test_the_sprite_holds_the_icons_that_pages_show_and_no_other() -> None:
    sprite = (_PORTALS / "static/vendor/tabler-icons/sprite.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', sprite))
    asked = set(re.findall(r'\bicon\("([a-z-]+)"', _pages()))
    assert asked <= drawn
    assert {name for name in drawn if f'"{name}"' not in _pages()} == set()


def test_a_day_is_told_in_the_calendar_of_its_readers() -> None:
    assert day(date(2026, 3, 21), Language.FA) == "۱ فروردین ۱۴۰۵"
    assert day(date(2026, 3, 21), Language.EN) == "21 March 2026"
    night = datetime(2026, 3, 20, 21, 5, tzinfo=UTC)
    assert moment(night, ZoneInfo("Asia/Tehran"), Language.FA) == "۱ فروردین ۱۴۰۵، ۰۰:۳۵"


def test_numbers_have_the_digits_and_separators_of_their_language() -> None:
    assert (number(1234567, Language.FA), number(1234567, Language.EN)) == ("۱٬۲۳۴٬۵۶۷", "1,234,567")
    assert (amount(125050, "USD", Language.FA), amount(-50, "USD", Language.EN)) == ("۱٬۲۵۰٫۵۰ USD", "-0.50 USD")
