"""The worker's manners."""

from __future__ import annotations

import os
import subprocess
import sys
from pkgutil import resolve_name

from network.worker import UNHURRIED

_STEPS_BACK = """
import os
from network.worker import step_back
step_back()
step_back()
print(os.getpriority(os.PRIO_PROCESS, 0))
"""


def test_a_long_job_lets_other_processes_go_first_and_only_so_far() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _STEPS_BACK], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    assert int(told) == max(10, os.getpriority(os.PRIO_PROCESS, 0))


def test_the_jobs_that_let_others_go_first_are_there_under_these_names() -> None:
    for name in UNHURRIED:
        job = resolve_name(name)
        assert f"{job.__module__}.{job.__name__}" == name, "which is how the queue names it"
