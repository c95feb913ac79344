"""What every command needs: the application, in its context, on a migrated database."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask import Flask
from rich.console import Console

from network.app import create_app
from network.audit.service import acting
from network.infrastructure.migrating import migrate
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import new_shown_id
from network.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

console = Console()

THE_SHELL = "shell"
"""Who changes something by a command that was given in nobody's name: whoever may use the server's shell."""


def application() -> Flask:
    """The application on the installation's servers."""
    return create_app(Settings.from_environment().with_servers())


def in_application(command: Callable[P, T]) -> Callable[P, T]:
    """Run a command in the application's context; its named failures end it with a sentence, not a traceback."""

    @wraps(command)
    def run(*arguments: P.args, **options: P.kwargs) -> T:
        with application().app_context():
            migrate()
            try:
                with acting(THE_SHELL, new_shown_id("req")):
                    return command(*arguments, **options)
            except PeyvandError as failure:
                raise click.ClickException(f"{failure.detail} [{failure.code}]") from failure

    return run
