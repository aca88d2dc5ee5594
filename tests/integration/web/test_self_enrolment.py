"""People register on their own phone: the real gate, pages and Redis, with painted faces."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import cv2
import pytest
from httpx import Response

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.limits.throttle import Throttle
from face_rec.assembly.invitations import invitations_keeper, tell_of
from face_rec.assembly.storage.stores import open_invitation_book
from face_rec.domain.enrolment_errors import FaceTaken
from face_rec.domain.errors import PeopleError, PictureRefused, StoreUnavailable
from face_rec.domain.faces import View
from face_rec.domain.people import Person
from face_rec.domain.self_enrolment import CONSENT_TEXT, SelfEnrolling
from face_rec.invitations.deciding import EnrolDecisions
from face_rec.invitations.desk import ENROL, InvitationDesk
from face_rec.invitations.door import EnrolDoor
from face_rec.invitations.invitation import WAITS, Invitation, Standing
from face_rec.invitations.phone import PhoneCaptures
from face_rec.invitations.phone_watch import PhoneWatch
from face_rec.languages.translator import Translators
from face_rec.notices.running.links import Links, Said
from face_rec.people.details import Details
from face_rec.people.photos.capture import GuidedCapture
from face_rec.protocols.streams import FrameProcessor
from face_rec.stores.access.sessions import RedisCounters
from face_rec.stores.backup.backup_records import BackupKeys
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
GERMAN = {"accept-language": "de"}


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
        self.book = open_invitation_book(self.client, "main", self.sealer)
        links = Links(
            "http://localhost",
            KeyedSeal("links", "main", derived(["c" * 64], "links")),
            self.clock,
        )
        self.outbox = RedisOutbox(self.client, "main")
        self.store, self.mail, self.audit = self.people.store, Mailbox(), MemoryAudit()
        log = AuditLog(self.audit, self.clock)
        self.decisions = EnrolDecisions(
            book=self.book, people=self.store, writer=self.store,
            enrolment=self.people.enrolment, audit_log=log, clock=self.clock,
            want=lambda: self.wanted.append(True),
        )  # fmt: skip
        self.desk = InvitationDesk(
            book=self.book, people=self.store, audit_log=log, clock=self.clock,
            rule=lambda: self.rule, mail=self.mail,
            token=lambda one: links.token(ENROL, Said(one.id), one.until),
        )  # fmt: skip
        captures = PhoneCaptures(
            Looking(self.clock),
            self.people.enrolment.guided,
            self.clock,
        )
        self.door = EnrolDoor(
            book=self.book, people=self.store, enrolment=self.people.enrolment,
            decisions=self.decisions, captures=captures,
            read=lambda token: said.what if (said := links.read(ENROL, token)) else "",
            throttle=Throttle(RedisCounters(self.client, "main")), audit_log=log,
            clock=self.clock, rule=lambda: self.rule,
            tell=lambda made: tell_of(self.outbox, made, len(self.book.enrolments.all())),
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
        self.desk.invite([person.subject], "boss")
        (made,) = self.book.of(person.subject)
        return self.desk.path(made)

    def poster(self, most: int = 2) -> str:
        return self.desk.path(self.desk.poster("1a", "boss", most=most))

    def standing(self, person: Person) -> Standing:
        (one,) = self.book.of(person.subject)
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


def test_who_was_invited_agrees_in_their_language_shows_their_face_and_waits_for_the_office(
    site: Site, redis_client: Client
) -> None:
    ada = site.listed()
    phone = Phone(site, site.invited(ada))
    phone.browser.headers.update(GERMAN)
    text = TRANSLATORS.of("de").gettext(CONSENT_TEXT)
    asked = phone.browser.get(phone.path)
    assert asked.status_code == 200
    assert text in asked.text
    assert "Ada" in asked.text
    assert site.standing(ada) is Standing.OPEN, "looking at it changes nothing"
    assert submit(phone.browser, phone.path, {}).status_code == 400, "nobody has agreed"
    assert phone.agree().headers["location"] == f"{phone.path}/camera"
    script = phone.browser.get(f"{phone.path}/camera")
    assert "script-src 'self'" in script.headers["content-security-policy"]
    said = phone.show(View.FRONT)["guide"]
    assert (said["taken"], said["wanted"]) == (["front"], "left")
    assert said["hint"] == "Drehen Sie den Kopf langsam nach links."
    assert phone.send().status_code == 409, "not all views are taken"
    for view in VIEWS[1:]:
        phone.show(view)
    assert "Das Büro sieht sich Ihre Fotos jetzt an" in phone.send().text
    assert phone.browser.get(phone.path).status_code == 410, "a link works once"

    assert site.store.templates(ada.subject) == []
    (key,) = [one.decode() for one in redis_client.scan_iter(match="invited:*")]
    assert 0 < redis_client.ttl(key) <= WAITS.total_seconds()
    assert BackupKeys("main").kind(key) is None
    assert BackupKeys("main").left_out(key)
    assert b"vector" not in (redis_client.get(key) or b"")

    (waiting,) = site.decisions.waiting()
    assert waiting.person == ada
    assert len(site.decisions.photos(waiting.enrolment.id)) == 5
    done = site.decisions.approve(waiting.enrolment.id, "boss")
    assert done.consent is not None
    assert (done.consent.text, done.consent.version) == (text, "7")
    assert len(site.store.templates(ada.subject)) == 5
    assert done.photo is not None
    assert site.standing(ada) is Standing.DONE
    assert list(redis_client.scan_iter(match="invited:*")) == []
    assert site.actions() == [
        Action.INVITED, Action.SELF_ENROLLED, Action.ENROLMENT_APPROVED,
    ]  # fmt: skip


@pytest.mark.parametrize("over", ["off", "revoked", "deactivated", "erased", "expired"])
def test_a_link_that_dies_is_dead_on_a_page_that_was_open_before(
    site: Site, redis_client: Client, over: str
) -> None:
    ada = site.listed()
    phone = Phone(site, site.invited(ada)).shown()
    numbers = phone.start().json()["numbers"]
    found = site.store.get(ada.subject)
    assert found is not None
    if over == "off":
        site.rule = SelfEnrolling.OFF
    elif over == "revoked":
        site.desk.revoke(site.book.of(ada.subject)[0].id, "boss")
    elif over == "deactivated":
        site.store.update(replace(found, active=False))
    elif over == "erased":
        site.store.delete(ada.subject)
        site.book.forget(ada.subject)
    else:
        site.clock.advance(timedelta(days=15).total_seconds())
    assert phone.picture(numbers[0]).status_code == 410
    assert len(site.door.captures.going_on()) == (0 if over == "expired" else 1)
    PhoneWatch(site.door.captures, site.door.goes_on).look()
    assert site.door.captures.going_on() == [], "of who does not come back nothing stays"
    assert phone.send().status_code in {403, 410}
    assert phone.browser.get(phone.path).status_code == 410
    assert list(redis_client.scan_iter(match="invited:*")) == []


def test_whoever_is_at_it_goes_on_while_nobody_knows_whether_their_link_is_over(
    site: Site,
) -> None:
    ada, bo = site.listed(), site.listed("8", "Bo")
    for person in (ada, bo):
        assert Phone(site, site.invited(person)).agree().status_code == 303
    captures = site.door.captures

    def away(_: str) -> bool:
        raise StoreUnavailable("Redis does not answer.")

    PhoneWatch(captures, away).look()
    assert len(captures.going_on()) == 2
    site.desk.revoke(site.book.of(ada.subject)[0].id, "boss")
    watch = PhoneWatch(captures, site.door.goes_on)
    watch.look()
    (left,) = captures.going_on()
    assert left.invitation == site.book.of(bo.subject)[0].id


def test_a_phone_is_fed_by_nobody_else_and_a_newer_one_ends_the_one_before(site: Site) -> None:
    ada = site.listed()
    path = site.invited(ada)
    first = Phone(site, path)
    first.agree()
    stranger = Phone(site, path, "10.0.0.2")
    assert stranger.start().status_code == 404, "the link alone is not enough"
    foreign = first.browser.post(f"{path}/start", headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    second = Phone(site, path).shown()
    assert first.start().status_code == 404
    assert second.send().status_code == 200
    third = Phone(site, path)
    assert third.browser.get(path).status_code == 410
    assert site.gate.kiosk().get(path).status_code in {403, 410}
    for bad in ("/enrol/x", "/enrol/" + path[7:-1], "/enrol/%00"):
        assert Phone(site, bad).browser.get(bad).status_code in {400, 404, 410}


def test_a_face_that_somebody_has_is_shown_to_the_office_and_never_to_the_person(
    site: Site,
) -> None:
    eve = site.people.enrolment.register(
        replace(site.people.details("66", "Eve")), [site.people.photo(1)]
    )
    ada = site.listed()
    site.rule = SelfEnrolling.TRUST
    answer = Phone(site, site.invited(ada)).shown(who=1).send()
    assert "The office looks at your photos" in answer.text
    assert "Eve" not in answer.text
    (waiting,) = site.decisions.waiting()
    assert waiting.alike == (eve,)
    with pytest.raises(FaceTaken):
        site.decisions.approve(waiting.enrolment.id, "boss")
    done = site.decisions.approve(waiting.enrolment.id, "boss", reason="twins, seen both")
    assert len(done.templates) == 5


def test_only_whom_the_site_trusts_is_registered_at_once_and_never_by_a_poster(site: Site) -> None:
    site.rule = SelfEnrolling.TRUST
    ada = site.listed()
    assert "You are registered" in Phone(site, site.invited(ada)).shown(who=1).send().text
    assert len(site.store.templates(ada.subject)) == 5
    other = Phone(site, site.invited(ada)).shown(who=5).send()
    assert "The office looks at your photos" in other.text, "another face than the known one"
    assert len(site.store.templates(ada.subject)) == 5

    poster = site.poster(most=2)
    answer = Phone(site, poster).shown(who=3, id=" 8 ", name="Bo")
    assert "The office looks at your photos" in answer.send().text
    assert site.store.by_id("8") is None
    by_poster = next(one for one in site.decisions.waiting() if one.typed)
    assert (by_poster.typed.id, by_poster.typed.name) == ("8", "Bo")  # type: ignore[union-attr]
    made = site.decisions.approve(
        by_poster.enrolment.id, "boss", details=Details("8", "Bo", by_poster.enrolment.group)
    )
    assert (made.id, made.group, len(made.templates)) == ("8", "1a", 5)
    assert Phone(site, poster).agree(id="", name="x").status_code == 400
    Phone(site, poster).shown(who=9, id="7", name="Not Ada").send()
    assert Phone(site, poster).browser.get(poster).status_code == 410, "it was for two"


def test_a_flood_at_a_poster_keeps_nobody_out_who_was_invited_by_name(site: Site) -> None:
    poster, ada = site.poster(most=50), site.invited(site.listed())
    answers = [Phone(site, poster).agree(id=str(n), name="X").status_code for n in range(17)]
    assert answers == [303] * 16 + [429]
    assert Phone(site, ada).agree().status_code == 303
    site.clock.advance(301)
    assert Phone(site, poster).agree(id="17", name="X").status_code == 303, "idle ones are over"


def test_refused_photos_are_gone_at_once_and_two_decide_once(
    site: Site, redis_client: Client
) -> None:
    ada = site.listed()
    Phone(site, site.invited(ada)).shown().send()
    (waiting,) = site.decisions.waiting()
    with pytest.raises(PeopleError, match="Say why"):
        site.decisions.refuse(waiting.enrolment.id, "boss", " ")
    site.decisions.refuse(waiting.enrolment.id, "boss", "somebody else")
    assert list(redis_client.scan_iter(match="invited:*")) == []
    assert site.wanted == [True], "they stand in the database's files until these are rewritten"
    (one,) = site.book.of(ada.subject)
    assert site.book.text(one.id, one.why) == "somebody else"
    assert "somebody else" not in repr(redis_client.hgetall("access:{main}:invitations"))
    with pytest.raises(PeopleError, match="Somebody has decided"):
        site.decisions.approve(waiting.enrolment.id, "other")
    again = site.desk.invite([ada.subject, "nobody"], "boss", mail=True)
    assert (again.invited, again.mailed, len(again.refused)) == ((ada.subject,), 1, 1)
    assert site.mail.sent == [("invitation", "7")]


def test_two_who_invite_somebody_in_one_moment_leave_one_link(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one does all of it after the first has looked what there is."""
    ada, both = site.listed(), list[str]()
    with monkeypatch.context() as between:
        create, made = site.book.invitations.create, list[Invitation]()

        def raced(one: Invitation) -> bool:
            if not made:
                made.append(one)
                site.clock.advance(-1)  # by another machine's clock, which is behind
                site.desk.invite([ada.subject], "other")
                site.clock.advance(1)
                both.extend(found.by for found in site.book.of(ada.subject))
            return create(one)

        between.setattr(site.book.invitations, "create", raced)
        site.desk.invite([ada.subject], "boss")
    assert both == ["other"]
    (left,) = site.book.of(ada.subject)
    assert (left.by, left.usable(site.clock.now())) == ("boss", True)
    site.clock.advance(-10)
    site.desk.invite([ada.subject], "other")
    assert [one.by for one in site.book.of(ada.subject)] == ["other"]


