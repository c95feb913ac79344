"""Who gives a command: a person of staff, signed in at this shell (`network staff sign-in`).

Its session's token lies in a file of the state folder that its owner alone can read. Whoever can read it has the
database and the installation's secret too; it is worth nothing half an hour after its last use, and money asks for a
proof of the last five minutes.
"""

import os
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from network.audit.service import acting, current_actor
from network.cli.context import in_application
from network.infrastructure.context import application
from network.staff import service as staff
from network.staff.domain import Clerk, Permission, Side
from network.staff.errors import NotAllowed, NotSignedIn

BY = "--by"
_HELP = "Who does this: a login of staff, signed in by `network staff sign-in`."
_clerk: ContextVar[Clerk] = ContextVar("clerk")


def by(permission: Permission | None = None, *, for_partners: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """A command that a person gives who has the permission: it gets `person`, by which the trail names that person.

    Of the operator's people alone, unless the command itself asks `check_allowed` whose thing it is
    (`for_partners`). In place of `in_application`, which it includes.
    """

    def decorate(command: Callable[..., Any]) -> Any:
        @wraps(command)
        def run(*arguments: Any, by_login: str, **options: Any) -> Any:
            clerk = signed_in(by_login)
            if not for_partners and clerk.staff.side is not Side.OPERATOR:
                raise NotAllowed("This command is for the operator's people.")
            if permission is not None:
                partner_id = clerk.staff.partner_id if for_partners else None
                staff.authorise(clerk, permission, partner_id=partner_id)
            token = _clerk.set(clerk)
            try:
                with acting(clerk.who, str(current_actor().request)):
                    return command(*arguments, person=clerk.who, **options)
            finally:
                _clerk.reset(token)

        return click.option(BY, "by_login", required=True, help=_HELP)(in_application(run))

    return decorate


def recorded(permission: Permission) -> Callable[[Callable[..., Any]], Any]:
    """A command that changes something: given by a person of the operator who has the permission, if `--by` says so,
    and else by whoever has the server's shell. The trail tells which. In place of `in_application`.
    """

    def decorate(command: Callable[..., Any]) -> Any:
        @wraps(command)
        def run(*arguments: Any, by_login: str | None, **options: Any) -> Any:
            if by_login is None:
                return command(*arguments, **options)
            clerk = signed_in(by_login)
            if clerk.staff.side is not Side.OPERATOR:
                raise NotAllowed("This command is for the operator's people.")
            staff.authorise(clerk, permission)
            with acting(clerk.who, str(current_actor().request)):
                return command(*arguments, **options)

        return click.option(BY, "by_login", help=f"{_HELP} The server's shell, if left out.")(in_application(run))

    return decorate


def check_allowed(permission: Permission, *, partner_id: UUID | None = None, prepared_by: str | None = None) -> None:
    """Whether the person that gives the running command may do that to this very thing. Raises as `authorise`."""
    staff.authorise(_clerk.get(), permission, partner_id=partner_id, prepared_by=prepared_by)


def name_of(who: str) -> str:
    """A person's name by how it is written down; who is none of staff is its own name."""
    return staff.names_of([who])[who]


def current_clerk() -> Clerk:
    """The person that gives the running command."""
    return _clerk.get()


def signed_in(login: str) -> Clerk:
    """The person of a login, if it is signed in at this shell. Raises NotSignedIn."""
    path = _file(login)
    try:
        clerk = staff.find_clerk(path.read_text(encoding="ascii"))
    except (FileNotFoundError, NotSignedIn):
        raise NotSignedIn(f"{login} is not signed in here: network staff sign-in {login}") from None
    return clerk


def keep(login: str, token: str) -> None:
    """Let a person be signed in at this shell."""
    path = _file(login)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(token, encoding="ascii")
    draft.replace(path)


def drop(login: str) -> None:
    """Forget a person's token."""
    _file(login).unlink(missing_ok=True)


def _file(login: str) -> Path:
    folder: Path = application().extensions["peyvand.settings"].state_folder / "staff"
    return folder / f"{sha256(login.strip().casefold().encode()).hexdigest()[:32]}.token"
