"""How well a model knows the people in Redis, and its advice in force in every process."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from face_rec.cli.recognition.calibrate import lines
from face_rec.domain.errors import ModelError, NotAllowed
from face_rec.domain.faces import Box, View
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Consent, Person, Template, TemplateInfo
from face_rec.journey.decide import Policy
from face_rec.models.scores import own_people
from face_rec.models.scores.bounds import Rate
from face_rec.models.scores.calibration import SiteScores, calibration_of
from face_rec.models.scores.care import MOST
from face_rec.models.scores.own_people import MARKS, PHOTOS, UNSURE, OwnPeople
from face_rec.models.scores.own_report import AHEAD, ENOUGH, Advice, Basis, Doubles, OwnReport
from face_rec.models.scores.searches import Pause
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.photos import decode
from face_rec.site_options import LiveOptions
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.site.site_state import RedisOptions
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeModelSource, blank_frame, colour_of, draw_face, fake_models
from tests.fakes.options import OPTIONS
from tests.fakes.people import FakePeople
from tests.fakes.snapshots import MemorySnapshots
from tests.redis_servers import Server

WIDTH = 64
NO_PAUSE = Pause(lambda _: None)


class Site:
    """A process of an installation, its people in a real Redis."""

    def __init__(self, client: Client) -> None:
        self.clock = FakeClock()
        self.models = FakeModelSource(fake_models(dimension=WIDTH))
        self.people = RedisPeople(client, "main", self.clock)
        self.follower = GalleryFollower(self.people, self.models, self.clock)
        self.follower.start()
        self.pictures, self.marks = MemorySnapshots(), FakeAttendance()
        self.notes: list[tuple[Mapping[str, object], Mapping[str, object]]] = []
        self.options = LiveOptions(
            OPTIONS,
            frozenset(),
            RedisOptions(client, "main"),
            lambda old, new: self.notes.append((old, new)),
        )
        self.advice = Advice(self.options)

    def own(self, policy: Policy | None = None) -> OwnPeople:
        return OwnPeople(
            people=self.people, models=self.models, gallery=self.follower.matrix,
            pictures=self.pictures, marks=self.marks, policy=policy or Policy(), clock=self.clock,
        )  # fmt: skip

    def enrol(self, number: int, rows: "np.typing.NDArray[np.float64]") -> Person:
        vectors = np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
        now = self.clock.now()
        person = Person(
            f"s{number}", f"E{number}", f"Person {number}", consent=Consent("Yes.", "1", now)
        )
        templates = [
            Template(TemplateInfo(slot, View.FRONT, 0.8, "fake", now), vector)
            for slot, vector in enumerate(vectors)
        ]
        return self.people.create(person, templates, self.people.revision())

    def enrol_many(self, count: int, templates: int = 4) -> None:
        random = np.random.default_rng(11)
        for number in range(count):
            face = random.normal(size=WIDTH)
            self.enrol(number, face + 0.6 * random.normal(size=(templates, WIDTH)))
        assert self.follower.wait(self.people.revision(), 20)


@dataclass(frozen=True, slots=True)
class Measured:
    """What 800 people with four templates each gave, and how far it was told to be."""

    report: OwnReport
    told: list[tuple[int, int]]


@pytest.fixture(scope="module")
def measured(redis_server: Server) -> Measured:
    """Once: what becomes of a report asks nothing of the people that it is about."""
    client = connect(RedisAddress(nodes=(("127.0.0.1", redis_server.port),)))
    client.flushall()
    site, told = Site(client), list[tuple[int, int]]()
    site.enrol_many(800)
    report = site.own().measure(lambda *two: told.append(two), NO_PAUSE)
    site.follower.close()
    client.close()
    return Measured(report, told)


@pytest.fixture
def site(redis_client: Client) -> Iterator[Site]:
    site = Site(redis_client)
    yield site
    site.follower.close()


def test_eight_hundred_people_with_four_templates_are_enough_for_an_advice(
    site: Site, redis_client: Client, measured: Measured
) -> None:
    report, told = measured.report, measured.told
    (photos,) = report.conditions
    assert (photos.name, photos.non_mated, photos.mated) == (PHOTOS, 3200, 3200)
    assert photos.advised.basis is Basis.MEASURED
    assert photos.advised.reached.value <= 0.005
    assert photos.ahead.basis is Basis.TAIL
    assert report.check is None  # of 3,200 searches a quarter is too few
    advice = report.advice
    assert advice is not None
    assert (advice.people, advice.templates, advice.searches) == (800, 3200, 3200)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    said = "\n".join(lines(report))
    assert "3,200 non-mated and 3,200 mated searches for 800 people" in said
    assert "Too few people to check" in said

    # Nothing is in force until somebody takes it; then it is in every process, and can go back.
    scores = SiteScores(calibration_of("?"), "fake", lambda: site.options.current().calibrations)
    before = scores.threshold(3200)
    site.advice.take(report)
    assert scores.threshold(3200) == pytest.approx(photos.advised.threshold, abs=2e-3)
    assert scores.threshold(32_000) == pytest.approx(photos.ahead.threshold, abs=2e-3)
    assert scores.threshold(50) < scores.threshold(3200) < before
    assert scores.largest_gallery == pytest.approx(32_000, rel=0.01)
    other = Site(redis_client)
    other.options.refresh()
    assert other.advice.in_force("fake") == advice
    other.follower.close()
    ((old, new),) = site.notes
    assert old["thresholds"] == "those of the model"
    assert "3,200 searches among 800" in str(new["thresholds"])
    site.advice.give_up("fake")
    assert scores.threshold(3200) == before
    assert len(site.notes) == 2


@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.nightly
def test_what_is_foretold_is_held_against_people_who_had_no_part_in_it(
    alike: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1,100 people with nine photos each; a quarter foretells for the others. ``alike``: among
    the others every tenth has a double, as nobody of the quarter does."""
    people, models = FakePeople(FakeClock()), FakeModelSource(fake_models(dimension=WIDTH))
    random = np.random.default_rng(3)
    faces = random.normal(size=(1100, WIDTH))
    others = [n for n in range(1100) if zlib.crc32(f"s{n}".encode()) % 4]
    for one, double in zip(others[:80], others[80:160], strict=True) if alike else ():
        faces[double] = faces[one] + 0.7 * faces[double]
    now = FakeClock().now()
    for number, face in enumerate(faces):
        rows = face + 0.6 * random.normal(size=(9, WIDTH))
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        infos = [TemplateInfo(slot, View.FRONT, 0.8, "fake", now) for slot in range(9)]
        person = Person(f"s{number}", f"E{number}", "x", consent=Consent("Yes.", "1", now))
        people.create(
            person,
            [Template(i, r.astype(np.float32)) for i, r in zip(infos, rows, strict=True)],
            people.revision(),
        )
    gallery = MemoryGallery(models.current().contract)  # type: ignore[union-attr]
    gallery.load(people.entries("fake"), 1)
    own = OwnPeople(
        people=people, models=models, gallery=lambda: gallery, pictures=MemorySnapshots(),
        marks=FakeAttendance(), policy=Policy(), clock=FakeClock(),
    )  # fmt: skip
    report = own.measure(lambda *_: None, NO_PAUSE)
    check = report.check
    assert check is not None
    assert check.from_people + check.people == 1100
    assert check.holds is not alike
    assert report.advice is not None
    last = report.advice.points[-1][0] * report.templates
    assert last == pytest.approx(0.005 if alike else AHEAD, rel=0.01)

    # In a crowd some are enough, and the galleries of the check lie in memory.
    monkeypatch.setattr(own_people, "CHECKED", 1000)
    fewer = own.measure(lambda *_: None, NO_PAUSE).check
    assert fewer is not None
    assert 900 < fewer.from_people + fewer.people < 1050


