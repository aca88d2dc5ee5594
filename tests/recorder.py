"""Which modules of the product something runs through: few enough to read them."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import face_rec

ROOT = Path(face_rec.__file__).parent


class Recorder:
    """Notes the modules of ours whose functions run in ``threads`` while it is on."""

    def __init__(self, *threads: str) -> None:
        self.seen: set[str] = set()
        self.on = False
        self._threads = threads

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if not self.on or event != "call":
            return
        path = Path(frame.f_code.co_filename)
        if threading.current_thread().name in self._threads and ROOT in path.parents:
            self.seen.add(".".join(path.relative_to(ROOT).with_suffix("").parts))

    @contextmanager
    def recording(self) -> Iterator[None]:
        before = sys.getprofile()
        sys.setprofile(self)
        self.on = True
        try:
            yield
        finally:
            self.on = False
            sys.setprofile(before)

    def holds(self, way: set[str], most: int, beside: int) -> None:
        """The list of the way is true, short, and nearly all that ran but for ``beside``."""
        assert way <= self.seen, f"the way leads elsewhere now: mend the list ({way - self.seen})"
        assert len(way) <= most
        assert len(self.seen - way) <= beside, " ".join(sorted(self.seen - way))
