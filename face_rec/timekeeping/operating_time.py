"""For how long this machine has run, all of its starts together: what is kept goes by it.

A wall clock that is set forward, by NTP after a start without a battery or by hand, would make all
that is kept look old at once, and it was gone before anybody had missed it. These seconds nobody
can set. A machine that is off does not age: what it keeps stays as much longer, and no longer.
"""

import json
import logging
import math
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from face_rec.clock import MachineClock
from face_rec.files import make_folder, write_durable

log = logging.getLogger(__name__)

NAME: Final = "operating-time.json"
SAVED: Final = 300.0
"""Seconds between two notes on the disk: so many does a power cut take away at most."""


@dataclass(frozen=True, slots=True)
class _Noted:
    """``up`` seconds after its start ``boot`` the machine had run for ``total``."""

    boot: str
    base: float
    up: float

    @property
    def total(self) -> float:
        return self.base + self.up


class OperatingTime:
    """Seconds, by calling it: they never go back, and all processes of a start agree on them. The
    note in ``path`` carries them across starts; where it is lost they begin with those of this
    start, and whoever has kept a greater number takes it for now. Safe from any thread; raises
    nothing."""

    def __init__(self, path: Path, clock: MachineClock) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._base: float | None = None  # None: nobody has looked at the note yet
        self._due = -math.inf  # of the next note, seconds of this start

    def __call__(self) -> float:
        with self._lock:
            up = self._clock.uptime()
            if self._base is None or up >= self._due:
                self._due = up + SAVED
                self._base = self._gone_on(up)
                self._note(_Noted(self._clock.boot, self._base, up))
            return self._base + up

    def _gone_on(self, up: float) -> float:
        """What to add to ``up``, as the start before has left it, or another process knows it.
        What passed of this start before anybody noted it is not counted."""
        noted = self._read()
        if noted is None:
            return self._base or 0.0
        found = noted.base if noted.boot == self._clock.boot else noted.total - up
        return found if self._base is None else max(found, self._base)

    def _read(self) -> _Noted | None:
        try:
            found = json.loads(self._path.read_bytes())
            noted = _Noted(str(found["boot"]), float(found["base"]), float(found["up"]))
            if not math.isfinite(noted.total):
                raise ValueError("no times")  # noqa: TRY301
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("operating_time_unreadable reason=%s", error)
            return None
        return noted

    def _note(self, noted: _Noted) -> None:
        try:
            make_folder(self._path.parent)
            write_durable(self._path, json.dumps(asdict(noted)).encode())
        except OSError as error:  # then the next start counts less
            log.warning("operating_time_not_saved reason=%s", error)
