"""Unknown people with models that run and faces: who comes before a camera is found again, and
how often two people are taken for one, or one for two."""

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from face_rec.access.audit.audit_log import AuditLog
from face_rec.clock import Clock
from face_rec.domain.errors import PeopleError, PictureError
from face_rec.domain.faces import Frame, Image, Matrix
from face_rec.domain.strangers import Standing, Stranger
from face_rec.journey.decide import Policy
from face_rec.journey.marking.mark import DryRunMarker
from face_rec.journey.pipeline import Journey
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.streams.recorded import PictureFolder
from face_rec.models.model_service import ModelService
from face_rec.people.details import Details
from face_rec.people.directory import CachedDirectory
from face_rec.people.duplicates import DuplicateCheck
from face_rec.people.enrolment import Enrolment
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.kept_photos import KeptPhotos
from face_rec.people.photos.quality import assess
from face_rec.protocols.models import FaceModels
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import Keyring
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.strangers.stranger_store import RedisStrangers
from face_rec.strangers.alike import joins
from face_rec.strangers.upkeep import joined
from tests.data import Material
from tests.fakes.access import MemoryAudit
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeModelSource, blank_frame
from tests.fakes.options import live_options
from tests.fakes.snapshots import MemorySnapshots
from tests.fakes.strangers import StrangerWorld, away
from tests.integration.journey.test_journey_real import standing
from tests.samples import CONSENT

log = logging.getLogger(__name__)
pytestmark = pytest.mark.models

RATE = 15
PEOPLE, TIMES = 4, 3


@pytest.fixture(scope="module")
def models(material: Material, tmp_path_factory: pytest.TempPathFactory) -> FaceModels:
    return ModelService(tmp_path_factory.mktemp("models"), str(material.pack), "cpu", 1).load()


class Site:
    """A door with a camera, over a real Redis."""

    def __init__(self, models: FaceModels, client: Client) -> None:
        self.clock = FakeClock()
        source = FakeModelSource(models)
        self.people = RedisPeople(client, "main", self.clock)
        self.follower = GalleryFollower(self.people, source, self.clock)
        self.follower.start()
        gallery = self.follower.gallery
        pictures = MemorySnapshots()
        self.marks = FakeAttendance()
        enrolment = Enrolment(
            people=self.people, writer=self.people, models=source, assess=assess,
            duplicates=DuplicateCheck(self.people, source, gallery, self.follower.wait),
            photos=KeptPhotos(pictures), clock=self.clock,
        )  # fmt: skip
        self.world = StrangerWorld(
            RedisStrangers(client, "main", DataSealer(Keyring())), self.clock,
            live_options(chosen={"stranger_days": "30"}), source, gallery, self.people, enrolment,
            pictures, self.marks, AuditLog(MemoryAudit(), self.clock),
        )  # fmt: skip
        self.marker = DryRunMarker(60)
        keeper = self.world.strangers.keeper
        keeper.offer = keeper.take  # type: ignore[method-assign] # at once, on this thread
        self.journey = Journey("door", self._deps(source, keeper, self.clock))
        self._number = 0
        self.named: list[str] = []

    def _deps(self, source: FakeModelSource, keeper: object, clock: Clock) -> PipelineDeps:
        return PipelineDeps(
            models=source, gallery=self.follower.gallery,
            directory=CachedDirectory(self.people, clock), marker=self.marker, snapshots=None,
            assess=assess, clock=clock, policy=Policy(),
            strangers=keeper,  # type: ignore[arg-type]
        )  # fmt: skip

    def comes(self, photo: Image) -> None:
        """Somebody stands before the camera for two seconds, and goes."""
        for image in [*standing(photo, 2 * RATE), *[blank_frame()] * (2 * RATE)]:
            self._number += 1
            self.clock.advance(1 / RATE)
            scene = self.journey.process(Frame(image, self._number, self.clock.monotonic()))
            self.named += [one.receipt.event.subject for one in scene.labels if one.receipt]

    @property
    def unknown(self) -> list[Stranger]:
        return self.world.strangers.service.all()


@pytest.fixture
def site(models: FaceModels, redis_client: Client) -> Site:
    return Site(models, redis_client)


def photos(material: Material, number: int) -> list[Image]:
    folder = sorted(material.people.iterdir())[number]
    return [image for _, image in PictureFolder(folder).pictures()]


def test_people_who_come_again_are_each_seen_so_often(site: Site, material: Material) -> None:
    for look in range(TIMES):
        for number in range(PEOPLE):
            site.comes(photos(material, number)[look])
            away(site.clock)
    seen = sorted(one.times for one in site.unknown)
    assert sum(seen) >= PEOPLE * TIMES - 2, "who was seen poorly once may be missing"
    assert len(seen) <= PEOPLE + 1, "one person in two, at most"
    assert max(seen) == TIMES, "and no two people in one"
    assert site.world.outbox.kinds.count("stranger.seen") >= PEOPLE - 1
    assert site.named == []