def test_somebody_registered_twice_does_not_raise_the_threshold_for_everybody(
    site: Site, measured: Measured
) -> None:
    site.enrol_many(800)
    again = site.people.templates("s7")
    random = np.random.default_rng(8)
    rows = np.stack([one.vector for one in again]) + 0.05 * random.normal(size=(4, WIDTH))
    site.enrol(5000, rows)
    assert site.follower.wait(site.people.revision(), 20)
    report = site.own().measure(lambda *_: None, NO_PAUSE)
    assert report.twice == 1
    assert not report.costly
    before, after = (
        measured.report.conditions[0].then.threshold,
        report.conditions[0].then.threshold,
    )
    assert after == pytest.approx(before, abs=0.01)
    assert "left out if somebody says" in "\n".join(lines(report))
    with pytest.raises(ModelError, match="say that they are one person each"):
        site.advice.take(report)
    assert site.advice.in_force("fake") is None
    site.advice.take(report, leave_out=True)
    assert site.advice.in_force("fake") == report.advice


def test_a_site_of_siblings_counts_them_as_the_people_that_they_are(site: Site) -> None:
    """Fifty pairs who look like one person: left out, a third of such looks would be named."""
    site.enrol_many(700)
    random = np.random.default_rng(9)
    for pair in range(50):
        face = random.normal(size=WIDTH)
        for number in (2 * pair, 2 * pair + 1):
            own = face + 0.2 * random.normal(size=WIDTH)
            site.enrol(9000 + number, own + 0.6 * random.normal(size=(4, WIDTH)))
    assert site.follower.wait(site.people.revision(), 20)
    report = site.own().measure(lambda *_: None, NO_PAUSE)
    assert report.doubles is Doubles.COUNTED
    (photos,) = report.conditions
    then, without = photos.then.threshold, photos.advised.threshold
    assert then is not None
    assert without is not None
    assert report.advice is None or then > without + UNSURE
    with pytest.raises(ModelError):
        site.advice.take(report)


