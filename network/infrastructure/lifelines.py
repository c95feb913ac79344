"""Processes that must not outlive the one that started them: a forgotten one would go on with yesterday's code, and
keep the embedded servers running.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies, however that dies; die at once if it is dead already.

    By SIGKILL: a request to end can be missed while a program starts (Granian's workers do miss it), and everything
    here may be killed anywhere. `parent` is the process id that started this one. Survives exec, not fork. Does
    nothing but on Linux.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal.SIGKILL)
