"""People mark themselves on their phone: the real gate, pages, journal and Redis, with painted
faces."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path
from typing import Any

import cv2
import pytest
from httpx import Response
from starlette.testclient import TestClient

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.limits.throttle import MOBILE, Throttle
from face_rec.assembly.people.keepers import mobile_keeper
from face_rec.attendance.rules.mobile import MobilePunch, Place
from face_rec.domain.errors import JournalError, StoreUnavailable
from face_rec.domain.faces import Image, View
from face_rec.domain.marks import Event, EventKind, Source, Whereabouts
from face_rec.domain.people import Person
from face_rec.domain.site.own_ways import OwnWay
from face_rec.journey.decide import Policy
from face_rec.journey.liveness.enrolment import EnrolmentWatch
from face_rec.journey.marking.mark import DurableMarker
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.languages.translator import Translators
from face_rec.mobile.agreed import MobileConsent, MobileConsents
from face_rec.mobile.attempts import LASTS, Attempts
from face_rec.mobile.own_face import OwnFace
from face_rec.mobile.phone_punch import PhonePunch
from face_rec.people.photos.capture import GuidedCapture
from face_rec.people.photos.photo_check import Examiner
from face_rec.people.photos.quality import CAPTURE, assess
from face_rec.protocols.streams import FrameProcessor
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.access.sessions import RedisCounters
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.backup.backup_records import BackupKeys
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.redis.client import Client
from face_rec.web.mobile import pages
from tests.fakes.access import MemoryAudit
from tests.fakes.capture import LookingStream
from tests.fakes.clock import FakeClock
from tests.fakes.enrolment import People, painted
from tests.fakes.models import FakeLife
from tests.fakes.snapshots import SnapshotList
from tests.gate_app import ORIGIN, GateApp, access_on, submit

TRANSLATORS = Translators()
HERE = "/my/punch"
GATE = Place("Main gate", 52.516300, 13.377700, 100)
RULE = MobilePunch("r", "1a", (GATE,), live=False)
AT_THE_GATE = {"latitude": 52.516345678, "longitude": 13.377712345, "accuracy": 12.0}
TURNS = {View.FRONT: 0.0, View.LEFT: 0.12, View.RIGHT: -0.12}


class Looking:
    """An engine that looks at a picture in the thread that brings it."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def open(self, name: str, processor: FrameProcessor) -> LookingStream[OwnFace]:
        assert isinstance(processor, OwnFace)
        return LookingStream(name, processor, self._clock, lambda _: None)


@dataclass
class Site:
    """A site over painted faces; Ada (who is painted as 1) and Bo (as 2) are registered."""

    client: Client
    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.people = People()
        self.people.clock = self.clock
        self.store, self.audit = self.people.store, MemoryAudit()
        self.rules = RedisRules(self.client, "main")
        self.attendance = RedisAttendance(self.client, "main")
        self.journal = FileJournal(self.folder / "journal")
        self.marker = DurableMarker(self.attendance, self.journal, self.clock, lambda: 300.0)
        self.ada, self.bo = self._person("7", "Ada", 1), self._person("8", "Bo", 2)
        self.people.caught_up(self.store.revision(), 1.0)
        self.consents = MobileConsents(
            RedisRecords(self.client, "main", MobileConsent), MobileConsent
        )
        self.snapshots = SnapshotList()
        self.deps = PipelineDeps(
            models=self.people.models, gallery=self.people.follower.gallery,
            directory=self.people.directory, marker=self.marker, snapshots=self.snapshots,
            assess=assess, clock=self.clock, policy=Policy(),
        )  # fmt: skip
        examiner = Examiner(self.people.models, assess, CAPTURE)

        def guided(steps: Any, live: bool) -> GuidedCapture:  # noqa: ANN401
            watch = EnrolmentWatch(self.people.models, assess, lambda: live)
            return GuidedCapture(examiner, watch=watch, steps=steps)

        self.door = PhonePunch(
            people=self.store, rules=lambda: self.rules.load().mobiles, now=self.clock.now,
            consents=self.consents, attempts=Attempts(Looking(self.clock), self.clock),
            guided=guided, deps=self.deps,
            throttle=Throttle(RedisCounters(self.client, "main")),
            audit_log=AuditLog(self.audit, self.clock),
        )  # fmt: skip
        parts = pages.Punching(
            self.door, lambda code: TRANSLATORS.of(code or "en"), lambda: "School",
            lambda at: at, self.clock,
        )  # fmt: skip
        access = access_on(
            self.client, self.clock, registered=self.store,
            own_ways=lambda: frozenset({OwnWay.LINK}),
        )  # fmt: skip
        self.gate = GateApp(access, self.clock, more=[*pages.routes(lambda: parts)])
        self.gate.add("boss")
        self.rules.put(RULE)

    def _person(self, person_id: str, name: str, who: int) -> Person:
        details = replace(self.people.details(person_id, name), group="1a")
        return self.people.enrolment.register(details, [self.people.photo(who)])

    def lives(self, score: float | None = 0.9) -> None:
        """Liveness models are installed."""
        models = self.people.models.models
        assert models is not None
        self.people.models.models = replace(models, life=FakeLife(score))

    def events(self) -> list[Event]:
        return list(self.attendance.day(self.clock.now().date()))

    def actions(self) -> list[str]:
        return [entry.action for entry in self.audit.entries]


