"""How the embedded servers can fail."""


class EmbeddedServersError(RuntimeError):
    """The embedded servers can't be had; the message says why, and which log tells more."""
