"""Named places where a test may kill the process, so that kills are exact. Unarmed, a failpoint costs a comparison.

They stand on either side of every commit, and inside what takes several. `PEYVAND_FAILPOINT=settlement.after_cut` kills
the process with SIGKILL at the first passage, `name@3` at the third, `*/200` at any of them, once in 200 passages;
several, with commas between, at whichever comes first. `PEYVAND_FAILPOINT_LOG` names a file to which a process that
dies so writes the failpoint's name first.
"""

import os
import secrets
import signal

_armed: list["_Death"] = []


class _Death:
    """At the nth passage of one failpoint (`name@n`), or once in n passages of any (`*/n`)."""

    def __init__(self, told: str) -> None:
        self._name, _, passage = told.partition("@")
        self._passages_left = int(passage or 1)
        of_any, _, one_in = self._name.partition("/")
        self._one_in_passages = int(one_in or 1) if of_any == "*" else 0

    def is_due(self, name: str) -> bool:
        if self._one_in_passages:
            return secrets.randbelow(self._one_in_passages) == 0  # of the kernel: forked jobs must not share one fate
        if name != self._name:
            return False
        self._passages_left -= 1
        return self._passages_left == 0


def arm(told: str) -> None:
    """Let this process die as `told`, in the words of `PEYVAND_FAILPOINT`; of nothing, if it is empty."""
    _armed[:] = [_Death(each) for each in told.split(",") if each]


def failpoint(name: str) -> None:
    """Die here if this process is armed so."""
    if _armed and any(each.is_due(name) for each in _armed):
        if log := os.environ.get("PEYVAND_FAILPOINT_LOG"):
            with open(log, "a", encoding="utf-8") as told:
                told.write(f"{name}\n")
        os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("PEYVAND_FAILPOINT", ""))