class Phone:
    """A browser in which somebody is signed in to their own attendance."""

    def __init__(self, site: Site, person: Person, address: str = "10.0.0.1") -> None:
        self.browser: TestClient = site.gate.browser(address)
        link = f"/my/link/{site.gate.access.own_sign_in.make_link(person, 'boss')}"
        assert submit(self.browser, link, {}).status_code == 303
        self.punch = ""
        self.numbers: list[str] = []
        self.steps: list[str] = []

    def agree(self) -> "Phone":
        page = self.browser.get(HERE).text
        token = page.partition('name="form_token" value="')[2].partition('"')[0]
        text = page.partition('name="text" value="')[2].partition('"')[0]
        form = {"form_token": token, "text": text, "agree": "yes"}
        answer = self.browser.post(f"{HERE}/agree", data=form, headers=ORIGIN)
        assert answer.status_code == 303, answer.text
        return self

    def send(self, text: str) -> Response:
        headers = {**ORIGIN, "content-type": "application/json"}
        answer: Response = self.browser.post(f"{HERE}/where", content=text, headers=headers)
        return answer

    def press(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        told: dict[str, Any] = self.send(json.dumps(AT_THE_GATE | more)).json()
        self.punch, self.steps = told.get("punch", ""), told.get("steps", [])
        self.numbers = self.start().json().get("numbers", []) if self.punch else []
        return told

    def start(self, punch: str | None = None) -> Response:
        headers = {**ORIGIN, "x-punch": self.punch if punch is None else punch}
        answer: Response = self.browser.post(f"{HERE}/start", headers=headers)
        return answer

    def picture(self, image: Image, number: str = "") -> Response:
        jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 97])[1].tobytes()
        headers = {**ORIGIN, "content-type": "image/jpeg", "x-punch": self.punch,
                   "x-kiosk-number": number or self.numbers.pop(0)}  # fmt: skip
        answer: Response = self.browser.post(f"{HERE}/picture", content=jpeg, headers=headers)
        if answer.status_code == 200:
            self.numbers.append(answer.json()["number"])
        return answer

    def look(self, who: int = 1) -> dict[str, Any]:
        """Do what is asked for, as a head does it; what came of it."""
        nose, told = 0.0, {}
        for _ in range(80):
            told = self.picture(painted(who, (nose, 0.0))).json()
            if told["result"]:
                return dict(told["result"])
            to = TURNS[View(told["guide"]["wanted"] or "front")]
            nose += max(-0.03, min(0.03, to - nose))
        raise AssertionError(f"nothing came of it: {told}")


@pytest.fixture
def site(redis_client: Client, tmp_path: Path) -> Site:
    return Site(redis_client, tmp_path)


