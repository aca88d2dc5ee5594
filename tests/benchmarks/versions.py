"""``python -m tests.benchmarks.versions FOLDER [TIMES]``: this tree's pages against another one's,
which lies in FOLDER: ``git worktree add FOLDER COMMIT``.

What the server takes to draw a page: from the first word on the WebSocket to the end of the
script. Both trees serve sixty people with a month of marks, on the same machine at the same time,
and take turns: what the machine does besides meets both. FOLDER runs with the packages of this
tree. What the browser and the line take besides is in :mod:`tests.benchmarks.browser.pages`.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.benchmarks.browser.filled import FilledServer
from tests.benchmarks.report.row import Row
from tests.browser.support.server import ROOT, AppServer

HALF: Final = 0.5
PAGES: Final = ("register", "take_attendance", "records", "overview")
_PATIENCE: Final = 120.0


def run(other: Path, times: int) -> list[Row]:
    """Rows of each page: the first visit after a start, and the median of later ones."""
    return [row for page in PAGES for row in _rows(other, page, times)]


def _rows(other: Path, page: str, times: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        before, after = (
            stack.enter_context(FilledServer(Path(folder) / str(number), root))
            for number, root in enumerate((other, ROOT))
        )
        first = visit(before, page), visit(after, page)
        later = [(visit(before, page), visit(after, page)) for _ in range(times)]
    old, new = np.median(later, axis=0)
    return [
        _row(f"{page}: first visit after a start", *first),
        _row(f"{page}: later visits, median of {times}", float(old), float(new)),
    ]


def _row(name: str, old: float, new: float) -> Row:
    row = Row(name, new / old, "of before", HALF, f"{old:.2f} → {new:.2f} s")
    print(f"{row.name:60} {row.value:10.2f} {row.unit:12} {row.note}", flush=True)
    return row


def visit(app: AppServer, page: str) -> float:
    """Seconds until the page's script has run to its end, in a session of its own."""
    ask = BackMsg()
    ask.rerun_script.query_string = "transport=http"
    ask.rerun_script.page_name = page
    address = f"ws://127.0.0.1:{app.port}/_stcore/stream"
    own, spoken = Origin(f"http://127.0.0.1:{app.port}"), [Subprotocol("streamlit")]
    began = time.monotonic()
    with connect(address, origin=own, subprotocols=spoken, max_size=None) as socket:
        socket.send(ask.SerializeToString())
        told = ForwardMsg()
        while told.WhichOneof("type") != "script_finished":
            told = ForwardMsg()
            told.ParseFromString(socket.recv(timeout=_PATIENCE, decode=False))
    return time.monotonic() - began


if __name__ == "__main__":
    run(Path(sys.argv[1]).resolve(), int(sys.argv[2]) if sys.argv[2:] else 7)