def test_what_waits_is_exported_erased_sealed_anew_and_gone_in_time(
    site: Site, redis_client: Client
) -> None:
    ada, bo = site.listed("7", "Ada"), site.listed("8", "Bo")
    for who, person in enumerate((ada, bo), 1):
        Phone(site, site.invited(person)).shown(who=who).send()
    Phone(site, site.poster()).shown(who=3, id="7", name="Ada").send()
    day = site.clock.now().date().isoformat()
    assert site.outbox.told(f"enrolments-{day}") == 1, "once an hour, however many wait"
    keeper = invitations_keeper(site.book, site.store)
    held = keeper.held(ada.subject)
    assert [one.get("photos_waiting_for_approval") for one in held] == [None, 5]

    newer = DataSealer(derived(["b" * 64, "a" * 64], "test"))
    assert open_invitation_book(redis_client, "main", newer).reseal() == 3
    only_new = DataSealer(derived(["b" * 64], "test"))
    site.book = open_invitation_book(redis_client, "main", only_new)
    (first, *_) = site.book.enrolments.all()
    assert len(site.book.faces.get(first.id)) == 5

    keeper = invitations_keeper(site.book, site.store)
    assert keeper.forget(ada.subject) == 3, "invitation, photos, and those by a poster"
    (left,) = site.book.enrolments.all()
    assert left.subject == bo.subject
    wanted = list[bool]()
    site.clock.advance(WAITS.total_seconds())

    def night(there: set[str]) -> int:
        return site.book.tidy(site.clock.now(), lambda _: there, lambda: wanted.append(True))

    assert night({bo.subject}) == 1
    assert site.standing(bo) is Standing.REVOKED, "to be invited again"
    assert list(redis_client.scan_iter(match="invited:*")) == []
    assert night({bo.subject}) == 0
    assert night(set()) == 1
    assert [one for one in site.book.invitations.all() if not one.poster] == []
    assert len(wanted) == 2


