"""Processes that must not outlive the one that started them: a forgotten one would go on with yesterday's code, and
keep the embedded servers running.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with(parent: int, number: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send this process a signal when its parent dies, also by kill -9; at once, if it is dead already.

    `parent` is the process id that started this one. Survives exec, not fork. Does nothing but on Linux.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died before we asked to be told
            os.kill(os.getpid(), number)
