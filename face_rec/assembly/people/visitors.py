"""Visitors over the stores of a site: the reception, the kiosks' greeting, and what is told."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from config import Settings
from face_rec.access.devices.badge_check import BadgeCheck
from face_rec.assembly.people.badges import badge_look
from face_rec.assembly.people.personal_data import purge_of
from face_rec.assembly.storage.stores import Stores
from face_rec.background import started
from face_rec.badges.card import Look
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.notices.delivery import Outbox
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.personal.mail import PersonalMail
from face_rec.notices.running.links import Links
from face_rec.protocols.people_store import PeopleReader
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.visitors.check_in import VisitorCheckIn
from face_rec.visitors.consent import VisitorTexts
from face_rec.visitors.phone import VisitorLinks
from face_rec.visitors.upkeep import VisitorUpkeep
from face_rec.visitors.visit import Visit
from face_rec.visitors.visitor_letters import LETTER, VisitorLetters
from face_rec.visitors.visitor_service import VisitorService

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visitors:
    """For pages, links and kiosks. ``look``: of the badges that are printed."""

    service: VisitorService
    texts: VisitorTexts
    links: VisitorLinks
    look: Callable[[], Look] = field(repr=False)


def open_visitors(
    settings: Settings,
    stores: Stores,
    clock: Clock,
    *,
    badges: BadgeCheck,
    links: Links,
    mail: PersonalMail,
    stack: ExitStack,
) -> Visitors:
    """All of it, started; ``badges`` learns who lets visitors in, ``mail`` who writes to hosts.
    Closed with ``stack``."""
    options, outbox = stores.options, RedisOutbox(stores.client, settings.site)
    telling = VisitorTelling(stores.people, outbox, mail)
    service = VisitorService(
        records=stores.visits, people=stores.people, badges=stores.access.badges,
        audit_log=stores.access.audit, clock=clock,
        on=lambda: options.current().visitors == "on", zone=lambda: options.current().timezone,
        tell=telling.came, purge=purge_of(settings, stores.client),
    )  # fmt: skip
    mail.written_by({LETTER: VisitorLetters(stores.visits).write})
    badges.visitors_by(VisitorCheckIn(service, clock).meet)
    upkeep = VisitorUpkeep(
        service, clock, days=lambda: options.current().visitor_days, overdue=telling.stays
    )
    started(upkeep, stack)
    texts = VisitorTexts(
        own=lambda: options.current().visitor_text, days=lambda: options.current().visitor_days,
        site=lambda: options.current().title,
    )  # fmt: skip
    return Visitors(service, texts, VisitorLinks(links, service), badge_look(stores))


class VisitorTelling:
    """No name of a visitor is in what is told by rules: the record has it, and the host's letter
    is written of that when it goes out. Safe from any thread."""

    def __init__(self, people: PeopleReader, outbox: Outbox, mail: PersonalMail) -> None:
        self._people = people
        self._outbox = outbox
        self._mail = mail

    def came(self, visit: Visit, kiosk: str) -> bool:
        """Whether the host is written to."""
        at = visit.came_at or visit.begins
        notice = Notice(f"visitor-{visit.id}", NoticeKind.VISITOR, at, visit.host, kiosk)
        try:
            self._outbox.publish_once(f"visitors-{at.date().isoformat()}", [notice])
            host = self._people.get(visit.host) if visit.host else None
            return host is not None and host.active and bool(
                self._mail.send(LETTER, visit.id, host)
            )  # fmt: skip
        except StoreError as error:
            log.warning("visitor_not_told reason=%s", type(error).__name__)
            return False

    def stays(self, visit: Visit) -> None:
        """Once a visit. Raises StoreError."""
        name, day = f"visitor-stays-{visit.id}", visit.until.date().isoformat()
        notice = Notice(name, NoticeKind.VISITOR_STAYS, visit.until)
        self._outbox.publish_once(f"visitors-stay-{day}", [notice])
