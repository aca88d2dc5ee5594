"""Visitors: the host's letter, what rules tell, and the page on the visitor's phone."""

from dataclasses import dataclass
from datetime import UTC, timedelta

import pytest
from starlette.testclient import TestClient

from face_rec.access.audit.audit_log import AuditLog
from face_rec.assembly.people.visitors import VisitorTelling
from face_rec.notices.notice import NoticeKind
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.people.person_codec import Unsealed
from face_rec.visitors.consent import VisitorTexts
from face_rec.visitors.phone import VisitorLinks
from face_rec.visitors.upkeep import VisitorUpkeep
from face_rec.visitors.visit import Guest, Visit
from face_rec.visitors.visit_records import VisitRecords
from face_rec.visitors.visitor_letters import LETTER, VisitorLetters
from face_rec.visitors.visitor_service import VisitorService
from face_rec.web.told import visiting
from face_rec.web.told.visiting import Visiting
from tests.fakes.people import FakePeople
from tests.fakes.visitors import Purged
from tests.gate_app import GateApp, access_on, submit
from tests.integration.notices.a_site import ADA, Process, Site, translators
from tests.integration.notices.receiver import Mailbox

NAME = "Zaphod Quartz"


@dataclass
class Reception:
    """Over a real Redis and mail server; ``phone`` is a browser of nobody."""

    site: Site
    mail: Mailbox
    service: VisitorService
    links: VisitorLinks
    texts: VisitorTexts
    own: list[str]
    process: Process
    phone: TestClient

    def announced(self, *, agreed: bool = True) -> Visit:
        now = self.site.clock.now()
        guest = Guest(NAME, "Quartz & Sons")
        made = self.service.announce(guest, ADA.subject, now, now + timedelta(hours=2), "max")
        if agreed:
            self.service.agree(made.id, self.texts.shown(self.site.told.voice("de").words))
        return made


@pytest.fixture
def reception(site: Site, mail: Mailbox) -> Reception:
    people = FakePeople(site.clock)
    people.create(ADA, (), people.revision())
    access = access_on(site.client, site.clock)
    book = VisitRecords(RedisRecords(site.client, "main", Visit), Unsealed())
    telling = VisitorTelling(people, RedisOutbox(site.client, "main"), site.personal)
    service = VisitorService(
        records=book, people=people, badges=access.badges,
        audit_log=AuditLog(site.audit, site.clock), clock=site.clock, on=lambda: True,
        zone=lambda: UTC, tell=telling.came, purge=Purged(),
    )  # fmt: skip
    own = [""]
    texts = VisitorTexts(own=lambda: own[0], days=lambda: 1, site=lambda: "School")
    links = VisitorLinks(site.links, service)
    site.personal.written_by({LETTER: VisitorLetters(book).write})
    parts = Visiting(links, service, texts, lambda: "School")
    gate = GateApp(access, site.clock, more=[*visiting.routes(lambda: parts)],
                   words=lambda code: translators.of(code or "en"))  # fmt: skip
    upkeep = VisitorUpkeep(service, site.clock, days=lambda: 14, overdue=telling.stays)

    def remind() -> None:
        upkeep.look()

    process = site.opened(remind)
    return Reception(site, mail, service, links, texts, own, process, gate.browser())


def test_the_host_gets_one_letter_and_rules_tell_without_the_visitor_s_name(
    reception: Reception,
) -> None:
    site, mail = reception.site, reception.mail
    office = site.office(mail)
    site.rule(office, NoticeKind.VISITOR, NoticeKind.VISITOR_STAYS)
    visit = reception.announced()
    other = reception.announced()
    assert reception.service.come(other.id) is False, "nobody has said by which mail server"
    site.personal.server.switch(office.id)
    assert reception.service.come(visit.id, "door") is True
    reception.process.look()
    reception.process.send()
    to_host = [text for text, to in zip(mail.letters, mail.to, strict=True) if to == [ADA.email]]
    others = [text for text, to in zip(mail.letters, mail.to, strict=True) if to != [ADA.email]]
    (letter,) = to_host
    assert f"{NAME}, Quartz & Sons is here for you, since 08:00." in letter
    assert len(others) == 2
    assert all("A visitor of Ada Byron is here" in text for text in others)
    site.clock.advance(3 * 3600)
    for _ in range(2):
        reception.process.look()
        reception.process.send()
    stays = mail.letters[3:]
    assert len(stays) == 2, "once a visit"
    assert all("who was to leave by 10:00 is still here" in text for text in stays)
    assert NAME not in "".join([*others, *stays])
    kept = b"".join(
        str(site.client.dump(key)).encode()
        for key in site.client.scan_iter() if b"notices" in key
    )  # fmt: skip
    assert b"Quartz" not in kept


def test_a_letter_of_a_visit_that_is_erased_meanwhile_is_not_sent(reception: Reception) -> None:
    site = reception.site
    site.personal.server.switch(site.office(reception.mail).id)
    visit = reception.announced()
    reception.service.come(visit.id)
    reception.service.erase([visit.id])
    reception.process.send()
    assert not reception.mail.letters


def test_a_visitor_agrees_on_the_phone_to_what_the_page_showed_and_to_nothing_else(
    reception: Reception,
) -> None:
    visit = reception.announced(agreed=False)
    link, phone = reception.links.path(visit), reception.phone
    shown = phone.get(link, headers={"accept-language": "de"})
    assert "School hält Ihren Namen" in shown.text
    assert "{count}" not in shown.text
    assert NAME not in shown.text, "whoever has the link learns nothing"
    assert "1 Tag nach Ihrem Besuch" in shown.text
    phone.headers.update({"accept-language": "de"})
    for said in ("", "yes", "0" * 16):
        submit(phone, link, {"text": said})
    stored = reception.service.records.visits.get(visit.id)
    assert stored is not None
    assert stored.agreed_at is None
    text = shown.text.split('name="text" value="')[1].split('"')[0]
    reception.own[0] = "Follow the safety rules."
    submit(phone, link, {"text": text})
    stored = reception.service.records.visits.get(visit.id)
    assert stored is not None
    assert stored.agreed_at is None, "the text is another one by now"
    reception.own[0] = ""
    done = submit(phone, link, {"text": text})
    assert "Danke" in done.text
    stored = reception.service.records.visits.get(visit.id)
    assert stored is not None
    assert (stored.text_version, stored.language) == ("1", "de")
    assert stored.text.startswith("School hält")
    assert phone.get(f"{link[:-1]}x").status_code == 410
    reception.service.erase([visit.id])
    assert phone.get(link).status_code == 410
    assert submit(phone, link, {"text": text}).status_code == 410
    assert not reception.service.records.visits.all()
