"""How sending can fail."""

from network.kernel.errors import Unavailable


class NotSent(Unavailable):
    """Whoever carries messages did not take one. The text names neither it nor the person."""

    code = "not_sent"
    detail = "The message could not be sent now."
