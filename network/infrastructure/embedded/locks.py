"""Locks that the kernel drops when their last holder dies.

`flock` belongs to the open file: a forked child holds it together with its parent, a program that is exec'ed does not,
because Python opens files close-on-exec. A lock file is never removed while somebody may wait for it.
"""

import fcntl
import os
import time
from pathlib import Path

SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX

_POLL_SECONDS = 0.01


def open_lock(path: Path) -> int:
    """Open a lock file, making it where it is missing; returns a descriptor that holds no lock yet."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int, kind: int) -> bool:
    """Take the lock if that needs no waiting."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_UN)


def is_at(descriptor: int, path: Path) -> bool:
    """Whether the open file still is the one of that name: a folder removed under us takes its lock files along."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def wait_for_lock(descriptor: int, kind: int, *, deadline: float) -> bool:
    """Take the lock, waiting for it until `time.monotonic()` reaches the deadline; False when that was in vain."""
    while not try_lock(descriptor, kind):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def acquire(path: Path, kind: int, *, deadline: float) -> int:
    """Open and lock the file of that name; close the descriptor to give the lock back.

    Raises TimeoutError when others hold the lock until the deadline.
    """
    while True:
        descriptor = open_lock(path)
        try:
            if not wait_for_lock(descriptor, kind, deadline=deadline):
                raise TimeoutError(path)
            if is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock; asking holds it for an instant."""
    if not path.exists():
        return True
    descriptor = open_lock(path)
    try:
        return try_lock(descriptor, SHARED)
    finally:
        os.close(descriptor)
