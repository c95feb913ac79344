"""The application that runs here, asked of Flask once.

`current_app` looks the application up anew for each attribute, which costs as much as forty look-ups in a dictionary.
"""

from flask import Flask, current_app


def application() -> Flask:
    """The application in whose context this runs. Raises RuntimeError outside of one."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app
