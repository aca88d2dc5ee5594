"""A reception in memory."""

from typing import cast

from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.badges import Badges
from face_rec.assembly.people.visitors import Visitors
from face_rec.badges.card import Look
from face_rec.notices.running.links import Links
from face_rec.protocols.people_store import PeopleReader
from face_rec.site_options import LiveOptions
from face_rec.stores.people.person_codec import Unsealed
from face_rec.visitors.consent import VisitorTexts
from face_rec.visitors.phone import VisitorLinks
from face_rec.visitors.visit import Visit
from face_rec.visitors.visit_records import VisitRecords
from face_rec.visitors.visitor_service import VisitorService
from tests.fakes.access import MemoryRecords
from tests.fakes.clock import FakeClock


class Purged:
    """A ``Purge`` that counts."""

    def __init__(self) -> None:
        self.wanted = self.ran = 0

    def want(self) -> None:
        self.wanted += 1

    def run(self) -> tuple[str, ...]:
        self.ran += 1
        return ("The database's own files were rewritten.",)

    def finish(self) -> None: ...


class _Signer:
    def sign(self, line: bytes) -> str:
        return f"a:{hash(line) & 0xFFFF:x}"

    def check(self, line: bytes, seal: str) -> bool:
        return self.sign(line) == seal


class Host:
    """Who is told: of which visits, at which kiosk; ``mail``: whether they are written to."""

    def __init__(self) -> None:
        self.mail = False
        self.told: list[tuple[str, str]] = []

    def __call__(self, visit: Visit, kiosk: str) -> bool:
        self.told.append((visit.id, kiosk))
        return self.mail


def fake_visitors(
    people: PeopleReader,
    badges: Badges,
    options: LiveOptions,
    clock: FakeClock,
    log: AuditLog,
) -> Visitors:
    """By the options of the site."""
    records: MemoryRecords[Visit] = MemoryRecords()
    service = VisitorService(
        records=VisitRecords(records, Unsealed()), people=people, badges=badges, audit_log=log,
        clock=clock, on=lambda: options.current().visitors == "on",
        zone=lambda: options.current().timezone, tell=Host(), purge=Purged(),
    )  # fmt: skip
    texts = VisitorTexts(
        own=lambda: options.current().visitor_text, days=lambda: options.current().visitor_days,
        site=lambda: options.current().title,
    )  # fmt: skip
    links = Links("https://door.example.org", _Signer(), clock)
    return Visitors(service, texts, VisitorLinks(links, service), lambda: Look("Test"))


def host_of(visitors: Visitors) -> Host:
    return cast("Host", visitors.service._tell)


def purged(visitors: Visitors) -> Purged:
    return cast("Purged", visitors.service._purge)