def test_five_hundred_are_invited_in_one_go_and_can_be_stopped(site: Site) -> None:
    people = [site.listed(str(number), f"P {number}") for number in range(1, 501)]
    seen: list[int] = []

    def progress(done: int, total: int) -> None:
        seen.append(done)
        if done == 490:
            raise PeopleError("Stop")

    with pytest.raises(PeopleError):
        site.desk.invite([one.subject for one in people], "boss", progress=progress)
    assert len(site.book.invitations.all()) == 490
    report = site.desk.invite([one.subject for one in people], "boss")
    assert len(report.invited) == 500
    paths = {site.desk.path(one.invitation) for one in site.desk.all()}
    assert len(paths) == 500
    assert all(isinstance(one.invitation, Invitation) and one.person for one in site.desk.all())


def test_nobody_has_agreed_to_a_text_that_was_not_on_their_page(site: Site) -> None:
    phone = Phone(site, site.invited(site.listed()))
    before = phone.browser.get(phone.path).text
    text = before.partition('name="text" value="')[2].partition('"')[0]
    site.consent = "I agree to everything."
    answer = submit(phone.browser, phone.path, {"agree": "yes", "text": text})
    assert answer.status_code == 400
    assert "I agree to everything." in answer.text
    assert phone.agree().status_code == 303


