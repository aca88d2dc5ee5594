"""Tests that share a server are run by one worker. Each worker would start its own otherwise, and
more than two cameras would play beside each other."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
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


PLUGIN = """
import json, pytest
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    told = [
        [next(one.iter_markers("xdist_group")).args[0], bool(one.get_closest_marker("nightly")),
         bool({"cast", "known", "anybody", "strict"} & set(one.fixturenames)), one.name]
        for one in items
    ]
    print("TOLD", json.dumps(told))
"""
ROOT = Path(__file__).parents[3]


@pytest.mark.heavy
def test_cameras_play_in_two_groups_which_share_the_work_and_begin_first(tmp_path: Path) -> None:
    """One worker played them all once, for as long as the whole stage took."""
    (tmp_path / "tells_groups.py").write_text(PLUGIN, "utf-8")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider",
               "-p", "tells_groups", "tests/browser"]  # fmt: skip
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    told = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
        env=os.environ | {"PYTHONPATH": paths},
    ).stdout  # fmt: skip
    tests = json.loads(
        next(line for line in told.splitlines() if "TOLD" in line).partition("TOLD ")[2]
    )
    playing = {group for group, _, plays, _ in tests if plays} - {"plain"}
    assert playing == {"camera", "filled"}, (
        "of the plain server's few cameras all but one stand still"
    )
    daily = Counter(group for group, nightly, plays, _ in tests if plays and not nightly)
    assert min(daily["camera"], daily["filled"]) >= 5, daily
    order = [group in playing for group, *_ in tests]
    assert order == sorted(order, reverse=True), "others begin before the cameras"
