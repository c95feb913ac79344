"""Codes that several rooms must read alike."""

import re

_PROGRAMME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def is_programme(text: str) -> bool:
    """Whether this can name a programme: 1 to 32 of a-z, 0-9, - and _."""
    return _PROGRAMME.fullmatch(text) is not None


def is_jurisdiction(text: str) -> bool:
    """Whether this has the form of ISO 3166: a country (`IR`) or a part of one (`CA-QC`)."""
    return _JURISDICTION.fullmatch(text) is not None


def country_of(jurisdiction: str) -> str:
    """The country that a jurisdiction is, or is a part of."""
    return jurisdiction[:2]
