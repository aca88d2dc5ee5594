"""Which kiosks there are, and a sign of life for each that has a picture."""

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Final

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.domain.liveness import Check
from face_rec.kiosks.kiosk import KioskRecord

# Heartbeat: a sign of life for each kiosk that has a picture, as long as it has one and whoever
# comes past can be marked.
#
# The history of these beats is what tells an absence from an outage, see
# :mod:`face_rec.kiosks.kiosk`.

log = logging.getLogger(__name__)

EVERY: Final = 30.0
"""Seconds between beats; a store joins beats that are at most three minutes apart."""


class Heartbeat:
    """A thread that beats until closed. ``alive`` names the kiosks with a picture now;
    ``beat`` notes one. A store that is away costs a beat, never the thread.

    A beat says that whoever came past was marked: while ``obstacle`` says why nobody can be, no
    kiosk beats, and the days are judged as in any other outage. It is asked only where there is
    a picture. ``beat`` is also told how many marks wait for the database (``waiting``)."""

    def __init__(
        self,
        alive: Callable[[], Iterable[str]],
        beat: Callable[[str, datetime, int], None],
        clock: Clock,
        every: float = EVERY,
        *,
        obstacle: Callable[[], str] = lambda: "",
        waiting: Callable[[], int] = lambda: 0,
    ) -> None:
        self._alive = alive
        self._waiting = waiting
        self._obstacle = obstacle
        self._beat = beat
        self._clock = clock
        self._every = every
        self._thread = Background("kiosk-heartbeat", self._run)
        self._thread.start()

    def close(self, timeout: float = 10.0) -> None:
        """Stop; returns when the last beat is written, or after ``timeout`` s."""
        self._thread.stop(timeout)

    def beat_once(self) -> None:
        """Note every kiosk that is alive now and where people can be marked."""
        kiosks = list(self._alive())
        if kiosks and (why := self._obstacle()):
            log.warning("beats_held_back kiosks=%d reason=%s", len(kiosks), why)
            return
        for kiosk in kiosks:
            try:
                self._beat(kiosk, self._clock.now(), self._waiting())
            except StoreError as error:
                log.warning("beat_lost kiosk=%s error=%s", kiosk, error)

    def _run(self) -> None:
        """A heartbeat that stops would turn absences into outages: Background goes on with it."""
        while not self._thread.stopping.wait(self._every):
            self.beat_once()


MAIN: Final = "main"
"""The kiosk of the office's own browser; it is there without anybody making it."""
MAIN_AT_FIRST: Final = KioskRecord(MAIN, watched=False)
"""Not watched: an office that closes a tab excuses nobody's absence."""
_FRESH: Final = 1.0  # seconds an answer holds: a camera asks fifteen times a second


class KioskRegister:
    """Safe to call from any thread. While the database is away the kiosks known last stay
    known: a kiosk goes on while Redis does not."""

    def __init__(
        self,
        load: Callable[[], tuple[KioskRecord, ...]],
        save: Callable[[KioskRecord], None],
        clock: Clock,
        away: Callable[[], bool] = lambda: False,
    ) -> None:
        """``away``: whether the database is known not to answer, so that nobody waits for it."""
        self._away = away
        self._load = load
        self._save = save
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, KioskRecord] = {}
        self._asked = float("-inf")

    def knows(self, name: str) -> bool:
        """Whether there is a kiosk of this name; the first question for ``MAIN`` makes it."""
        return name in self._fresh() or (name == MAIN and self._make_main())

    def names(self) -> list[str]:
        """All of them, in order."""
        return sorted({*self._fresh(), MAIN})

    def find(self, name: str) -> KioskRecord | None:
        """What the office decided about the kiosk; None of one that is not registered. The
        first question for ``MAIN`` makes it."""
        return self._fresh().get(name) if self.knows(name) else None

    def record(self, name: str) -> KioskRecord:
        """The same; of an unknown one only its name."""
        return self.find(name) or KioskRecord(name)

    def records(self) -> list[KioskRecord]:
        """Of all that are registered, by name."""
        known = self._fresh()
        return [known[name] for name in sorted(known)]

    def enforcing(self) -> list[str]:
        """Those that mark live faces only, in order."""
        return [one.id for one in self.records() if one.liveness.strict]

    def checks(self) -> bool:
        """Whether any checks liveness; ``MAIN`` does so long as nobody has decided otherwise."""
        known = {MAIN: MAIN_AT_FIRST} | self._fresh()
        return any(one.liveness is not Check.OFF for one in known.values())

    def forget(self) -> None:
        """Look again at the next question; after a change made in this process."""
        self._asked = float("-inf")

    def _fresh(self) -> dict[str, KioskRecord]:
        with self._lock:
            due = self._clock.monotonic() - self._asked >= _FRESH
            if due and not self._away():
                with suppress(StoreUnavailable):  # what was known stays known
                    self._known = {one.id: one for one in self._load()}
                self._asked = self._clock.monotonic()
            return self._known

    def _make_main(self) -> bool:
        try:
            self._save(MAIN_AT_FIRST)
        except StoreUnavailable:
            return True
        self.forget()
        return True
