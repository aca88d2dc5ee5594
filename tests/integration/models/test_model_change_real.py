"""From one pack to another with models that run: nobody comes in, and everybody is known after."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from face_rec.clock import SystemClock
from face_rec.domain.errors import PictureRefused
from face_rec.domain.people import Consent
from face_rec.domain.recognition import NO_MATCH
from face_rec.models.model_service import ModelService
from face_rec.people.change.change import ModelChange
from face_rec.people.change.job import ReembeddingJob
from face_rec.people.change.plan import Stage, Switch
from face_rec.people.change.reembed import Maker, Reembedding
from face_rec.people.change.trial import Comparison
from face_rec.people.details import Details
from face_rec.people.duplicates import DuplicateCheck
from face_rec.people.enrolment import Enrolment
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.kept_photos import KeptPhotos
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import decode
from face_rec.people.photos.quality import assess
from face_rec.site_options import LiveOptions
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.stores.site.model_change import RedisModelChange
from face_rec.stores.site.site_state import RedisOptions
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots
from tests.data import Material, has_real_material, real_material, shared_data
from tests.fakes.options import OPTIONS
from tests.synthetic.material import write_pack

pytestmark = pytest.mark.models

PEOPLE = 4


class RealSite:
    """One process with two packs: ``one`` is in use, ``two`` has another recogniser."""

    def __init__(self, client: Client, folder: Path, one: Path, two: Path) -> None:
        clock = SystemClock()
        self.options = LiveOptions(
            OPTIONS, frozenset(), RedisOptions(client, "main"), lambda *_: None
        )
        self.models = ModelService(folder / "models", "one", "cpu", switch=self._switch)
        for name, pack in (("one", one), ("two", two)):
            self.models.import_archive(pack, name)
        self.people = RedisPeople(client, "main", clock)
        self.follower = GalleryFollower(self.people, self.models, clock)
        self.models.before_exchange(self.follower.prepare)
        self.follower.start()
        pictures = FolderSnapshots(folder / "pictures")
        self.enrolment = Enrolment(
            people=self.people, writer=self.people, models=self.models, assess=assess,
            duplicates=DuplicateCheck(
                self.people, self.models, self.follower.gallery, self.follower.wait
            ),
            photos=KeptPhotos(pictures), clock=clock,
        )  # fmt: skip
        store = RedisModelChange(client, "main")
        self.change = ModelChange(
            store=store, people=self.people, packs=self.models, options=self.options, clock=clock
        )
        maker = Maker(
            store, self.people, self.people, self.models, Reembedding(pictures.get, clock)
        )
        self.job = ReembeddingJob(
            store=store, people=self.people, writer=self.people, maker=maker,
            comparison=Comparison(self.people, clock), switch=self._switch, clock=clock,
        )  # fmt: skip
        self.clock = clock

    def _switch(self) -> Switch | None:
        return Switch.of(self.options.current().model)

    def register(self, person_id: str, paths: tuple[Path, ...]) -> str:
        photos: list[EnrolPhoto] = []
        for path in paths:
            try:
                photos.append(self.enrolment.check(decode(path.read_bytes()), photos))
            except PictureRefused:
                continue
        consent = Consent("I agree.", "1", self.clock.now())
        details = Details(person_id, person_id, consent=consent)
        return self.enrolment.register(details, photos).subject

    def named(self, path: Path) -> str | None:
        """Whose face the photo shows, by the threshold of the pack in use."""
        assert self.follower.wait(self.people.revision(), 20)
        photo = self.enrolment.check(decode(path.read_bytes()))
        models = self.models.current()
        assert models is not None
        probe = np.asarray(photo.vector[None])
        (match,) = self.follower.gallery.match(probe, models.contract) or [NO_MATCH]
        threshold = models.calibration.threshold(self.follower.gallery.people)
        return match.subject if match.score >= threshold else None


@pytest.fixture(params=["drawn", *(["real"] if has_real_material() else [])])
def material(request: pytest.FixtureRequest, drawn: Material) -> Material:
    return drawn if request.param == "drawn" else real_material()


@pytest.fixture
def site(redis_client: Client, tmp_path: Path, material: Material) -> Iterator[RealSite]:
    other = write_pack(tmp_path / "drawn128", dimension=128)
    two = shared_data("models/scrfd_mbf128") if material.real else other
    site = RealSite(redis_client, tmp_path, material.pack, two)
    yield site
    site.follower.close()


def test_everybody_is_known_to_the_other_pack_and_to_the_first_one_again(
    site: RealSite, material: Material
) -> None:
    paths = [material.person(number) for number in range(PEOPLE)]
    subjects = [site.register(f"E{n}", photos[1:]) for n, photos in enumerate(paths)]
    assert [site.named(photos[0]) for photos in paths] == subjects
    site.change.begin("two")
    for _ in range(3):
        site.job.step()
    status = site.change.status()
    assert status is not None
    assert status.stage is Stage.READY
    assert status.progress.tally.done == PEOPLE
    assert status.trial is not None
    assert status.trial.new.wrong == 0
    for pack in ("two", "one"):
        site.change.switch()
        assert site.models.status().pack == pack
        assert [site.named(photos[0]) for photos in paths] == subjects
        assert site.named(material.stranger(0)) is None
