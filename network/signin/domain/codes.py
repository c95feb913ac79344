"""One-time codes by SMS or e-mail: six digits, ten minutes, five attempts, for the browser that asked alone.

ASVS 5.0, 6.5.4 and 6.5.5; a guesser has 5 in a million per code, and `limits` holds down how many codes there are.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from network.members.domain.digits import plain_digits
from network.sessions.domain import Session
from network.signin.errors import CodeRefused

CODE_LIVES = timedelta(minutes=10)
ATTEMPTS = 5
_DIGITS = 6
_FORM = re.compile(rf"[0-9]{{{_DIGITS}}}")


class CodeUse(StrEnum):
    """What a code is asked for; it is good for nothing else."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    STEP_UP = "step_up"
    NEW_PHONE = "new_phone"


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose browser it is: its address, for limits, and what it calls itself (User-Agent), for the list of sessions."""

    address: str = field(repr=False)
    device: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """That a code was asked for. `token` binds it to the browser: keep it in a cookie, it is kept nowhere else.

    `channel`: sms or email, as the person chose it; nothing here tells whether a code was sent.
    """

    token: str = field(repr=False)
    channel: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was opened; its token is for the cookie alone."""

    session: Session
    token: str = field(repr=False)
    is_new_member: bool = False
    is_new_device: bool = False


def make_code(random_below: Callable[[int], int] = secrets.randbelow) -> str:
    """Six digits that nobody can foresee."""
    return f"{random_below(10**_DIGITS):0{_DIGITS}d}"


def read_code(typed: str) -> str:
    """Six ASCII digits, from any digits, spaces and dashes. Raises CodeRefused."""
    code = plain_digits(typed[:64])
    if _FORM.fullmatch(code) is None:
        raise CodeRefused
    return code
