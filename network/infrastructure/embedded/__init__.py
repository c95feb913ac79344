"""PostgreSQL and Valkey for a machine that has neither: nothing to install, nothing to start, nothing to stop.

Several processes share one pair of servers (web, worker, scheduler, a command in another shell), so none of them owns
it. A process calls `lease(state_folder)`; the first one starts a supervisor, the supervisor starts the servers, and
stops them when the last lease is gone. A lease is a lock the kernel drops when its process dies, also by `kill -9`.

    lease         what a process calls: find the running servers, or start the supervisor and wait
    supervisor    the process that starts both servers, watches them, and stops them after the last lease
    server        what both servers have in common: start, be ready, outlive nobody, stop
    postgres      cluster, settings, readiness of PostgreSQL
    valkey        settings and readiness of Valkey
    wheels        where the servers' programs are
    locations     where everything lies, for one state folder
    locks         flock, with the traps taken out

Both servers listen on Unix sockets in a folder of mode 0700, and on nothing else.
"""

from network.infrastructure.embedded.errors import EmbeddedServersError
from network.infrastructure.embedded.lease import Endpoints, Lease, erase, lease, status, stop

__all__ = ["EmbeddedServersError", "Endpoints", "Lease", "erase", "lease", "status", "stop"]