def test_people_imported_twice_leave_no_advice_and_are_told(site: Site) -> None:
    site.enrol_many(400, templates=4)
    for number in range(400):
        rows = np.stack([one.vector for one in site.people.templates(f"s{number}")])
        site.enrol(2000 + number, rows.astype(np.float64))
    assert site.follower.wait(site.people.revision(), 20)
    report = site.own().measure(lambda *_: None, NO_PAUSE)
    assert report.twice == MOST
    with pytest.raises(ModelError):
        site.advice.take(report)


def test_an_advice_that_costs_too_much_cannot_be_put_in_force(
    site: Site, measured: Measured
) -> None:
    report = measured.report
    (photos,) = report.conditions
    dear = replace(photos.then, missed=Rate(300, 3200, 0.09, 0.11))
    costly = replace(report, conditions=(replace(photos, then=dear),))
    assert costly.costly
    with pytest.raises(ModelError, match="Look after the"):
        site.advice.take(costly)
    assert site.notes == []
    assert any("cannot be put in force" in line for line in lines(costly))


def test_going_back_leads_to_the_advice_before(site: Site, measured: Measured) -> None:
    report = measured.report
    assert report.advice is not None
    second = replace(report, advice=replace(report.advice, searches=4000))
    site.advice.take(report)
    site.advice.take(second)
    site.advice.give_up("fake")
    assert site.advice.in_force("fake") == report.advice


def test_below_three_thousand_searches_nothing_is_advised(site: Site) -> None:
    site.enrol_many(100, templates=3)
    report = site.own().measure(lambda *_: None, NO_PAUSE)
    assert report.conditions[0].non_mated == 300 < ENOUGH
    assert report.advice is None
    assert "insufficient data" in "\n".join(lines(report))
    with pytest.raises(ModelError, match="insufficient data"):
        site.advice.take(report)
    assert site.notes == []