def test_an_approval_that_is_refused_leaves_the_consent_as_it_was(site: Site) -> None:
    """Else whoever types somebody's ID at a poster renews a consent that was withdrawn."""
    ada = site.people.enrolment.register(site.people.details("7", "Ada"), [site.people.photo(1)])
    assert ada.consent is not None
    withdrawn = replace(ada.consent, withdrawn_at=site.clock.now())
    ada = site.store.update(replace(ada, consent=withdrawn))
    site.clock.advance(60)
    Phone(site, site.poster()).shown(who=5, id="7", name="Not Ada").send()
    site.people.enrolment.register(site.people.details("66", "Eve"), [site.people.photo(9)])
    bo = site.listed("8", "Bo")
    site.rule = SelfEnrolling.TRUST
    Phone(site, site.invited(bo)).shown(who=9).send()
    for one in site.decisions.waiting():
        details = Details("7", "Ada") if one.typed else None
        with pytest.raises((PictureRefused, FaceTaken)):
            site.decisions.approve(
                one.enrolment.id, "boss", details=details, holder=ada.subject if details else ""
            )
    for person in (ada, bo):
        found = site.store.get(person.subject)
        assert found is not None
        assert found.consent == person.consent


def test_the_photos_of_a_poster_are_given_to_nobody_whom_the_office_was_not_shown(
    site: Site,
) -> None:
    Phone(site, site.poster()).shown(who=3, id="8", name="Bo").send()
    (waiting,) = site.decisions.waiting()
    ada = site.listed("7", "Ada")
    with pytest.raises(PeopleError, match="Ada"):
        site.decisions.approve(waiting.enrolment.id, "boss", details=Details("7", "Bo"))
    with pytest.raises(PeopleError, match="nobody"):
        site.decisions.approve(
            waiting.enrolment.id, "boss", details=Details("9", "Bo"), holder=ada.subject
        )
    assert site.store.templates(ada.subject) == []
    done = site.decisions.approve(
        waiting.enrolment.id, "boss", details=Details("7", "Ada"), holder=ada.subject
    )
    assert done.subject == ada.subject


