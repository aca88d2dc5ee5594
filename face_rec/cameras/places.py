"""The kiosks' records, as far as cameras have one each."""

from datetime import date
from typing import Protocol

from face_rec.kiosks.kiosk import KioskRecord


class Places(Protocol):
    """What keeps them; see :class:`face_rec.attendance.kiosk_service.KioskService`."""

    def all(self) -> tuple[KioskRecord, ...]: ...

    def today(self) -> date: ...

    def create(self, record: KioskRecord) -> None: ...

    def save(self, record: KioskRecord, seen: KioskRecord, since: date | None) -> None: ...

    def remove(self, seen: KioskRecord) -> None: ...
