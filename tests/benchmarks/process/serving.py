"""What the app costs from its start until it serves, and what it holds then."""

import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from tests.benchmarks.report import process
from tests.benchmarks.report.row import Row
from tests.data import real_material
from tests.upgrades.drill import UpgradedServer

_QUIET: Final = 30.0  # seconds after which all is loaded that is loaded at a start
_POLL: Final = 0.02
_LONGEST: Final = 240.0


def run(quick: bool = False) -> list[Row]:
    """Medians of some starts with three people. Somebody stands before a kiosk from the moment
    at which it is ready."""
    with tempfile.TemporaryDirectory() as folder:
        server = UpgradedServer(Path(folder) / "data", real_material(), people=3)
        server.fill()
        starts = [_start(server) for _ in range(1 if quick else 5)]
    return [_row(step, starts) for step in starts[0]]


def _row(step: str, starts: Sequence[Mapping[str, process.Used]]) -> Row:
    seconds = median(start[step].seconds for start in starts)
    note = f"{median(start[step].memory for start in starts) / 1e6:.0f} MB"
    return Row(f"start of the app until {step}: CPU time", seconds, "s", note=note)


def _start(server: UpgradedServer) -> dict[str, process.Used]:
    """What it had used at each step."""
    told = len(server.logged()) if server.log.exists() else 0
    used = {}
    server.launch()
    try:
        _wait(lambda: _answers(server, "/healthz"))
        used["it listens"] = process.used(server.pid)
        _wait(lambda: _answers(server, "/readyz"))
        used["it is ready"] = process.used(server.pid)
        with server.doors()[0]:
            _wait(lambda: " mark outcome=" in server.logged()[told:])
            used["the first mark"] = process.used(server.pid)
        time.sleep(_QUIET)
        used["all is loaded"] = process.used(server.pid)
    finally:
        server.stop()
    return used


def _wait(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + _LONGEST
    while not done():
        assert time.monotonic() < ends, "the app did not come so far"
        time.sleep(_POLL)


def _answers(server: UpgradedServer, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as told:
            return bool(told.status == 200)
    except (urllib.error.URLError, OSError):
        return False
