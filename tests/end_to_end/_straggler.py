"""A transaction that takes its time: earns 1,000 points for a member, says so, and waits before it ends.

`python -m tests.end_to_end._straggler open` says the number of its database session, and commits at the end of its
standard input; `prepared <name>` leaves behind a prepared transaction of that name.
"""

import sys

from network.cli.context import application
from network.infrastructure.database import unit_connection
from network.infrastructure.transaction import transaction
from tests.end_to_end._writer import Writer

POINTS = 1_000


def main(way: str, name: str = "") -> None:
    with application().app_context():
        writer = Writer("partner1", members=1)
        with transaction():
            writer.purchase(POINTS)
            session = unit_connection().info.backend_pid
            if way == "prepared":
                unit_connection().execute(f"PREPARE TRANSACTION '{name}'")
            print(session, flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