def test_who_sends_their_photos_while_many_are_invited_keeps_them(site: Site) -> None:
    ada, bo = site.listed("7", "Ada"), site.listed("8", "Bo")
    phone = Phone(site, site.invited(bo)).shown(who=2)

    def progress(done: int, _: int) -> None:
        if done == 1:
            assert phone.send().status_code == 200

    report = site.desk.invite([ada.subject, bo.subject], "boss", progress=progress)
    assert report.invited == (ada.subject,)
    assert [reason for _, _, reason in report.refused] == [
        "has sent photos: decide about them first"
    ]
    (waiting,) = site.decisions.waiting()
    assert waiting.person == bo


def test_photos_that_were_sent_twice_are_gone_together_and_those_never_sent_in_the_night(
    site: Site, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the answer of the database was lost, or the process died, before the link was used."""
    ada = site.listed()
    phone = Phone(site, site.invited(ada)).shown()
    used, lost = site.book.change, StoreUnavailable("Redis does not answer.")
    monkeypatch.setattr(site.book, "change", lambda *_: (_ for _ in ()).throw(lost))
    with pytest.raises(StoreUnavailable):
        phone.send()
    monkeypatch.setattr(site.book, "change", used)
    assert site.decisions.waiting() == []
    assert phone.send().status_code == 200
    first, _ = site.decisions.waiting()
    site.decisions.refuse(first.enrolment.id, "boss", "somebody else")
    assert list(redis_client.scan_iter(match="invited:*")) == []
    assert site.book.enrolments.all() == []

    phone = Phone(site, site.invited(ada)).shown()
    monkeypatch.setattr(site.book, "change", lambda *_: (_ for _ in ()).throw(lost))
    with pytest.raises(StoreUnavailable):
        phone.send()
    monkeypatch.setattr(site.book, "change", used)
    site.clock.advance(2 * 3600)
    site.book.tidy(site.clock.now(), lambda _: {ada.subject})
    assert list(redis_client.scan_iter(match="invited:*")) == []
