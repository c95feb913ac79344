"""Tables of this room: clients and keys, grants and what leads to them."""

import network.auth.models.clients
import network.auth.models.grants
import network.auth.models.requests  # noqa: F401
