"""Static files: style sheets, the font, icons, scripts. Their address changes with their content, so they are kept.

Only files that were found at the first request are served. Texts are compressed once in each process.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, url_for

from network.kernel.errors import NotFound
from network.web.access import public
from network.web.current import current_request

FOLDER = Path(__file__).parents[1] / "static"

blueprint = Blueprint("assets", __name__)

_PARTS = ("own", "vendor/tabler", "vendor/tabler-icons", "vendor/vazirmatn")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_COMPRESSED = (".css", ".js", ".svg")
_YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Asset:
    """A file; `compressed` (gzip) where that makes it smaller."""

    content_type: str
    plain: bytes
    compressed: bytes | None


def asset(name: str) -> str:
    """The address of a static file, as `own/kit.css`. Raises KeyError for one that is not there."""
    _files()[name]
    return url_for("assets.serve", edition=_edition(), name=name)


@blueprint.get("/assets/<edition>/<path:name>")
@public
def serve(edition: str, name: str) -> Response:
    """A static file. One that is asked for by an old address is served, and not kept."""
    if name not in _files():
        raise NotFound
    found = _asset(name)
    packed = found.compressed if current_request().accept_encodings["gzip"] else None
    response = Response(found.plain if packed is None else packed, content_type=found.content_type)
    if packed is not None:
        response.headers["Content-Encoding"] = "gzip"
    if found.compressed is not None:
        response.vary.add("Accept-Encoding")
    kept = edition == _edition()
    response.headers["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable" if kept else "no-store"
    return response


@cache
def _files() -> Mapping[str, Path]:
    found = [path for part in _PARTS for path in sorted((FOLDER / part).iterdir()) if path.suffix in _TYPES]
    return {path.relative_to(FOLDER).as_posix(): path for path in found}


@cache
def _edition() -> str:
    """A short digest of all files: style sheets name others by relative addresses, so they share it."""
    digest = sha256()
    for name, path in _files().items():
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def _asset(name: str) -> Asset:
    path = _files()[name]
    plain = path.read_bytes()
    packed = gzip.compress(plain, mtime=0) if path.suffix in _COMPRESSED else None
    return Asset(_TYPES[path.suffix], plain, packed)
