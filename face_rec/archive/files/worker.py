"""The thread that keeps an archive of files up to date, and how that stands."""

import logging
from datetime import datetime, timedelta
from typing import Final

from face_rec.archive.files.passes import Passes
from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.health import HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

log = logging.getLogger(__name__)

EVERY: Final = 600.0
"""Seconds between two passes; the month that runs is written at each that finds new marks."""
_SOON: Final = 30.0
"""Seconds until the next try where another process was at it, or the place did not answer."""
_LATE: Final = timedelta(hours=2)


class FilesWorker:
    """Safe from any thread. Several processes may have one: they do it in turns."""

    def __init__(self, passes: Passes, clock: Clock, every: float = EVERY) -> None:
        self._passes = passes
        self._clock = clock
        self._every = every
        self._began = clock.now()
        self._complete_at: datetime | None = None
        self._problem = ""
        self._thread = Background("archive-files", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End after the file that is being written."""
        self._thread.stop(20)

    def lag(self) -> float | None:
        """Seconds since all of it was as Redis had it; None before the first time."""
        at = self._complete_at
        return None if at is None else (self._clock.now() - at).total_seconds()

    def check(self) -> HealthCheck:
        """A warning where files are not written; never a failure: Redis has all."""
        at, now = self._complete_at, self._clock.now()
        detail = msgid("files not complete yet")
        if at:
            detail = sentence("files as of {time} UTC", time=f"{at:%Y-%m-%d %H:%M}")
        advice = ""
        if self._problem:
            advice = sentence(
                "{problem} Nothing is lost: Redis has it all.", problem=self._problem
            )
        if not advice and now - (at or self._began) > _LATE:
            advice = msgid(
                "Writing takes long or has stopped: look into the log for archive_files."
            )
        return HealthCheck("archive", ok=True, detail=detail, advice=advice, warning=bool(advice))

    def once(self) -> bool:
        """One pass now; False where another process is at it. Raises StoreError."""
        written = self._passes.run(self._thread.stopping.is_set)
        if written is None:
            return False
        if not self._thread.stopping.is_set():
            self._complete_at, self._problem = self._clock.now(), ""
        if written:
            log.info("archive_files written=%d", len(written))
        return True

    def _run(self) -> None:
        while not self._thread.stopping.is_set():
            done = False
            try:
                done = self.once()
            except StoreError as error:
                if str(error) != self._problem:
                    log.warning("archive_files error=%s", error)
                self._problem = error.said
            self._thread.stopping.wait(self._every if done else _SOON)
