"""What a browser calls itself, in words that its owner knows: enough to tell one's phone from somebody else's."""

from dataclasses import dataclass

from network.portals.kit.texts import say

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


_HANDHELD = ("iPhone", "iPad", "Android")


@dataclass(frozen=True, slots=True)
class Device:
    """Browser and system, None for what its User-Agent does not tell."""

    browser: str | None
    system: str | None

    @property
    def name(self) -> str:
        """In the reader's language."""
        if self.browser and self.system:
            return say("devices.on", browser=self.browser, system=self.system)
        return self.browser or self.system or say("devices.unknown")

    @property
    def label(self) -> str:
        """What its owner may call it, in any language."""
        return " ".join(filter(None, (self.browser, self.system)))

    @property
    def is_handheld(self) -> bool:
        return self.system in _HANDHELD


def device_of(agent: str) -> Device:
    """The device of a User-Agent."""
    return Device(_first(agent, _BROWSERS), _first(agent, _SYSTEMS))


def _first(agent: str, marks: tuple[tuple[str, str], ...]) -> str | None:
    return next((name for mark, name in marks if mark in agent), None)
