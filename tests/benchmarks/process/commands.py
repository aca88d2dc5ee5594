"""What a command of ``python -m face_rec`` costs, on a site without people."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from config import ROOT
from tests.benchmarks.report.row import Row

_COMMANDS: Final = (
    "--help",
    "keys new",
    "verify",
    "users list",
    "backup --force --out {folder}/backup.zip",
    "export marks --from 2026-01-01 --to 2026-01-31 --out {folder}/marks.csv",
    "doctor",
)
_CHILD: Final = """
import atexit, runpy, sys
from tests.benchmarks.report.process import highest
sys.argv[1:] = {words!r}
atexit.register(lambda: print("highest", highest(), file=sys.stderr))
runpy.run_module("face_rec", run_name="__main__", alter_sys=True)
"""


class _Cost(NamedTuple):
    """CPU seconds of the process and of the children that it waited for, and the most bytes that
    it held."""

    seconds: float
    memory: int


def run(quick: bool = False) -> list[Row]:
    """Medians: CPU seconds, which other work on the machine hardly changes, and memory."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for command in _COMMANDS:
            costs = [_cost(command, Path(folder)) for _ in range(1 if quick else 5)]
            name = command.split(" --", maxsplit=1)[0] or command
            note = f"{median(cost.memory for cost in costs) / 1e6:.0f} MB at its highest"
            seconds = median(cost.seconds for cost in costs)
            rows.append(Row(f"command {name}: CPU time", seconds, "s", note=note))
    return rows


def _cost(command: str, folder: Path) -> _Cost:
    words = command.format(folder=folder).split()
    before = os.times()
    ran = subprocess.run(
        [sys.executable, "-c", _CHILD.format(words=words)], cwd=ROOT, check=False, timeout=240,
        env=os.environ | {"DATA_DIR": str(folder / "data"), "LC_ALL": "C"}, text=True,
        capture_output=True,
    )  # fmt: skip
    after = os.times()
    assert "Traceback" not in ran.stderr, ran.stderr
    user, system = after.children_user, after.children_system
    seconds = user + system - before.children_user - before.children_system
    return _Cost(seconds, int(ran.stderr.rsplit("highest", 1)[1]))
