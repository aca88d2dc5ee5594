"""Everything about attendance behind one door, for pages and commands."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from face_rec.attendance.book import AttendanceBook
from face_rec.attendance.correction_desk import CorrectionDesk
from face_rec.attendance.inquiry import Inquiry
from face_rec.attendance.rule_desk import RuleDesk
from face_rec.attendance.sources import Stores
from face_rec.clock import Clock


@dataclass(frozen=True, slots=True)
class Office:
    """``book`` answers, ``inquiry`` explains, the two desks change things;
    ``stores`` are below them. Safe from any thread."""

    stores: Stores
    book: AttendanceBook
    inquiry: Inquiry
    corrections: CorrectionDesk
    rules: RuleDesk


def open_office(stores: Stores, clock: Clock, zone: ZoneInfo) -> Office:
    """All of it over these stores; nothing is read yet."""
    book = AttendanceBook(stores, clock, zone)
    inquiry = Inquiry(book, stores.attendance)
    return Office(
        stores,
        book,
        inquiry,
        CorrectionDesk(stores.attendance, book, inquiry, clock),
        RuleDesk(stores.rules, book),
    )
