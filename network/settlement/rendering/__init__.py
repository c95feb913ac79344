"""Statements as documents: HTML, PDF, CSV and JSON of one view model (`domain.document`), in English and in Persian.

The same document gives the same bytes, whoever asks and whenever: nothing in them is of the moment of rendering.
"""

from network.settlement.rendering.formats import FORMATS, Format, Rendering, render
from network.settlement.rendering.words import LOCALES

__all__ = ["FORMATS", "LOCALES", "Format", "Rendering", "render"]
