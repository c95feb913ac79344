"""The font of all documents, which has Latin and Arabic letters: Vazirmatn, from our own files."""

from pathlib import Path

_FOLDER = Path(__file__).parents[2] / "portals" / "static" / "vendor" / "vazirmatn"

REGULAR = _FOLDER / "Vazirmatn-Regular.ttf"
BOLD = _FOLDER / "Vazirmatn-Bold.ttf"
VARIABLE = _FOLDER / "Vazirmatn-variable.woff2"