def test_somebody_unknown_is_enrolled_by_their_pictures_and_named_next_time(
    site: Site, material: Material
) -> None:
    images = photos(material, 0)
    for look in range(2):
        site.comes(images[look])
        away(site.clock)
    (one,) = site.unknown
    service = site.world.strangers.service
    taken = service.photos([one.id])
    assert taken.taken, taken.refused
    details = Details("7", "Ada", "", "", CONSENT)
    person = site.world.enrolment.register(details, taken.taken)
    service.enrolled([one.id], person.subject, "ada")
    assert site.follower.wait(site.people.revision(), 10)
    site.comes(images[2])
    assert set(site.named) == {person.subject}
    assert [one.times for one in site.unknown] == [2]

    proposals = site.world.strangers.proposals
    before = proposals.seen.of(person.subject)
    assert len(before) == 2
    assert proposals.propose(person.subject, [b.visit.id for b in before], "ada") == 2
    assert proposals.propose(person.subject, [b.visit.id for b in before], "ada") == 0, "once"
    events = site.marks.day(site.clock.now().date())
    assert [(e.kind.value, e.source.value) for e in events] == [("held", "seen")] * 2
    assert all(site.world.pictures.get(e.snapshot or "") for e in events)


def test_an_assignment_adds_photos_only_to_whom_they_show_and_is_taken_back(
    site: Site, material: Material
) -> None:
    images, others = photos(material, 0), photos(material, 1)
    enrolment, service = site.world.enrolment, site.world.strangers.service
    site.comes(images[0])
    (one,) = site.unknown
    ada = enrolment.register(Details("7", "Ada", "", "", CONSENT), [enrolment.check(images[1])])
    eve = enrolment.register(Details("8", "Eve", "", "", CONSENT), [enrolment.check(others[0])])
    with pytest.raises((PeopleError, PictureError)):
        service.assign([one.id], eve.subject, "admin")
    assert [each.standing for each in site.unknown] == [Standing.OPEN]
    grown = service.assign([one.id], ada.subject, "admin")
    assert len(grown.templates) > len(ada.templates)
    assert site.unknown[0].decision.subject == ada.subject
    service.take_back([one.id], "admin")
    after = site.people.get(ada.subject)
    assert after is not None
    assert len(after.templates) == len(ada.templates)
    assert [each.standing for each in site.unknown] == [Standing.OPEN]
    service.dismiss([one.id], "admin")
    assert [each.standing for each in site.unknown] == [Standing.DISMISSED]


# --- how well that goes on real people


def _everybody(models: FaceModels, material: Material) -> tuple[Matrix, list[str]]:
    """(N, D) and whose each row is: all people's photos, and one each of strangers."""
    rows, names = [], []
    folders = [*sorted(material.people.iterdir()), material.strangers]
    for folder in folders:
        for name, image in PictureFolder(folder).pictures():
            faces = models.detector.detect(image, 640)
            if faces:
                face = max(faces, key=lambda found: found.box.area)
                rows.append(models.embedder.embed([models.embedder.align(image, face)])[0])
                names.append(folder.name if folder != material.strangers else f"stranger {name}")
    return np.stack(rows), names


def _one_by_one(rows: Matrix, limit: float) -> list[int]:
    """As visits join: each the nearest so far."""
    sums: list[Matrix] = []
    labels = []
    for row in rows:
        scores = [float(row @ total) / float(np.linalg.norm(total)) for total in sums]
        best = int(np.argmax(scores)) if scores else -1
        if best < 0 or scores[best] < limit:
            best = len(sums)
            sums.append(np.zeros_like(row))
        sums[best] = sums[best] + row
        labels.append(best)
    return labels


def _purity(labels: Sequence[int], names: Sequence[str]) -> float:
    """Share of visits that are with those of whom most are there."""
    groups: dict[int, Counter[str]] = defaultdict(Counter)
    for label, name in zip(labels, names, strict=True):
        groups[label][name] += 1
    return sum(max(one.values()) for one in groups.values()) / len(names)


def _fragments(labels: Sequence[int], names: Sequence[str]) -> float:
    """Into how many a person falls who was there three times or more."""
    of: dict[str, list[int]] = defaultdict(list)
    for label, name in zip(labels, names, strict=True):
        of[name].append(label)
    return float(np.mean([len(set(found)) for found in of.values() if len(found) >= TIMES]))


@pytest.mark.nightly
def test_two_people_are_put_together_by_no_visit_and_one_falls_apart_seldom(
    each_material: Material, tmp_path: Path
) -> None:
    """docs/strangers.md has what is logged here (``pytest --log-level=INFO``)."""
    models = ModelService(tmp_path, str(each_material.pack), "cpu", 1).load()
    rows, names = _everybody(models, each_material)
    order = np.random.default_rng(1).permutation(len(rows))
    rows, names = rows[order], [names[n] for n in order]
    limit = joins(models.calibration, len(rows))
    labels = _one_by_one(rows, limit)
    purity, fragments = _purity(labels, names), _fragments(labels, names)
    log.info(
        "photos=%d limit=%.3f purity=%.4f fragments=%.2f", len(rows), limit, purity, fragments
    )
    assert purity >= 0.995
    assert fragments <= 1.3


def test_the_search_in_the_background_joins_no_two_people(
    models: FaceModels, material: Material
) -> None:
    people, faces = [], {}
    for number in range(6):
        for part, image in enumerate(photos(material, number)[:4]):
            face = max(models.detector.detect(image, 640), key=lambda f: f.box.area)
            crop = models.embedder.align(image, face)
            name = f"{number}-{part}"
            faces[name] = models.embedder.embed([crop])[0]
            people.append(_stranger(name))
    found = joined(people, faces, joins(models.calibration, 24))
    assert found, "each photo was somebody by itself before"
    for each in found:
        assert len({one.id.partition("-")[0] for one in each}) == 1


def _stranger(name: str) -> Stranger:
    at = FakeClock().now()
    return Stranger(name, "c", at, at, "door", 1, ("door",), (name,))
