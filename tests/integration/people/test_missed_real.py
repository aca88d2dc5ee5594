"""Whom the kiosks keep missing, with models that run and real faces: somebody who was enrolled
with a poor photo is told of, a stranger who comes as often puts nobody on the list."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from face_rec.domain.faces import Frame, Image, View
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person, Template, TemplateInfo
from face_rec.journey.decide import Policy
from face_rec.journey.marking.mark import DryRunMarker
from face_rec.journey.pipeline import Journey
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.models.model_service import ModelService
from face_rec.models.scores.own_people import OwnPeople
from face_rec.models.scores.own_report import Finding, Need
from face_rec.models.scores.searches import Pause
from face_rec.people.directory import CachedDirectory
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.missed.counter import MissCounter
from face_rec.people.missed.visits import AWAY
from face_rec.people.photos.quality import assess
from face_rec.protocols.models import FaceModels
from face_rec.stores.people.missed_visits import RedisMissedVisits
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from tests.data import Material, real_material
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeModelSource, blank_frame
from tests.fakes.snapshots import MemorySnapshots
from tests.integration.journey.test_journey_real import photos, standing, template
from tests.samples import a_person

pytestmark = pytest.mark.models

RATE = 15
MISSED = "Heidi_Fleiss"
"""Of those enrolled with a face of some 15 px, one whose other photos come near and no nearer."""
PEOPLE, DAYS = 40, 3


@pytest.fixture(scope="module")
def material() -> Material:
    return real_material()


@pytest.fixture(scope="module")
def models(material: Material, tmp_path_factory: pytest.TempPathFactory) -> FaceModels:
    return ModelService(tmp_path_factory.mktemp("models"), str(material.pack), "cpu", 1).load()


def poor(photo: Image) -> Image:
    """As a camera far away has it."""
    height, width = photo.shape[:2]
    small = cv2.resize(photo, None, fx=0.16, fy=0.16, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


class Site:
    """A door with a camera, over a real Redis, where visits without a name are counted."""

    def __init__(self, models: FaceModels, client: Client) -> None:
        self.clock, self.models = FakeClock(), models
        source = FakeModelSource(models)
        self.people = RedisPeople(client, "main", self.clock)
        self.follower = GalleryFollower(self.people, source, self.clock)
        self.follower.start()
        self.marks = FakeAttendance()
        self.missed = RedisMissedVisits(client, "main", self.clock)
        self.counter = MissCounter(self.missed, self.people, self.clock)
        self.own = OwnPeople(
            people=self.people, models=source, gallery=self.follower.matrix,
            pictures=MemorySnapshots(), marks=self.marks, policy=Policy(), clock=self.clock,
            missed=self.missed.days,
        )  # fmt: skip
        deps = PipelineDeps(
            models=source, gallery=self.follower.gallery,
            directory=CachedDirectory(self.people, self.clock), marker=DryRunMarker(60),
            snapshots=None, assess=assess, clock=self.clock, policy=Policy(), missed=self.counter,
        )  # fmt: skip
        self.journey = Journey("door", deps)
        self.named: list[str] = []
        self._number = 0

    def enrol(self, name: str, photo: Image) -> Person:
        now, contract = self.clock.now(), self.models.contract.digest
        info = TemplateInfo(0, View.FRONT, 0.5, contract, now)
        templates = [Template(info, template(self.models, photo)[0])]
        return self.people.create(a_person(name, name), templates, self.people.revision())

    def comes(self, photo: Image) -> None:
        """Somebody stands before the camera for two seconds, and is gone for a minute."""
        for image in [*standing(photo, 2 * RATE), *[blank_frame()] * (2 * RATE)]:
            self._number += 1
            self.clock.advance(1 / RATE)
            scene = self.journey.process(Frame(image, self._number, self.clock.monotonic()))
            self.named += [one.receipt.event.subject for one in scene.labels if one.receipt]
        self.clock.advance(AWAY)
        self.counter.count()

    def recognised(self, person: Person, times: int) -> None:
        """Marks by the camera of the day before."""
        for number in range(times):
            at = self.clock.now()
            self.marks.apply(
                Event(f"{person.id}-{at:%d}-{number}", person.subject, at, EventKind.PUNCH,
                      Source.VIDEO, "door", score=0.6, contract=self.models.contract.digest), 0
            )  # fmt: skip

    def unnamed(self) -> list[Finding]:
        report = self.own.measure(lambda *_: None, Pause(lambda _: None))
        assert report.counted
        return [one for one in report.findings if one.need is Need.UNNAMED]


@pytest.fixture
def site(models: FaceModels, redis_client: Client) -> Iterator[Site]:
    site = Site(models, redis_client)
    yield site
    site.follower.close()


def test_who_was_enrolled_with_a_poor_photo_is_told_of_and_nobody_for_a_stranger(
    site: Site, material: Material
) -> None:
    everybody = photos(material, PEOPLE)
    enrolled = {
        name: site.enrol(name, poor(images[0]) if name == MISSED else images[0])
        for name, images in everybody.items()
    }
    assert site.follower.wait(site.people.revision(), 20)
    missed, images = enrolled[MISSED], everybody[MISSED]
    stranger = np.asarray(cv2.imread(str(material.stranger(0))), np.uint8)
    for _ in range(DAYS):
        for person in enrolled.values():
            if person is not missed:
                site.recognised(person, 2)
        for photo in (images[1], images[2]):
            site.comes(photo)
            site.comes(stranger)
        site.clock.advance(86400)
    assert site.named == [], "the kiosk has missed them each time"
    (found,) = site.unnamed()
    assert found.subject == missed.subject
    assert (found.count, found.of) == (2 * DAYS, 2 * DAYS)
    assert site.missed.subjects() == {missed.subject}, "the stranger came near to nobody"

    # With a photo as it should be they are named, and nothing tells of before.
    good = Template(
        TemplateInfo(0, View.FRONT, 0.9, site.models.contract.digest, site.clock.now()),
        template(site.models, images[1])[0],
    )
    site.people.put_templates(missed.subject, [good], missed.version, site.people.revision())
    assert site.follower.wait(site.people.revision(), 20)
    site.comes(images[1])
    assert set(site.named) == {missed.subject}
    assert sum(day.get(missed.subject, 0) for day in site.missed.days()) == 2 * DAYS
