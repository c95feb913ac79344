"""What can go wrong, as exceptions, none of the HTTP library's. The package's docstring draws the tree."""

from __future__ import annotations

from typing import Any, TypedDict

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AccountExistsError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "FieldError",
    "IdempotencyError",
    "InsufficientPointsError",
    "NotFoundError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "PeyvandError",
    "RateLimitError",
    "ResponseError",
    "ServerError",
    "ValidationError",
]


class FieldError(TypedDict):
    """One complaint about one field: `pointer` is a JSON pointer such as `#/amount_minor`."""

    pointer: str
    message: str


class PeyvandError(Exception):
    """The root: catch this to catch everything the network, or the way to it, can raise.

    `request_id` names the request in the network's logs, when an answer came.
    `idempotency_key` is the key the failed call was sent under, when it moves points: after an error that leaves the
    outcome open, `partner.with_options(idempotency_key=error.idempotency_key)` repeats the call without doing it twice.
    """

    request_id: str | None = None
    idempotency_key: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call the class with the message alone, which keyword-only arguments refuse.
        return _rebuild, (type(self), self.args, dict(self.__dict__))


def _rebuild(kind: type[PeyvandError], args: tuple[Any, ...], state: dict[str, Any]) -> PeyvandError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ConfigurationError(PeyvandError):
    """This Partner cannot be used as it stands: credentials or address missing or unusable, or already closed."""


class APIConnectionError(PeyvandError):
    """No answer came, and the retries are used up. A write may or may not have happened."""


class APITimeoutError(APIConnectionError):
    """No answer came in time. A write may or may not have happened."""


class ResponseError(PeyvandError):
    """An answer came and could not be understood. With a 2xx `status_code`, a write has happened."""

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        request_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        super().__init__(f"{message} ({status_code}, request {request_id or 'without id'})")
        self.status_code = status_code
        self.request_id = request_id
        self.idempotency_key = idempotency_key


class APIStatusError(PeyvandError):
    """The network refused the call or failed at it.

    `status_code`: of HTTP. `code`: the network's stable code, the thing to branch on. `detail`: a sentence for people.
    `errors`: what is wrong with which field. `body`: the decoded JSON, or the text when it was none.
    `retry_after`: seconds the network asked to wait, when it did.
    """

    def __init__(
        self,
        *,
        status_code: int,
        code: str | None = None,
        detail: str | None = None,
        errors: list[FieldError] | None = None,
        request_id: str | None = None,
        body: Any = None,
        retry_after: float | None = None,
    ) -> None:
        self.status_code = status_code
        self.code = code
        self.detail = detail
        self.errors: list[FieldError] = errors or []
        self.request_id = request_id
        self.body = body
        self.retry_after = retry_after
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        head = f"{self.status_code} {self.code}" if self.code else str(self.status_code)
        # Pointers only: a message may repeat the value it complains about, and this sentence ends in logs.
        fields = f"at {', '.join(error['pointer'] for error in self.errors)}; " if self.errors else ""
        return f"{head}: {self.detail or 'no detail given'} ({fields}request {self.request_id or 'without id'})"


class BadRequestError(APIStatusError):
    """400: the request itself is malformed."""


class AuthenticationError(APIStatusError):
    """401: the client's credentials or its access token were refused, also after logging in once more."""


class PaymentRequiredError(APIStatusError):
    """402: well formed, but not covered."""


class InsufficientPointsError(PaymentRequiredError):
    """`insufficient_points`: the member has fewer points than were to be redeemed."""


class PermissionDeniedError(APIStatusError):
    """403: the scope is missing (`insufficient_scope`), or the member's proof was refused (`proof_refused`)."""


class NotFoundError(APIStatusError):
    """404: no such thing, or none that this partner may see."""


class ConflictError(APIStatusError):
    """409: at odds with what the network already holds."""


class AccountExistsError(ConflictError):
    """`account_exists`: a member with this phone, e-mail or card exists. Accounts are never linked silently."""


class ValidationError(APIStatusError):
    """422: understood, and not acceptable. `errors` tells the fields, `code` the rule."""


class IdempotencyError(APIStatusError):
    """The idempotency key is at fault: used for another call before, still in flight, or missing."""


class RateLimitError(APIStatusError):
    """429: too many requests; `retry_after` tells how long to wait."""


class ServerError(APIStatusError):
    """5xx: the network failed. A write may or may not have happened."""
