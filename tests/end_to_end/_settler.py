"""Cuts every few tenths of a second, and closes what is due; any number of these may run beside each other.

`python -m tests.end_to_end._settler` goes on until its standard input ends, then says how often it cut.
"""

import sys
import threading

from network.cli.context import application
from network.settlement import service as settlement

_PAUSE_SECONDS = 0.2
_PATIENCE_SECONDS = 0.1


def main() -> None:
    ends, cuts = threading.Event(), 0

    def wait_for_the_end() -> None:
        sys.stdin.read()
        ends.set()

    threading.Thread(target=wait_for_the_end).start()
    with application().app_context():
        while not ends.wait(_PAUSE_SECONDS):
            settlement.cut()
            cuts += 1
            settlement.open_cycles()
            for cycle in settlement.due_cycles():
                settlement.close_cycle(cycle.cycle_id, patience_seconds=_PATIENCE_SECONDS)
    print(cuts)


if __name__ == "__main__":
    main()
