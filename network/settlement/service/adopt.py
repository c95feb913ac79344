"""After a restore from a dump on another server."""

from network.audit.service import record
from network.infrastructure.transaction import transaction
from network.settlement.repository import horizon


def adopt_server() -> int | None:
    """Let settlement go on with this server's transaction ids; the offset that is added to them from now on, or None
    if the horizon is this server's already.

    To be run before the restored network is opened: everything stored was finished then, and what is posted from now
    on gets ids above all that are stored, so that every cycle keeps exactly the movements it had.
    """
    with transaction():
        edge = horizon.lock_horizon()
        if not edge.is_foreign:
            return None
        offset = max(0, horizon.highest_known_xid() + 1 - horizon.current_xid(0))
        horizon.adopt_horizon(offset)
        record("settlement.adopt_server", "settings", "horizon", after={"offset": offset})
        return offset
