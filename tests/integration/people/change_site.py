"""A site whose model is changed: real Redis, pictures in a folder, painted faces. Run as
``python -m tests.integration.people.change_site PORT FOLDER SECONDS`` it is a process that works
at the change that is under way, until it is killed or nothing is left."""

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from face_rec.clock import Clock, SystemClock
from face_rec.domain.errors import PackMissing
from face_rec.domain.faces import Box, Image, Matrix, View
from face_rec.domain.people import Person, Template, TemplateInfo
from face_rec.domain.pictures import kept_photo
from face_rec.people.change.change import ModelChange
from face_rec.people.change.job import ReembeddingJob
from face_rec.people.change.plan import Stage
from face_rec.people.change.reembed import Maker, Reembedding
from face_rec.people.change.trial import Comparison
from face_rec.people.photos.photo_check import name_of
from face_rec.people.photos.photos import KEPT_QUALITY, jpeg_of, surroundings
from face_rec.protocols.models import FaceModels
from face_rec.site_options import LiveOptions
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.site.model_change import RedisModelChange
from face_rec.stores.site.site_state import RedisOptions
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots
from tests.fakes.clock import FakeClock
from tests.fakes.enrolment import colour
from tests.fakes.models import FakeEmbedder, blank_frame, draw_face, fake_models
from tests.fakes.options import OPTIONS
from tests.samples import a_person

PHOTOS = 3


class Packs:
    """Two packs: ``old`` is in use, ``new`` is installed."""

    def __init__(self, old: FaceModels, new: FaceModels) -> None:
        self.used = old
        self.installed = {"old": old, "new": new}

    @property
    def wanted(self) -> str:
        return self.used.pack

    def current(self) -> FaceModels:
        return self.used

    def follow(self) -> None:
        """Tests say by themselves what is in use."""

    def beside(self, name: str) -> FaceModels:
        if name not in self.installed:
            raise PackMissing(f"There is no pack '{name}' here.")
        return self.installed[name]


class SlowEmbedder(FakeEmbedder):
    """Takes ``seconds`` for each photo."""

    seconds = 0.0

    def embed(self, crops: Sequence[Image]) -> Matrix:
        time.sleep(self.seconds)
        return super().embed(crops)


def two_packs(seconds: float = 0.0) -> Packs:
    embedder = SlowEmbedder(digest="new")
    embedder.seconds = seconds
    old, new = fake_models("old"), replace(fake_models(), embedder=embedder)
    return Packs(replace(old, pack="old"), replace(new, pack="new"))


class ChangingSite:
    """One process of it."""

    def __init__(
        self,
        client: Client,
        folder: Path,
        packs: Packs | None = None,
        clock: Clock | None = None,
        *,
        by_hand: bool = False,
    ) -> None:
        self.packs = packs or two_packs()
        self.clock = clock or SystemClock()
        self.people = RedisPeople(client, "main", self.clock)
        self.pictures = FolderSnapshots(folder)
        self.store = RedisModelChange(client, "main", lease=1)
        self.options = LiveOptions(
            OPTIONS, frozenset(), RedisOptions(client, "main"), lambda *_: None
        )
        self.told: list[tuple[str, str]] = []
        self.change = ModelChange(
            store=self.store, people=self.people, packs=self.packs, options=self.options,
            clock=self.clock, by_hand=by_hand,
            note=lambda what, pack, *_: self.told.append((what, pack)),
        )  # fmt: skip
        maker = Maker(
            self.store, self.people, self.people, self.packs,
            Reembedding(self.pictures.get, self.clock),
        )  # fmt: skip
        self.job = ReembeddingJob(
            store=self.store, people=self.people, writer=self.people, maker=maker,
            comparison=Comparison(self.people, self.clock), switch=self.change.switched,
            clock=self.clock, every=0.02,
        )  # fmt: skip

    def register(self, who: int, photos: int = PHOTOS) -> Person:
        """Somebody with so many photos, taken a little nearer each time."""
        models, person = self.packs.used, a_person(f"E{who}", f"Person {who}")
        made, jpegs = [], {}
        for number in range(photos):
            image = blank_frame()
            draw_face(image, Box(200, 100, 340 + 10 * number, 240 + 10 * number), colour(who))
            (face,) = models.detector.detect(image, 640)
            jpeg = jpeg_of(surroundings(image, face.box), KEPT_QUALITY)
            crop = models.embedder.align(image, face)
            info = TemplateInfo(
                number, View.FRONT, 0.9, models.contract.digest, self.clock.now(),
                name_of(jpeg),
            )  # fmt: skip
            made.append(Template(info, models.embedder.embed([crop])[0]))
            jpegs[info.photo] = jpeg
        person = self.people.create(person, made, self.people.revision())
        for name, jpeg in jpegs.items():
            self.pictures.put(kept_photo(person.subject, name), jpeg)
        return person

    def steps(self, count: int = 6) -> None:
        for _ in range(count):
            self.job.step()

    def look_again(self) -> None:
        """After the pause that follows a finished look."""
        self.fake_clock.advance(60)
        self.steps()

    @property
    def fake_clock(self) -> FakeClock:
        assert isinstance(self.clock, FakeClock)
        return self.clock

    def stage(self) -> Stage | None:
        status = self.change.status()
        return status.stage if status else None

    def photos_of(self, subject: str, contract: str) -> list[str]:
        person = self.people.get(subject)
        return [i.photo for i in person.templates if i.contract == contract] if person else []


def main(port: str, folder: str, seconds: str) -> None:
    client = connect(RedisAddress(nodes=(("127.0.0.1", int(port)),)))
    site = ChangingSite(client, Path(folder), two_packs(float(seconds)))
    site.job.start()
    while (status := site.change.status()) and status.trial is None:
        time.sleep(0.02)
    site.job.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
