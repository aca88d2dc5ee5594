"""Where days lie that have left Redis."""

import threading
import time
from collections.abc import Sequence
from datetime import date
from typing import Final

from config import Settings
from face_rec.assembly.storage.snapshots import aws_credentials
from face_rec.domain.errors import ArchiveAway
from face_rec.languages.language import msgid
from face_rec.protocols.archive import ArchivedDays
from face_rec.settings.archive import Place
from face_rec.stores.left.left_days import LeftDays
from face_rec.stores.rds import RdsTokens
from face_rec.stores.redis.client import Client

_SILENT: Final = 3.0  # seconds


class LateDays:
    """An ``ArchivedDays`` of the archive in ``settings``, opened when a day is first read from it:
    its libraries take time and memory, and most sites have no such day."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opened: ArchivedDays | None = None
        self._lock = threading.Lock()
        self.silent_until = float("-inf")

    def entries(self, utc_day: date) -> list[bytes]:
        """Of one that did not answer, the next day is not asked for a moment: whoever has many to
        read, or to bring back, would wait for each."""
        if time.monotonic() < self.silent_until:
            raise ArchiveAway(msgid("It did not answer a moment ago."))
        try:
            return self._open().entries(utc_day)
        except ArchiveAway:
            self.silent_until = time.monotonic() + _SILENT
            raise

    def days_of(self, subject: str) -> Sequence[date]:
        return self._open().days_of(subject)

    def forget(self, subject: str) -> int:
        return self._open().forget(subject)

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = None

    def _open(self) -> ArchivedDays:
        from face_rec.archive.database import READ_SECONDS, ArchiveDatabase
        from face_rec.archive.days import PostgresDays

        with self._lock:
            if self._opened is None:
                database = ArchiveDatabase(
                    self._settings.archive_url or "", archive_token(self._settings), READ_SECONDS,
                    migrates=False,
                )  # fmt: skip
                self._opened = PostgresDays(database, self._settings.site)
            return self._opened


def archive_token(settings: Settings) -> RdsTokens | None:
    """What signs in at the archive instead of a password, where ARCHIVE_IAM says so."""
    if not settings.archive_iam:
        return None
    return RdsTokens(settings.aws_region, aws_credentials(settings))


def open_left(settings: Settings, client: Client) -> LeftDays:
    """Of a site without an archive none should have left; where one has, readers say so."""
    archived = settings.archive_place is Place.DATABASE
    return LeftDays(client, settings.site, LateDays(settings) if archived else None)
