"""For the reception: the page Visitors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.terms.filters import Filters
from face_rec.badges.card import Look
from face_rec.facades.facade import Facade
from face_rec.languages.translator import Translator
from face_rec.protocols.people_store import PeopleReader
from face_rec.visitors.consent import VisitorTexts
from face_rec.visitors.phone import VisitorLinks
from face_rec.visitors.visitor_service import VisitorService


@dataclass(frozen=True, slots=True)
class VisitorsFacade(Facade):
    service: VisitorService
    texts: VisitorTexts
    links: VisitorLinks
    look: Callable[[], Look]
    """Of the badges that are printed."""
    people: PeopleReader
    people_inside: Callable[[Filters, datetime], Sequence[DayRecord]]
    """Who of the people that a filter lets through is in at a moment; may raise
    StoreUnavailable."""
    words: Callable[[str | None], Translator]
    """In which a visitor reads what they agree to; None: in the site's."""
    mail_on: Callable[[], bool]
    """Whether hosts are written to; may raise StoreUnavailable."""
