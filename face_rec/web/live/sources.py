"""What the lines of kiosks need of the running system."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from face_rec.access.devices.badge_check import BadgeCheck
from face_rec.attendance.marks.visit import Visits
from face_rec.clock import Clock
from face_rec.domain.kiosks.look import Look
from face_rec.domain.marks import Event, EventKind, Receipt
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.languages import Languages
from face_rec.kiosks.offline import OfflineSeal
from face_rec.kiosks.screen_status import ScreenReports
from face_rec.kiosks.seats import Seats
from face_rec.languages.translator import Translator
from face_rec.protocols.people_store import Directory
from face_rec.protocols.streams import Stream
from face_rec.web.live.mark_lines import Portrait


class OwnLinking(Protocol):
    """What a screen needs for codes that lead to one's own page."""

    def offered(self) -> bool:
        """Whether the site wants it; answers at once."""
        ...

    def link(self, subject: str, kiosk: str) -> str:
        """The path of a link for this person, which the kiosk's device shows. Raises AccessError
        and StoreUnavailable; waits."""
        ...

    def base(self, opened: str) -> str:
        """How addresses begin that a phone reaches, for a screen that was opened by ``opened``."""
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """What lines need of the running system. ``knows``, ``record``, ``visits`` (of a local day),
    ``stamp`` (which differs when they do) and ``late`` (seconds that a mark's person has come
    late with it) may wait for the database, ``directory`` and ``portrait`` too, and so may
    ``choose``, which says what a mark at a kiosk of this title counts as; all others answer at
    once. ``show_turn``: a screen of a kiosk shows the turn of
    this name. ``badges``: what becomes of them; ``mark_badge`` marks a subject at a kiosk by one,
    and may wait. ``own``: codes for one's own page. ``look``: of the site's screens. ``words``:
    what is said in the language of this code; None: the site's. ``listen``: to be called whenever
    a kiosk has something new; returns what ends that. ``slow``: whether the view gives way to
    marks."""

    stream: Callable[[str], Stream]
    listen: Callable[[str, Callable[[], None]], Callable[[], None]]
    knows: Callable[[str], bool]
    record: Callable[[str], KioskRecord]
    visits: Callable[[date], Visits]
    stamp: Callable[[date], Hashable]
    late: Callable[[Event], int]
    directory: Directory
    portrait: Portrait
    choose: Callable[[Event, EventKind, str], None]
    show_turn: Callable[[str, str], object]
    badges: BadgeCheck
    mark_badge: Callable[[str, str], Receipt]
    away: Callable[[], bool]
    model: Callable[[], bool]
    waiting: Callable[[], int]
    title: Callable[[], str]
    look: Callable[[], Look]
    words: Callable[[str | None], Translator]
    zone: Callable[[], ZoneInfo]
    seal: OfflineSeal
    seats: Seats
    languages: Languages
    reports: ScreenReports
    clock: Clock
    own: OwnLinking
    slow: Callable[[], bool] = lambda: False

    def today(self) -> date:
        return self.clock.now().astimezone(self.zone()).date()
