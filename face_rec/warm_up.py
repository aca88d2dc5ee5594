"""What a process does once at its start: it loads what a first visitor would wait for, and keeps
what lives as long as the process out of the garbage collector's way.
"""

import gc
import inspect
import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from importlib import import_module
from typing import Final

from face_rec.background import Background

# Keeps what lives as long as the process out of the garbage collector's way.
#
# A full collection looks at every container there is: several hundred thousand after the
# start, nearly all of them modules, models and the gallery, which never go. Streamlit forces
# one after every run of a script or fragment; ``runner.postScriptGC`` in
# ``.streamlit/config.toml`` ends that, and Python's own collector does the rest. What stands
# is frozen (``gc.freeze``), so that its full collections are cheap, too.

log = logging.getLogger(__name__)

_FIRST: Final = 20.0
"""Seconds after the start, when a system without models stands as well."""
_EVERY: Final = 3600.0
"""Seconds after which the frozen are looked through: what was frozen and has become garbage
since then is held no longer than this."""
_QUEUE: Final = 10.0
"""Seconds in which whoever waited at a door during a start is recognised."""


class Heap:
    """A thread that freezes what stands: after the start, after each load of the gallery, and
    every hour anew. A freeze stops all threads for as long as one full collection takes."""

    def __init__(self, *, first: float = _FIRST, every: float = _EVERY) -> None:
        self._wait, self._every = first, every
        self._due = threading.Event()
        self._thread = Background("heap", self._run, wake=self._due.set)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End the thread, and let the collector see everything again."""
        self._thread.stop(5)
        gc.unfreeze()

    def changed(self, subjects: Collection[str] | None) -> None:
        """A listener of the gallery: when all of it was loaded, much that stood is gone."""
        if subjects is None:
            self._due.set()

    def _run(self) -> None:
        while not self._thread.stopping.is_set():
            self._due.wait(self._wait)
            self._due.clear()
            self._wait = self._every
            if not self._thread.stopping.is_set():
                settle()


def settle() -> None:
    """Collect all garbage, of what was frozen as well, then freeze what is left."""
    began = time.perf_counter()
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    took = time.perf_counter() - began
    log.debug("heap_settled objects=%d seconds=%.2f", gc.get_freeze_count(), took)


def know_files() -> None:
    """Have ``inspect`` learn which module each file is, for which it looks at every module there
    is: else the first component that a page declares waits for that, a second and more."""
    inspect.modulesbyfile.pop(__file__, None)  # what it knows it does not look for
    inspect.getmodule(know_files.__code__)


class WarmUp:
    """A thread that imports libraries, so that nobody waits for them."""

    def __init__(
        self, awaited: Sequence[str], of_pages: Sequence[str], queue: float = _QUEUE
    ) -> None:
        """By name, most awaited first. ``awaited``: loaded at once. ``of_pages``: what only the
        office needs, loaded ``queue`` seconds after :meth:`rest_after` says."""
        self._awaited = awaited
        self._of_pages = of_pages
        self._queue = queue
        self._recognises: Callable[[], bool] = lambda: True
        self._told = threading.Event()
        self._thread = Background("warm-up", self._run, wake=self._told.set)

    def start(self) -> None:
        self._thread.start()

    def rest_after(self, recognises: Callable[[], bool]) -> None:
        """Load the rest once this says that whoever comes to a kiosk is recognised, or never
        will be. It is asked once a second."""
        self._recognises = recognises
        self._told.set()

    def close(self) -> None:
        self._thread.stop(10)

    def _run(self) -> None:
        self._load(self._awaited)
        self._told.wait()
        stopping = self._thread.stopping
        while not self._recognises() and not stopping.wait(1):
            pass
        stopping.wait(self._queue)
        self._load(self._of_pages)
        stopping.wait()

    def _load(self, libraries: Sequence[str]) -> None:
        began = time.monotonic()
        for name in libraries:
            if self._thread.stopping.is_set():
                return
            import_module(name)
            know_files()  # the first time is slow, later ones look at what is new
        # Quiet, as all that comes after the start: the set-up link stays the last thing said.
        log.debug("warmed_up seconds=%.1f", time.monotonic() - began)
