"""A site that registers people on their own phones, and such a phone."""

from dataclasses import dataclass, field
from typing import Any

import cv2
import pytest
from httpx import Response

from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.limits.throttle import Throttle
from face_rec.assembly.people.invitations import tell_of
from face_rec.assembly.storage.stores import open_invitation_records
from face_rec.domain.faces import View
from face_rec.domain.people import Person
from face_rec.domain.site.self_enrolment import CONSENT_TEXT, SelfEnrolling
from face_rec.invitations.deciding import EnrolDecisions
from face_rec.invitations.invitation import Standing
from face_rec.invitations.invitation_service import ENROL, InvitationService
from face_rec.invitations.phone import PhoneCaptures
from face_rec.invitations.phone_enrolment import PhoneEnrolment
from face_rec.languages.translator import Translators
from face_rec.notices.running.links import Links, Said
from face_rec.people.photos.capture import GuidedCapture
from face_rec.protocols.streams import FrameProcessor
from face_rec.stores.access.sessions import RedisCounters
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import KeyedSeal, derived
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.web.enrol import pages
from tests.fakes.access import MemoryAudit
from tests.fakes.capture import NOSES, LookingStream
from tests.fakes.clock import FakeClock
from tests.fakes.enrolment import People, painted
from tests.fakes.invitations import Mailbox
from tests.gate_app import ORIGIN, GateApp, access_on, submit

TRANSLATORS = Translators()
VIEWS = (View.FRONT, View.LEFT, View.RIGHT, View.UP, View.DOWN)


class Looking:
    """An engine that looks at a picture in the thread that brings it."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def open(self, name: str, processor: FrameProcessor) -> LookingStream[GuidedCapture]:
        assert isinstance(processor, GuidedCapture)
        return LookingStream(name, processor, self._clock, lambda _: None)


@dataclass
class Site:
    """A site over painted faces; ``rule``: what it allows."""

    client: Client
    clock: FakeClock = field(default_factory=FakeClock)
    rule: SelfEnrolling = SelfEnrolling.ASK
    consent: str = CONSENT_TEXT
    wanted: list[bool] = field(default_factory=list)
    """Times at which what is deleted was to leave the database's files."""

    def __post_init__(self) -> None:
        self.people = People()
        self.people.clock = self.clock
        self.sealer = DataSealer(derived(["a" * 64], "test"))
        self.records = open_invitation_records(self.client, "main", self.sealer)
        links = Links(
            "http://localhost",
            KeyedSeal("links", "main", derived(["c" * 64], "links")),
            self.clock,
        )
        self.outbox = RedisOutbox(self.client, "main")
        self.store, self.mail, self.audit = self.people.store, Mailbox(), MemoryAudit()
        log = AuditLog(self.audit, self.clock)
        self.decisions = EnrolDecisions(
            records=self.records, people=self.store, writer=self.store,
            enrolment=self.people.enrolment, audit_log=log, clock=self.clock,
            want=lambda: self.wanted.append(True),
        )  # fmt: skip
        self.service = InvitationService(
            records=self.records, people=self.store, audit_log=log, clock=self.clock,
            rule=lambda: self.rule, mail=self.mail,
            token=lambda one: links.token(ENROL, Said(one.id), one.until),
        )  # fmt: skip
        captures = PhoneCaptures(
            Looking(self.clock),
            self.people.enrolment.guided,
            self.clock,
        )
        self.door = PhoneEnrolment(
            records=self.records, people=self.store, enrolment=self.people.enrolment,
            decisions=self.decisions, captures=captures,
            read=lambda token: said.what if (said := links.read(ENROL, token)) else "",
            throttle=Throttle(RedisCounters(self.client, "main")), audit_log=log,
            clock=self.clock, rule=lambda: self.rule,
            tell=lambda made: tell_of(self.outbox, made, len(self.records.enrolments.all())),
        )  # fmt: skip
        parts = pages.Enrolling(
            self.door, lambda code: TRANSLATORS.of(code or "en"), lambda: "School",
            lambda: (self.consent, "7"), self.clock,
        )  # fmt: skip
        access = access_on(self.client, self.clock)
        self.gate = GateApp(access, self.clock, more=[*pages.routes(lambda: parts)])
        self.gate.add("boss")  # else nobody is let in at all

    def listed(self, person_id: str = "7", name: str = "Ada") -> Person:
        """Somebody of whom the office has no photo."""
        made = Person(f"{int(person_id):024x}", person_id, name, "1a", "ada@example.org")
        return self.store.create(made, (), self.store.revision())

    def invited(self, person: Person) -> str:
        """The path of their link."""
        self.service.invite([person.subject], "boss")
        (made,) = self.records.of(person.subject)
        return self.service.path(made)

    def poster(self, most: int = 2) -> str:
        return self.service.path(self.service.poster("1a", "boss", most=most))

    def standing(self, person: Person) -> Standing:
        (one,) = self.records.of(person.subject)
        return one.standing

    def actions(self) -> list[str]:
        return [entry.action for entry in self.audit.entries]


class Phone:
    """A browser at a link."""

    def __init__(self, site: Site, path: str, address: str = "10.0.0.1") -> None:
        self.path = path
        self.browser = site.gate.browser(address)

    def agree(self, **typed: str) -> Response:
        page = self.browser.get(self.path).text
        text = page.partition('name="text" value="')[2].partition('"')[0]
        return submit(self.browser, self.path, {"agree": "yes", "text": text, **typed})

    def start(self) -> Response:
        answer: Response = self.browser.post(f"{self.path}/start", headers=ORIGIN)
        return answer

    def show(self, view: View, who: int = 1) -> dict[str, Any]:
        """Keep still for a moment, turned so; what was said last."""
        numbers = self.start().json()["numbers"]
        told: dict[str, Any] = {}
        for _ in range(8):
            told = self.picture(numbers.pop(0), view, who).json()
            numbers.append(told["number"])
            if view in told["guide"]["taken"]:
                break
        return told

    def picture(self, number: str, view: View = View.FRONT, who: int = 1) -> Response:
        jpeg = cv2.imencode(".jpg", painted(who, NOSES[view]), [cv2.IMWRITE_JPEG_QUALITY, 97])[1]
        headers = {**ORIGIN, "content-type": "image/jpeg", "x-kiosk-number": number}
        answer: Response = self.browser.post(
            f"{self.path}/picture", content=jpeg.tobytes(), headers=headers
        )
        return answer

    def shown(self, who: int = 1, **typed: str) -> "Phone":
        """Agreed, and all views taken."""
        assert self.agree(**typed).status_code == 303
        for view in VIEWS:
            told = self.show(view, who)
        assert told["guide"]["done"], told
        return self

    def send(self) -> Response:
        page = self.browser.get(f"{self.path}/camera").text
        token = page.partition('name="form_token" value="')[2].partition('"')[0]
        answer: Response = self.browser.post(
            f"{self.path}/send", data={"form_token": token}, headers=ORIGIN
        )
        return answer


@pytest.fixture
def site(redis_client: Client) -> Site:
    return Site(redis_client)
