"""The current request, asked of Flask once: its proxy looks the request up anew for each attribute."""

from typing import Any

from flask import Request
from flask import request as _proxy


def current_request() -> Request:
    """The request that is being answered. Raises RuntimeError if there is none."""
    request: Request = _proxy._get_current_object()  # type: ignore[attr-defined]
    return request


def environment() -> dict[str, Any]:
    """The WSGI environment of the request that is being answered, which belongs to it alone."""
    return current_request().environ
