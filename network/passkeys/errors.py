"""How passkeys can be refused."""

from network.kernel.errors import Conflict, NotFound, Unauthenticated


class PasskeyRefused(Unauthenticated):
    """Why is not told: the answer is of another ceremony, person, site or key, or a key was copied."""

    code = "passkey_refused"
    detail = "The passkey could not be checked. Try again."


class PasskeyNotFound(NotFound):
    code = "passkey_not_found"
    detail = "There is no such passkey."


class TooManyPasskeys(Conflict):
    code = "too_many_passkeys"
    detail = "There are twenty passkeys already; remove one first."
