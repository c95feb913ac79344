"""The kinds of failure. A kind says who can do something about it; `code` says what happened, and never changes.

Every named failure of a package derives from one kind and gives its own `code`. Only `web` knows which HTTP status
a kind becomes.
"""

from typing import Any


class PeyvandError(Exception):
    """A failure with a stable code, a sentence for people, and the field that caused it, if one did.

    `is_kept`: it depends on the state of things, so it is kept as the answer under the request's idempotency key. Else
    a twin of the request, a moment earlier by its clock, might still be granted what this one was denied.
    """

    code = "internal_error"
    detail = "Something went wrong."
    is_kept = False

    def __init__(self, detail: str | None = None, *, field: str | None = None, **extra: Any) -> None:
        self.detail = detail or type(self).detail
        self.field = field
        self.extra = extra
        super().__init__(self.detail)


class Invalid(PeyvandError):
    """The input says something that can't be right, whenever it is sent."""

    code = "validation_failed"
    detail = "The request is not valid."


class Malformed(PeyvandError):
    """The input can't be read at all."""

    code = "malformed_request"
    detail = "The request could not be read."


class Unauthenticated(PeyvandError):
    """Nobody is known to be asking."""

    code = "unauthenticated"
    detail = "Authentication is required."


class Forbidden(PeyvandError):
    """The one who asks is known, and may not."""

    code = "forbidden"
    detail = "This is not allowed."


class NotFound(PeyvandError):
    """It does not exist, or the one who asks may not know that it does."""

    code = "not_found"
    detail = "There is no such thing here."


class Conflict(PeyvandError):
    """It contradicts what is already there."""

    code = "conflict"
    detail = "This conflicts with what is already there."


class Refused(PeyvandError):
    """Well formed and allowed, but the state of things does not permit it (HTTP 402)."""

    is_kept = True
    code = "refused"
    detail = "The request was refused."


class TooMany(PeyvandError):
    """It was asked for too often; `retry_after` (seconds), where it is told, says when to come back."""

    code = "too_many_requests"
    detail = "This was asked for too often. Try again later."


class Unavailable(PeyvandError):
    """It may work later; nothing was changed."""

    code = "unavailable"
    detail = "The service is unavailable for a moment; nothing was changed."
