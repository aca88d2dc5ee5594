"""What a kiosk's live line costs the server while nobody is there, and how late it tells.

Over real WebSockets to the app as its users start it, without a browser.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

from websockets import Origin
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.benchmarks.browser.filled import FilledServer
from tests.benchmarks.browser.pages import cpu_seconds
from tests.benchmarks.report.row import Row
from tests.browser.support.server import AppServer

LINES = 4
"""As many as one kiosk may have."""
MOST = 1.0
"""% of a core for one idle line."""


def run(quick: bool) -> list[Row]:
    """Rows of idle lines. Skips without test data."""
    seconds = 15.0 if quick else 60.0
    with (
        tempfile.TemporaryDirectory() as folder,
        FilledServer(Path(folder) / "data") as app,
    ):
        time.sleep(5)  # until it has warmed up
        without = _share(app, seconds)
        with _open_lines(app, LINES):
            time.sleep(2)
            held = _share(app, seconds)
    each = (held - without) / LINES
    note = f"{100 * without:.2f} % without a line, {100 * held:.2f} % with {LINES}"
    return [Row("CPU of an idle kiosk's live line", 100 * each, "% of a core", MOST, note)]


def _share(app: AppServer, seconds: float) -> float:
    """Of a core."""
    before, since = cpu_seconds(app), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(app) - before) / (time.monotonic() - since)


@contextmanager
def _open_lines(app: AppServer, count: int) -> Iterator[None]:
    """So many screens of one kiosk, which listen."""
    own = Origin(f"http://127.0.0.1:{app.port}")
    over = Event()
    with ExitStack() as stack:
        for number in range(count):
            url = f"ws://127.0.0.1:{app.port}/live?kiosk=main&screen=idle-{number}"
            line = stack.enter_context(connect(url, origin=own))
            Thread(target=_listen, args=(line, over), daemon=True).start()
        yield
        over.set()


def _listen(line: ClientConnection, over: Event) -> None:
    """A line that ends before it is to would cost nothing, and look good."""
    told: dict[str, object] = {}
    try:
        while True:
            told |= json.loads(line.recv())
    except ConnectionClosed:
        assert over.is_set(), f"the line ended by itself after {told}"


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        sys.stdout.write(f"{row.name}: {row.value:.3f} {row.unit} ({row.note})\n")
