"""Tests that share a server are run by one worker. Each worker would start its own otherwise, and
two cameras would play beside each other."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

GROUPED = """
import time, pytest
@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("n", range(6))
def test_it(n, worker_id):
    time.sleep(0.02)
    print("ran by", worker_id)
"""


@pytest.mark.nightly
def test_the_tests_of_a_group_stay_with_one_worker(tmp_path: Path) -> None:
    """pytest 9.2 took no notice any more of the group that pytest-xdist 3.8 writes into a test's
    id: nothing failed, and all took twice as long."""
    for module in ("test_a.py", "test_b.py"):
        (tmp_path / module).write_text(GROUPED, "utf-8")
    options = ["-n", "2", "--dist", "loadgroup", "-rP", "-c", "/dev/null"]
    command = [sys.executable, "-m", "pytest", *options, f"--rootdir={tmp_path}", str(tmp_path)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False).stdout
    workers = re.findall(r"ran by (gw\d)", told)
    assert len(workers) == 12, told
    assert len(set(workers)) == 1, told
