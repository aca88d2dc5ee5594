"""Where the office decides about kiosks: the one writer of their records."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from face_rec.attendance.attendance_service import AttendanceService
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.terms.status import StatusChange
from face_rec.domain.errors import RuleRefused
from face_rec.kiosks.kiosk import NAME, KioskRecord
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

_LONGEST: Final = 80
_NAMED: Final = msgid(
    "A kiosk's name has 1 to 32 lower-case letters, digits and hyphens, such as front-door."
)
_MINE: Final = Authority(kiosks=True)


class KioskService:
    """Safe to call from any thread. Raises RuleRefused and ProofNeeded, with nothing saved, and
    StoreUnavailable.

    ``seen``: the record as it was shown to who changes it; what somebody else has set meanwhile
    is not undone unseen. ``since``: the day from which a changed rule of the day holds; None:
    the past is judged anew as well. All else that a record says holds at once.
    """

    def __init__(
        self,
        service: Callable[[], AttendanceService],
        *,
        demand: Callable[[], None],
        unlink: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        """``service``: attendance in the site's time zone, whatever that is by now. ``demand``
        raises ProofNeeded where whoever acts must first prove who they are. ``unlink`` takes
        its device from a kiosk that is given up. ``changed`` is called after each write, in the
        thread that made it; also after one whose answer was lost, for it may have been written.
        """
        self._service = service
        self._demand = demand
        self._unlink = unlink
        self._changed = changed

    def all(self) -> tuple[KioskRecord, ...]:
        """Every registered kiosk, by name."""
        return self._service().timesheets.rules().kiosks

    def today(self) -> date:
        return self._service().timesheets.today()

    def create(self, record: KioskRecord) -> None:
        """Register a kiosk."""
        self._demand()
        if not NAME.fullmatch(record.id):
            raise RuleRefused((_NAMED,))
        if any(one.id == record.id for one in self.all()):
            text = sentence(
                "There is a kiosk {name} already. Choose another name.", name=record.id
            )
            raise RuleRefused((text,))
        self._save(record, Rules(), None)

    def save(self, record: KioskRecord, seen: KioskRecord, since: date | None) -> None:
        """Change a registered kiosk."""
        self._demand()
        if record == seen and since is not None and since >= (seen.valid_from or since):
            return
        self._save(record, Rules(kiosks=(seen,)), since)

    def remove(self, seen: KioskRecord) -> None:
        """Give the kiosk up: its device first, so that no tablet is one that is not there."""
        self._demand()
        service, begun = self._service(), Rules(kiosks=(seen,))
        service.rules.check_unmoved(seen, begun)
        self._unlink(seen.id)
        try:
            service.rules.remove(seen, authority=_MINE, begun=begun)
        finally:
            self._changed()

    def preview(
        self, record: KioskRecord, first: date, last: date, since: date | None
    ) -> list[StatusChange]:
        """Whose status on these days saving ``record`` would change."""
        return self._service().rules.preview((record,), first, last, since)

    def _save(self, record: KioskRecord, begun: Rules, since: date | None) -> None:
        titled = replace(record, title=record.title.strip()[:_LONGEST] or record.id)
        try:
            self._service().rules.save(titled, authority=_MINE, begun=begun, since=since)
        finally:
            self._changed()
