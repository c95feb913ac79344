"""Request-Signature in: by which a partner's own key vouches for a request (docs/proof.md).

The header is the salt, 16 bytes as 22 letters of base64url, a full stop, and a compact JWS. It is read here; whether it
is right is decided where the partner's keys are known.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from network.infrastructure.requests import RequestKey, RequestSignature
from network.web.blueprint import document_operation
from network.web.current import environment
from network.web.errors import SignatureMalformed

HEADER = "Request-Signature"
KIND = "peyvand-request+jws"

_IN_ENVIRONMENT = "HTTP_REQUEST_SIGNATURE"
_ALGORITHM = "ES256"
_LONGEST = 2048
_SHAPE = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)")

View = TypeVar("View", bound=Callable[..., Any])


def takes_signature(view: View) -> View:
    """Say in the OpenAPI document that a view looks at a signature."""
    told = "The request's signature with a key of the partner's own; needed where that was agreed (docs/proof.md)."
    schema = {"type": "string", "maxLength": _LONGEST}
    parameter = {"in": "header", "name": HEADER, "required": False, "description": told, "schema": schema}
    return document_operation(view, parameters=[parameter])


def signed(key: RequestKey) -> RequestKey:
    """The current request's key, with the signature that the request came with, if any. Raises SignatureMalformed."""
    told = environment().get(_IN_ENVIRONMENT)
    return key if told is None else replace(key, signature=read_signature(told))


def read_signature(told: str) -> RequestSignature:
    """A header's value. Raises SignatureMalformed."""
    found = _SHAPE.fullmatch(told.strip()) if len(told) <= _LONGEST else None
    kid = None if found is None else _kid_of(found[2])
    if found is None or kid is None:
        raise SignatureMalformed(field=HEADER)
    return RequestSignature(kid, urlsafe_b64decode(found[1] + "=="), found[2])


def _kid_of(document: str) -> str | None:
    """Which key a compact JWS of our kind says that it was signed with; None for what is no such JWS."""
    head = document.partition(".")[0]
    try:
        header = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(header.get("kid"), str):
        return None
    return header["kid"] if header == {"alg": _ALGORITHM, "kid": header["kid"], "typ": KIND} else None