def test_who_is_near_and_shows_their_own_face_is_marked_once_as_on_a_phone(
    site: Site, redis_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    phone = Phone(site, site.ada)
    asked = phone.browser.get(HERE)
    assert "I agree that this page asks my phone" in asked.text
    assert "geolocation=()" in asked.headers["permissions-policy"], "nothing is asked before"
    assert "Agree to the use" in phone.press()["problem"]
    page = phone.agree().browser.get(HERE)
    assert "geolocation=(self)" in page.headers["permissions-policy"]
    assert "script-src 'self'" in page.headers["content-security-policy"]
    told = phone.press()
    assert "You are near enough" in told["text"]
    assert "6 m from Main gate (radius 100 m), right to 12 m" in told["picture"]
    result = phone.look()
    assert result == {"became": "marked", "text": "You are marked: 08:00, Main gate."}
    (event,) = site.events()
    assert (event.source, event.kind, event.subject) == (
        Source.MOBILE, EventKind.PUNCH, site.ada.subject,
    )  # fmt: skip
    assert event.where == Whereabouts("Main gate", 6, 12)
    assert event.score is not None
    assert [key for key, _ in site.snapshots.offered] == [event.snapshot]

    again = phone.picture(painted(1)).json()
    assert again["result"] == result, "whoever asks again is told the same"
    site.clock.advance(60.0)
    phone.press()
    assert phone.look()["text"] == "You were marked at 08:00 already, and that mark stands."
    assert len(site.events()) == 1
    assert site.actions() == [Action.MOBILE_AGREED]
    _coordinates_are_nowhere(site, redis_client, caplog.text)


def _coordinates_are_nowhere(site: Site, client: Client, log: str) -> None:
    """Neither in the database nor in a file nor in the log."""
    files = [one.read_bytes() for one in site.folder.rglob("*") if one.is_file()]
    dumps = [client.dump(key) or b"" for key in client.scan_iter()]
    plain = [repr(client.lrange(key, 0, -1)).encode()
             for key in client.scan_iter(match="attendance:*")]  # fmt: skip
    assert plain
    for held in (*files, *dumps, *plain, log.encode()):
        assert b"5163456" not in held
        assert b"3777123" not in held


def test_another_face_is_refused_whoever_it_is_and_nobody_is_named(site: Site) -> None:
    phone = Phone(site, site.ada).agree()
    for stranger in (2, 9):  # Bo, who is registered, and nobody
        phone.press()
        result = phone.look(stranger)
        assert result["became"] == "refused"
        assert "not the face that is registered for you" in result["text"]
        assert "Bo" not in json.dumps(result)
        assert phone.picture(painted(1)).json()["result"] == result, "it is over"
    assert site.events() == []


@pytest.mark.parametrize(
    ("told", "said"),
    [({"latitude": 52.519085}, "You are 310 m from Main gate."),
     ({"latitude": -52.5}, "km from Main gate."),
     ({"accuracy": 100.4}, "Your phone knows where it is to 101 m only; 100 m are needed here."),
     ({"accuracy": float("nan")}, "The phone did not say where it is."),
     ({"latitude": float("inf")}, "The phone did not say where it is."),
     ({"longitude": 1e9}, "The phone did not say where it is."),
     ({"accuracy": None}, "The phone did not say where it is.")],
)  # fmt: skip
def test_who_is_elsewhere_or_does_not_say_where_is_told_the_metres_and_has_no_camera(
    site: Site, told: dict[str, Any], said: str
) -> None:
    phone = Phone(site, site.ada).agree()
    answer = phone.press(**told)
    assert said in answer["problem"]
    assert "punch" not in answer
    assert phone.start("").status_code == 410
    for body in ("{", "", "[" * 100_000):
        large = len(body) > 16 * 1024
        assert phone.send(body).status_code == (413 if large else 200)
    assert site.door.attempts.count() == 0


def _erase(site: Site) -> None:
    site.store.delete(site.ada.subject)
    site.gate.access.own_sign_in.forget(site.ada.subject)
    assert mobile_keeper(site.consents).forget(site.ada.subject) == 1


ENDS: dict[str, Callable[[Site], object]] = {
    "off": lambda site: site.rules.put(replace(RULE, on=False)),
    "moved": lambda site: site.rules.put(replace(RULE, places=(replace(GATE, latitude=48.0),))),
    "closed": lambda site: site.rules.put(replace(RULE, opens=time(7), closes=time(8))),
    "deactivated": lambda site: site.store.update(
        replace(site.ada, active=False, version=_version(site))
    ),
    "erased": _erase,
    "signed out": lambda site: site.gate.access.own_sign_in.close_all(site.ada.subject),
    "withdrawn": lambda site: site.door.withdraw(site.ada.subject, "10.0.0.2"),
    "late": lambda site: site.clock.advance(LASTS),
}


@pytest.mark.parametrize("over", ENDS)
def test_an_open_page_is_refused_at_once_when_it_may_no_more(site: Site, over: str) -> None:
    phone = Phone(site, site.ada).agree()
    phone.press()
    ENDS[over](site)
    assert phone.picture(painted(1)).status_code in {401, 410}
    assert site.events() == []
    if over not in {"moved", "late"}:
        answer = phone.send(json.dumps(AT_THE_GATE))
        assert answer.status_code in {401, 403} or answer.json()["problem"]
    site.clock.advance(LASTS)
    assert site.door.attempts.count() == 0, "no face stays in memory"


def _version(site: Site) -> int:
    found = site.store.get(site.ada.subject)
    assert found is not None
    return found.version


def test_an_attempt_is_its_persons_and_its_sign_ins_and_its_pictures_count_once(
    site: Site,
) -> None:
    ada, bo = Phone(site, site.ada).agree(), Phone(site, site.bo).agree()
    ada.press()
    assert bo.start(ada.punch).status_code == 410
    site.clock.advance(1.0)
    elsewhere = Phone(site, site.ada)
    assert elsewhere.start(ada.punch).status_code == 410
    number = ada.numbers[0]
    assert ada.picture(painted(1), number).status_code == 200
    assert ada.picture(painted(1), number).status_code == 428, (
        "a recorded request is worth nothing"
    )
    foreign = ada.browser.post(
        f"{HERE}/where", content=json.dumps(AT_THE_GATE),
        headers={"origin": "https://evil.example", "content-type": "application/json"},
    )  # fmt: skip
    assert foreign.status_code == 403
    first = ada.punch
    ada.press()
    assert ada.start(first).status_code == 410, "a newer one ends the one before"
    assert bo.press()["punch"]
    assert bo.look(1)["became"] == "refused", "Ada's face marks nobody in Bo's sign-in"
    assert site.events() == []


def test_where_only_live_faces_count_the_head_is_turned_and_who_is_not_sure_waits_for_review(
    site: Site,
) -> None:
    site.rules.put(replace(RULE, live=True))
    phone = Phone(site, site.ada).agree()
    phone.press()
    assert sorted(phone.steps) == ["front", "left", "right"]
    assert "cannot be told from pictures here" in phone.look()["text"]
    assert site.events() == []
    site.lives(0.4)  # neither live nor a picture
    phone.press()
    assert "not sure that you stand before the camera" in phone.look()["text"]
    (held,) = site.events()
    assert (held.kind, held.source) == (EventKind.HELD, Source.MOBILE)
    site.lives()
    phone.press()
    assert phone.look()["became"] == "marked"
    mark = site.events()[-1]
    assert (mark.kind, mark.live) == (EventKind.PUNCH, "live")


def test_people_say_which_way_they_go_where_their_group_is_asked_and_else_cannot(
    site: Site,
) -> None:
    phone = Phone(site, site.ada).agree()
    phone.press(kind="out")
    assert phone.look()["became"] == "marked"
    site.clock.advance(600.0)
    site.rules.put(replace(RULE, asks=True, review=True))
    assert 'value="out"' in phone.browser.get(HERE).text
    phone.press(kind="out", accuracy=98.0)
    assert phone.look()["became"] == "marked"
    kinds = [event.kind for event in site.events()]
    assert kinds == [EventKind.PUNCH, EventKind.OUT]
    assert "may have been outside" in " ".join(site.events()[-1].doubts)


def test_tries_are_bounded_and_a_full_disk_marks_nobody(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone(site, site.ada).agree()
    for _ in range(MOBILE.tries):
        assert phone.press(latitude=10.0)["problem"].startswith("You are")
    assert "Too many tries" in phone.press()["problem"]
    bo = Phone(site, site.bo).agree()
    assert bo.press()["punch"], "of each person they are counted apart"

    def full(_: Event) -> None:
        raise JournalError("The disk is full.")

    monkeypatch.setattr(site.journal, "append", full)
    assert "could not be saved" in bo.look(2)["text"]
    assert site.events() == []
    monkeypatch.undo()

    def away(*_: object) -> None:
        raise StoreUnavailable("Redis does not answer.")

    monkeypatch.setattr(Throttle, "forgive", away)
    bo.press()
    assert bo.look(2)["became"] == "marked", "whatever goes wrong once the mark is made"


def test_nobody_else_has_the_page_and_a_consent_is_withdrawn_kept_and_erased(
    site: Site, redis_client: Client
) -> None:
    for browser in (site.gate.browser(), site.gate.signed_in("boss"), site.gate.kiosk()):
        assert browser.get(HERE).status_code in {303, 401, 403}
        answer = browser.post(f"{HERE}/where", content="{}", headers=ORIGIN)
        assert answer.status_code in {401, 403}
    asked = site.gate.browser().get(HERE, headers={"accept": "text/html"})
    assert asked.headers["location"] == "/my"
    phone = Phone(site, site.ada).agree()
    keeper = mobile_keeper(site.consents)
    (held,) = keeper.held(site.ada.subject)
    assert "My coordinates are not kept" in held["text"]
    (key,) = [one.decode() for one in redis_client.scan_iter(match="access:*:mobile-consents")]
    assert BackupKeys("main").kind(key) == "hash"
    submitted = submit(phone.browser, HERE, {})
    assert submitted.status_code == 405
    page = phone.browser.get(HERE).text
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    phone.browser.post(f"{HERE}/withdraw", data={"form_token": token}, headers=ORIGIN)
    assert "Agree to the use" in phone.press()["problem"]
    assert keeper.held(site.ada.subject) == []
    assert site.actions() == [Action.MOBILE_AGREED, Action.MOBILE_WITHDRAWN]
    other = Phone(site, site.bo)
    site.rules.put(replace(RULE, group="2b"))
    off = other.browser.get(HERE)
    assert (off.status_code, "does not punch by phone" in off.text) == (403, True)
