"""What a browser calls itself, in words that its owner knows: enough to tell one's phone from somebody else's."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""In this order: each names itself and, to be let in everywhere, several of those after it."""


def shown_device(agent: str) -> tuple[str | None, str | None]:
    """Browser and system of a User-Agent, None for what it does not tell."""
    return _first(agent, _BROWSERS), _first(agent, _SYSTEMS)


def _first(agent: str, marks: tuple[tuple[str, str], ...]) -> str | None:
    return next((name for mark, name in marks if mark in agent), None)