def test_a_threshold_in_the_settings_wins_and_is_said(site: Site) -> None:
    site.enrol_many(3, templates=2)
    report = site.own(Policy(threshold=0.5)).measure(lambda *_: None, NO_PAUSE)
    assert report.overridden
    assert report.threshold == 0.5
    assert any("MATCH_THRESHOLD" in line for line in lines(report))


def test_whoever_loses_the_right_ends_the_run(site: Site) -> None:
    site.enrol_many(200)
    calls = 0

    def progress(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise NotAllowed("You may not do this any more.")

    with pytest.raises(NotAllowed):
        site.own().measure(progress, NO_PAUSE)
    assert calls == 3


def test_an_empty_gallery_is_told(site: Site) -> None:
    assert site.follower.wait(0, 20)
    with pytest.raises(ModelError, match="Register people first"):
        site.own().measure(lambda *_: None, NO_PAUSE)


# --- marks that somebody confirmed


def _drawn(site: Site, number: int) -> bytes:
    image = blank_frame()
    draw_face(image, Box(200, 150, 360, 310), colour_of(number))
    return cv2.imencode(".jpg", image)[1].tobytes()


def _marked(site: Site, subject: str, number: int, *kinds: EventKind) -> Event:
    """A mark with a picture, and what was said of it."""
    at = site.clock.now() - timedelta(hours=1, minutes=number)
    key = f"marks/{at:%Y/%m/%d}/{subject}.{number}.jpg"
    mark = Event(
        f"m{number}", subject, at, EventKind.PUNCH, Source.VIDEO, "door", score=0.7, snapshot=key
    )
    site.pictures.put(key, _drawn(site, number))
    site.marks.apply(mark, 0.0)
    for kind in kinds:
        site.marks.apply(
            Event(f"{kind}{number}", subject, at, kind, Source.MANUAL, "", target=mark.id,
                  author="boss", reason="seen", recorded_at=site.clock.now()), 0.0,
        )  # fmt: skip
    return mark


def _colours(site: Site, numbers: Sequence[int]) -> None:
    models = site.models.current()
    assert models is not None
    for number in numbers:
        image = decode(_drawn(site, number))
        face = models.detector.detect(image, 320)[0]
        row = models.embedder.embed([models.embedder.align(image, face)])[0]
        site.enrol(number, np.stack([row, row]).astype(np.float64))
    assert site.follower.wait(site.people.revision(), 20)


def test_only_pictures_of_marks_that_somebody_confirmed_are_looked_at(site: Site) -> None:
    _colours(site, range(6))
    _marked(site, "s0", 0, EventKind.CONFIRM)
    _marked(site, "s1", 1)
    _marked(site, "s2", 2, EventKind.VOID)
    _marked(site, "gone", 3, EventKind.CONFIRM)
    lost = _marked(site, "s4", 4, EventKind.CONFIRM)
    site.pictures.delete(lost.snapshot or "")
    report = site.own().measure(lambda *_: None, NO_PAUSE)
    photos, marks = report.conditions
    assert (photos.non_mated, marks.name) == (12, MARKS)
    assert (marks.people, marks.non_mated, marks.mated) == (1, 1, 1)
    assert marks.now.missed.errors == 0


def test_whoever_withdrew_consent_is_not_looked_at(site: Site) -> None:
    _colours(site, range(2))
    _marked(site, "s0", 0, EventKind.CONFIRM)
    person = site.people.get("s0")
    assert person is not None
    assert person.consent is not None
    withdrawn = replace(person.consent, withdrawn_at=datetime(2026, 1, 2, tzinfo=UTC))
    site.people.update(replace(person, consent=withdrawn))
    assert site.follower.wait(site.people.revision(), 20)
    report = site.own().measure(lambda *_: None, NO_PAUSE)
    assert [one.name for one in report.conditions] == [PHOTOS]
    assert report.conditions[0].non_mated == 2
