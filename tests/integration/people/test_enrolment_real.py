"""Enrolment with models that run, with faces and a real Redis."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from face_rec.clock import SystemClock
from face_rec.domain.enrolment_errors import FaceTaken
from face_rec.domain.errors import PictureRefused
from face_rec.domain.faces import Image
from face_rec.domain.people import Consent
from face_rec.domain.recognition import NO_MATCH
from face_rec.models.model_service import ModelService
from face_rec.people.details import Details
from face_rec.people.duplicates import DuplicateCheck
from face_rec.people.enrolment import Enrolment
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.kept_photos import KeptPhotos
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import decode
from face_rec.people.photos.quality import assess
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from tests.data import PACKS, Material, shared_data
from tests.fakes.snapshots import MemorySnapshots
from tests.recorder import Recorder

pytestmark = pytest.mark.models

REGISTRATION = {
    "people.enrolment", "people.details", "people.photos.photo_check", "people.photos.photos",
    "people.photos.quality", "people.duplicates", "people.kept_photos", "people.person_pictures",
    "people.gallery.gallery", "stores.people.people_store", "stores.people.person_codec",
    "stores.people.template_codec",
    "stores.redis.lua",  # and scripts/put_person.lua
}  # fmt: skip
"""From photos of somebody to their record in Redis."""
MOST_BESIDE = 30
"""So many more of ours run, which nobody need open: words, the models' own (what a face is and how
like another), where the gallery's rows lie, what every store uses (keys, client, JSON)."""


@pytest.fixture(scope="module")
def models(each_material: Material, tmp_path_factory: pytest.TempPathFactory) -> ModelService:
    return _loaded(each_material.pack, tmp_path_factory)


