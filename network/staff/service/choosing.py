"""A person chooses a password."""

from collections.abc import Iterable

from network.infrastructure.context import application
from network.staff import secrets
from network.staff.domain import check_password
from network.staff.errors import WeakPassword
from network.staff.leaked import is_leaked


def hash_chosen(password: str, about: Iterable[str]) -> str:
    """What is kept of a password that may be taken. `about`: what is known of the person. Raises WeakPassword."""
    told = check_password(password, about)
    if is_leaked(told, application().extensions["peyvand.settings"].leaked_passwords):
        raise WeakPassword(field="password")
    return secrets.hash_password(told)
