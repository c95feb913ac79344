"""Named places where a test may kill the process, so that kills are exact. Unarmed, a failpoint costs a comparison.

They stand on either side of every commit, and inside what takes several. `PEYVAND_FAILPOINT=settlement.after_cut` kills
the process with SIGKILL at the first passage, `name@3` at the third, `*/200` at any of them, once in 200 passages.
`PEYVAND_FAILPOINT_LOG` names a file to which a process that dies so writes the failpoint's name first.
"""

import os
import secrets
import signal

_name = ""
_passages_left = 0
_one_in_passages = 0


def arm(told: str) -> None:
    """Let this process die as `told`, in the words of `PEYVAND_FAILPOINT`; of nothing, if it is empty."""
    global _name, _passages_left, _one_in_passages
    _name, _, passage = told.partition("@")
    _passages_left = int(passage or 1)
    of_any, _, one_in = _name.partition("/")
    _one_in_passages = int(one_in or 1) if of_any == "*" else 0


def failpoint(name: str) -> None:
    """Die here if this process is armed so."""
    if _name and _is_due(name):
        if log := os.environ.get("PEYVAND_FAILPOINT_LOG"):
            with open(log, "a", encoding="utf-8") as told:
                told.write(f"{name}\n")
        os.kill(os.getpid(), signal.SIGKILL)


def _is_due(name: str) -> bool:
    global _passages_left
    if _one_in_passages:
        return secrets.randbelow(_one_in_passages) == 0  # of the kernel: forked jobs must not all share one fate
    if name != _name:
        return False
    _passages_left -= 1
    return _passages_left == 0


arm(os.environ.get("PEYVAND_FAILPOINT", ""))
