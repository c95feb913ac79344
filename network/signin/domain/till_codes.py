"""The code at the till: eight digits that change every thirty seconds (RFC 6238, SHA-256), good once, and only together
with the card, phone or alias that it belongs to.

It is good in its own thirty seconds and in the next, because somebody has to read and type it.
"""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from network.members.domain.digits import plain_digits
from network.signin.errors import BadAlias, BadTillCode

STEP = timedelta(seconds=30)
MOST_WRONG = 5
WRONG_WITHIN = timedelta(minutes=10)
"""So many wrong codes of one member within this time, and none is taken until it is over: 720 guesses a day, each with
two of a hundred million codes, and nobody gets as far as guessing without the card."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = 8
_FORM = re.compile(rf"[0-9]{{{_DIGITS}}}")
_SECRET_BYTES = 32
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is taken for another
_ALIAS_LETTERS = 12  # 60 bits: nobody meets another's by chance
_ALIAS = re.compile(f"[{_LETTERS}]{{{_ALIAS_LETTERS}}}")


@dataclass(frozen=True, slots=True)
class TillIdentity:
    """A member's secret, and the random name that its QR shows in place of the card number."""

    secret: bytes = field(repr=False)
    alias: str = field(repr=False)


def new_identity() -> TillIdentity:
    """A secret and an alias that nobody can foresee."""
    alias = "".join(secrets.choice(_LETTERS) for _ in range(_ALIAS_LETTERS))
    return TillIdentity(secrets.token_bytes(_SECRET_BYTES), alias)


def step_of(instant: datetime) -> int:
    """In which thirty seconds an instant lies, counted from 1970."""
    return (instant - _EPOCH) // STEP


def step_ends_at(step: int) -> datetime:
    """When the next code is shown."""
    return _EPOCH + (step + 1) * STEP


def code_at(secret: bytes, step: int) -> str:
    """The code of a step: RFC 6238 with HMAC-SHA-256, truncated as RFC 4226, section 5.3 has it."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), sha256)
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def matching_step(secret: bytes, code: str, now: datetime, last_step: int | None) -> int | None:
    """Of which step a code is, if it is good at `now`; `last_step` is the last that was used, and never comes again."""
    current = step_of(now)
    found = None
    for step in (current - 1, current):
        if hmac.compare_digest(code_at(secret, step), code) and (last_step is None or step > last_step):
            found = step
    return found


def qr_text(identity: TillIdentity, step: int) -> str:
    """What the QR holds: in its alphanumeric mode, which is the smallest."""
    return f"PV1:{identity.alias}:{code_at(identity.secret, step)}"


def read_till_code(typed: str) -> str:
    """Eight ASCII digits, from any digits, spaces and dashes. Raises BadTillCode."""
    code = plain_digits(typed)
    if _FORM.fullmatch(code) is None:
        raise BadTillCode(field="proof.code")
    return code


def read_alias(typed: str) -> str:
    """An alias as it is kept. Raises BadAlias."""
    alias = typed.strip().upper()
    if _ALIAS.fullmatch(alias) is None:
        raise BadAlias(field="proof.alias")
    return alias
