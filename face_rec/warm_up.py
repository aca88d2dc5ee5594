"""Loads what the first visitor of a page would else wait for: charts, tables, video, reports."""

import inspect
import logging
import time
from collections.abc import Sequence
from importlib import import_module

from face_rec.background import Background

log = logging.getLogger(__name__)


def know_files() -> None:
    """Have ``inspect`` learn which module each file is, for which it looks at every module there
    is: else the first component that a page declares waits for that, a second and more."""
    inspect.modulesbyfile.pop(__file__, None)  # what it knows it does not look for
    inspect.getmodule(know_files.__code__)


class WarmUp:
    """A thread that imports them after the start, while the first visitor signs in."""

    def __init__(self, libraries: Sequence[str]) -> None:
        """``libraries``: by name, most awaited first."""
        self._libraries = libraries
        self._thread = Background("warm-up", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._thread.stop(10)

    def _run(self) -> None:
        began = time.monotonic()
        for name in self._libraries:
            if self._thread.stopping.is_set():
                return
            import_module(name)
            know_files()  # the first time is slow, later ones look at what is new
        # Quiet, as all that comes after the start: the set-up link stays the last thing said.
        log.debug("warmed_up seconds=%.1f", time.monotonic() - began)
        self._thread.stopping.wait()
