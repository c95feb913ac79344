"""Named places where a test may kill the process, so that kills are exact. Unarmed, a failpoint costs a comparison.

`PEYVAND_FAILPOINT=settlement.after_cut` kills the process with SIGKILL at the first passage, `name@3` at the third.
"""

import os
import signal

_name, _, _passage = os.environ.get("PEYVAND_FAILPOINT", "").partition("@")
_passages_left = int(_passage or 1)


def failpoint(name: str) -> None:
    """Die here if the environment says so."""
    global _passages_left
    if name != _name:
        return
    _passages_left -= 1
    if _passages_left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
