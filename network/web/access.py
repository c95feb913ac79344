"""Who may call a view is written on the view, so that a test can walk the URL map and find one that forgot."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
_MARK = "_peyvand_access"
_PERMISSION = "_peyvand_permission"
_SCOPES = "peyvand.scopes"


def mark(view: View, access: str) -> View:
    """Write on a view who may call it: a scope, or PUBLIC."""
    view.__dict__[_MARK] = access
    return view


def public(view: View) -> View:
    """Say that everyone may call this view, on purpose."""
    return mark(view, PUBLIC)


def mark_permission(view: View, permission: str) -> View:
    """Write on a view of people of staff which permission it needs."""
    view.__dict__[_PERMISSION] = permission
    return view


def permission_of(view: Any) -> str | None:
    """The permission that people of staff need for a view; None if it is for all of them, or not for them."""
    permission: str | None = getattr(view, _PERMISSION, None)
    return permission


def declare_scopes(app: Flask, scopes: Mapping[str, str]) -> None:
    """Tell which scopes there are, name to description, for the OpenAPI document."""
    app.extensions[_SCOPES] = scopes


def declared_scopes(app: Flask) -> Mapping[str, str]:
    """The scopes that were told."""
    scopes: Mapping[str, str] = app.extensions.get(_SCOPES, {})
    return scopes


def access_of(view: Any) -> str | None:
    """What is written on a view; None if nothing is."""
    access: str | None = getattr(view, _MARK, None)
    return access
