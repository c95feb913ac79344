"""A statement as a page that stands by itself: it is asked for with a token and kept as a file, so that its style and
its font are in it. It has no script.
"""

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from network.settlement.domain import StatementDocument
from network.settlement.rendering.fonts import VARIABLE
from network.settlement.rendering.words import Words

_TEMPLATES = Path(__file__).parent / "templates"
_pages = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def as_html(document: StatementDocument, words: Words) -> bytes:
    """The page. Links lead from the total to the matrix, to the lines, and to the lists of journal entries."""
    page = _pages.get_template("statement.html").render(document=document, words=words, style=_style())
    return page.encode()


@lru_cache(maxsize=1)
def _style() -> str:
    """The style sheet with the font in it, as it stands between the tags of the page."""
    font = base64.b64encode(VARIABLE.read_bytes()).decode()
    return (_TEMPLATES / "statement.css").read_text(encoding="utf-8").replace("FONT", font)


def _digest() -> str:
    return base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()


POLICY = f"default-src 'none'; style-src 'sha256-{_digest()}'; font-src data:; base-uri 'none'; frame-ancestors 'none'"
"""The content security policy of the page: this style, this font, and nothing else."""
