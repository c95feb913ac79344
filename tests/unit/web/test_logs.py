"""What a process that owns its log writes, and what it doesn't."""

import json
import subprocess
import sys

import pytest

_SAYS = """
import logging, sys
from pathlib import Path
from network.settings import Settings
from network.web.logs import init_logging
init_logging(Settings(Path(), "http://network.test", b"secret", access_log=sys.argv[1] == "on"))
logging.getLogger("peyvand.access").info("a request")
logging.getLogger("peyvand.security").info("somebody came in")
logging.getLogger("authlib").debug("a whole token")
logging.getLogger("rq.worker").info("a job")
logging.getLogger("network.web.failures").error("it broke")
"""


@pytest.mark.parametrize(("setting", "requests"), [("on", ["a request"]), ("off", [])])
def test_a_process_logs_security_and_failures_always_and_requests_if_it_is_told_to(
    setting: str, requests: list[str]
) -> None:
    done = subprocess.run([sys.executable, "-c", _SAYS, setting], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"] for line in lines] == [*requests, "somebody came in", "it broke"]
    assert all(line["at"].endswith("+00:00") and line["request_id"] == "-" for line in lines)