@pytest.fixture(scope="module", params=PACKS)
def trained(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> ModelService:
    """For photos of real people and dogs."""
    return _loaded(shared_data(f"models/{request.param}"), tmp_path_factory)


def _loaded(pack: Path, folders: pytest.TempPathFactory) -> ModelService:
    service = ModelService(folders.mktemp("models"), str(pack), "cpu", 1)
    service.load()
    return service


class Site:
    """One process of an installation."""

    def __init__(self, client: Client, models: ModelService) -> None:
        clock = SystemClock()
        self.clock = clock
        self.models = models
        self.store = RedisPeople(client, "main", clock)
        self.follower = GalleryFollower(self.store, models, clock)
        self.follower.start()
        self.enrolment = Enrolment(
            people=self.store,
            writer=self.store,
            models=models,
            assess=assess,
            duplicates=DuplicateCheck(
                self.store, models, self.follower.gallery, self.follower.wait
            ),
            photos=KeptPhotos(MemorySnapshots()),
            clock=clock,
        )

    def details(self, person_id: str) -> Details:
        return Details(person_id, person_id, consent=Consent("I agree.", "1", self.clock.now()))

    def named(self, photo: EnrolPhoto) -> str | None:
        """Whose face ``photo`` shows, by the model's own threshold."""
        models, gallery = self.models.current(), self.follower.gallery
        assert models is not None
        (match,) = gallery.match(photo.vector[None], models.contract) or [NO_MATCH]
        sure = match.score >= models.calibration.threshold(gallery.people)
        return match.subject if sure else None


@pytest.fixture
def site(redis_client: Client, models: ModelService) -> Iterator[Site]:
    site = Site(redis_client, models)
    yield site
    site.follower.close()


@pytest.fixture(scope="module")
def ana(each_material: Material) -> list[Image]:
    """Photos of one person."""
    return [_image(path) for path in each_material.person(0)]


@pytest.fixture(scope="module")
def bo(each_material: Material) -> list[Image]:
    """Photos of another one."""
    return [_image(path) for path in each_material.person(1)]


def _image(path: Path) -> Image:
    return decode(path.read_bytes())


def _accepted(site: Site, photos: Sequence[Image]) -> list[EnrolPhoto]:
    accepted: list[EnrolPhoto] = []
    for image in photos:
        try:
            accepted.append(site.enrolment.check(image, accepted))
        except PictureRefused:
            continue
    return accepted


def _code(site: Site, image: Image, so_far: list[EnrolPhoto]) -> str:
    with pytest.raises(PictureRefused) as refused:
        site.enrolment.check(image, so_far)
    return refused.value.code


def test_photos_of_one_person_agree_and_become_templates(site: Site, ana: list[Image]) -> None:
    photos = _accepted(site, ana)
    assert len(photos) >= 4
    person = site.enrolment.register(site.details("ana"), photos)
    assert len(person.templates) == len(photos)
    assert site.follower.wait(site.store.revision(), 1)
    assert site.follower.gallery.people == 1


def test_photos_that_show_no_one_person_are_refused(
    site: Site, ana: list[Image], bo: list[Image]
) -> None:
    assert _code(site, bo[0], _accepted(site, ana)) == "other_person"
    both = np.hstack([ana[0], bo[0]])
    assert _code(site, both, []) == "several_faces"
    wall = ana[0][:60, :60]
    assert _code(site, wall, []) == "no_face"


def test_a_group_and_a_dog_are_refused(redis_client: Client, trained: ModelService) -> None:
    site = Site(redis_client, trained)
    try:
        assert _code(site, _image(shared_data("photos/bald_guys.jpg")), []) == "several_faces"
        # A dog's face is a face to a detector, but a doubtful one.
        dogs = _image(shared_data("photos/dogs.jpg"))
        assert _code(site, dogs, []) in {"unclear", "several_faces"}
    finally:
        site.follower.close()


def test_a_face_under_another_id_is_found_by_another_photo_in_another_process(
    site: Site, redis_client: Client, models: ModelService, ana: list[Image], bo: list[Image]
) -> None:
    elsewhere = Site(redis_client, models)
    try:
        photos, others = _accepted(site, ana), _accepted(site, bo)
        first = site.enrolment.register(site.details("ana"), photos[:2])
        with pytest.raises(FaceTaken) as taken:
            elsewhere.enrolment.register(elsewhere.details("other"), photos[2:])
        assert taken.value.subject == first.subject
        second = elsewhere.enrolment.register(elsewhere.details("bo"), others[:2])
        assert site.follower.wait(site.store.revision(), 1)
        assert site.named(others[2]) == second.subject
        assert site.named(photos[3]) == first.subject
    finally:
        elsewhere.follower.close()


def test_a_registration_is_followed_from_its_photos_to_redis_in_thirteen_modules(
    site: Site, ana: list[Image]
) -> None:
    recorder = Recorder("MainThread")
    with recorder.recording():
        made = site.enrolment.register(site.details("ana"), _accepted(site, ana[:3]))
    assert site.store.get(made.subject) is not None
    recorder.holds(REGISTRATION, 13, MOST_BESIDE)


def test_a_deleted_person_is_unknown_in_every_process(
    site: Site, redis_client: Client, models: ModelService, ana: list[Image]
) -> None:
    elsewhere = Site(redis_client, models)
    try:
        photos = _accepted(site, ana)
        person = site.enrolment.register(site.details("ana"), photos[:2])
        assert elsewhere.follower.wait(site.store.revision(), 5)
        assert elsewhere.named(photos[3]) == person.subject
        site.store.delete(person.subject)
        assert elsewhere.follower.wait(site.store.revision(), 1)
        assert elsewhere.named(photos[3]) is None
    finally:
        elsewhere.follower.close()


def test_strangers_are_not_taken_for_those_registered(
    site: Site, ana: list[Image], each_material: Material
) -> None:
    site.enrolment.register(site.details("ana"), _accepted(site, ana))
    assert site.follower.wait(site.store.revision(), 1)
    tried = 0
    for path in sorted(each_material.strangers.rglob("*.jpg"))[:20]:
        try:
            photo = site.enrolment.check(_image(path))
        except PictureRefused:
            continue
        assert site.named(photo) is None
        tried += 1
    assert tried >= 10
