"""How sessions can fail."""

from network.kernel.errors import NotFound, Unauthenticated


class SessionNotFound(NotFound):
    code = "session_not_found"
    detail = "There is no such session."


class SessionEnded(Unauthenticated):
    code = "session_ended"
    detail = "The session has ended. Sign in again."
