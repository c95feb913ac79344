"""What a process keeps of one application's data: of each database its own, however many a process serves."""

from typing import Any

from flask import current_app


def kept(name: str) -> dict[Any, Any]:
    """The application's own memory of this name, empty at first."""
    memory: dict[Any, Any] = current_app.extensions.setdefault(f"peyvand.kept.{name}", {})
    return memory
