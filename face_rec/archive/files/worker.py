"""The thread that keeps an archive of files up to date, and how that stands."""

import logging
from datetime import datetime, timedelta
from typing import Final

from face_rec.archive.files.month_files import MonthFiles
from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.health import HealthCheck

log = logging.getLogger(__name__)

EVERY: Final = 600.0
"""Seconds between two passes; the month that runs is written at each that finds new marks."""
_LATE: Final = timedelta(hours=2)


class FilesWorker:
    """Safe from any thread. Several processes may do the same: the files are the same, and what
    an older pass wrote over a newer one is found and mended by the next."""

    def __init__(self, files: MonthFiles, clock: Clock, every: float = EVERY) -> None:
        self._files = files
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
        detail = f"files as of {at:%Y-%m-%d %H:%M} UTC" if at else "files not complete yet"
        advice = f"{self._problem} Nothing is lost: Redis has it all." if self._problem else ""
        if not advice and now - (at or self._began) > _LATE:
            advice = "Writing takes long or has stopped: look into the log for archive_files."
        return HealthCheck("archive", ok=True, detail=detail, advice=advice, warning=bool(advice))

    def once(self) -> list[str]:
        """One pass now; the files that were written. Raises StoreError."""
        written = self._files.bring_up_to_date(self._thread.stopping.is_set)
        if not self._thread.stopping.is_set():
            self._complete_at, self._problem = self._clock.now(), ""
        if written:
            log.info("archive_files written=%d", len(written))
        return written

    def _run(self) -> None:
        while not self._thread.stopping.is_set():
            try:
                self.once()
            except StoreError as error:
                self._problem = str(error)
                log.warning("archive_files error=%s", error)
            self._thread.stopping.wait(self._every)
