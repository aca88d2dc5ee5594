"""10,000 people × 5 photos embedded anew, killed twice in the middle. The models are fakes that
take next to no time: what is measured is all around them. Run as
``python -m tests.benchmarks.stores.model_change SOCKET FOLDER`` it is a process that works until
it is killed."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from face_rec.domain.faces import Box, Face, Image, Matrix, View
from face_rec.domain.people import Contract, Person, Template, TemplateInfo
from face_rec.domain.pictures import kept_photo
from face_rec.people.change.plan import Stage
from face_rec.people.photos.photo_check import name_of
from face_rec.people.photos.photos import jpeg_of
from face_rec.protocols.models import FaceModels
from face_rec.stores.redis.client import Client, RedisAddress, connect
from tests.benchmarks.journey import rig
from tests.benchmarks.report.row import Row
from tests.fakes.clock import MORNING
from tests.fakes.models import FakeCalibration
from tests.integration.people.change_site import ChangingSite, Packs
from tests.redis_servers import wait_until
from tests.samples import CONSENT

PHOTOS = 5
DIMENSION = 512
_SIDE = 160


class Middle:
    """Finds the one face in the middle of a kept photo."""

    def detect(self, image: Image, size: int, region: Box | None = None) -> list[Face]:
        third = image.shape[0] / 3
        points = np.full((5, 2), image.shape[0] / 2, np.float32)
        return [Face(Box(third, third, 2 * third, 2 * third), 0.9, points)]


class Grey:
    """The embedding is the picture's grey in 512 directions: photos of one person are alike."""

    batches = True

    def __init__(self, digest: str) -> None:
        self.contract = Contract(digest, DIMENSION)
        lots = np.random.default_rng(len(digest))
        self._directions = lots.normal(size=(64, DIMENSION)).astype(np.float32)

    def align(self, image: Image, face: Face) -> Image:
        return np.asarray(cv2.resize(image, (8, 8), interpolation=cv2.INTER_AREA), np.uint8)

    def embed(self, crops: Sequence[Image]) -> Matrix:
        grey = np.stack([crop[:, :, 0].ravel() for crop in crops]).astype(np.float32)
        rows = (grey - grey.mean(axis=1, keepdims=True)) @ self._directions
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def packs() -> Packs:
    def one(name: str) -> FaceModels:
        return FaceModels(name, "cpu", Middle(), Grey(name), FakeCalibration(0.9, 0.0))

    return Packs(one("old"), one("new"))


def run(quick: bool = False) -> list[Row]:
    people = 500 if quick else 10_000
    with tempfile.TemporaryDirectory() as folder, rig.redis(Path(folder)) as client:
        pictures = Path(folder) / "pictures"
        site = ChangingSite(client, pictures, packs())
        subjects = _fill(site, pictures, people)
        site.change.begin("new")
        began = time.monotonic()
        for share in (0.3, 0.6):
            child = _worker(client, pictures)
            wait_until(lambda share=share: _done(site) > share * people, 3600)  # type: ignore[misc]
            child.send_signal(signal.SIGKILL)
            child.wait()
        assert _worker(client, pictures).wait() == 0
        took = time.monotonic() - began
        _check(site, subjects)
        status = site.change.status()
        assert status is not None
        assert status.trial is not None
        assert status.stage is Stage.READY
        looks, right = status.trial.looks, status.trial.new.right
        note = f"{looks:,} photos compared, {right:,} named rightly"
        return [
            Row(f"{people:,} people × {PHOTOS} embedded anew, killed twice", took, "s", note=note),
            Row("people a second, models aside", people / took, "/s"),
        ]


def _fill(site: ChangingSite, pictures: Path, people: int) -> list[str]:
    lots = np.random.default_rng(1)
    subjects = []
    for number in range(people):
        look = lots.integers(0, 255, (8, 8)).astype(np.float32)
        person = Person(f"s{number:06}", f"E{number}", f"Person {number}", consent=CONSENT)
        templates = []
        for slot in range(PHOTOS):
            grey = np.clip(look + lots.normal(0, 12, (8, 8)), 0, 255).astype(np.uint8)
            image = cv2.resize(cv2.merge([grey] * 3), (_SIDE, _SIDE))
            jpeg = jpeg_of(np.asarray(image, np.uint8), 92)
            info = TemplateInfo(slot, View.FRONT, 0.9, "old", MORNING, name_of(jpeg))
            row = site.packs.used.embedder.embed([cv2.resize(image, (8, 8)).astype(np.uint8)])[0]
            templates.append(Template(info, row))
            path = pictures / kept_photo(person.subject, info.photo)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(jpeg)
        site.people.create(person, templates, number)
        subjects.append(person.subject)
    return subjects


def _done(site: ChangingSite) -> int:
    progress = site.store.progress()
    return progress.tally.done if progress else 0


def _check(site: ChangingSite, subjects: Sequence[str]) -> None:
    """Nobody is missing, and nobody was made twice."""
    for subject, person in site.people.many(subjects).items():
        by_contract = [
            {info.photo for info in person.templates if info.contract == contract}
            for contract in ("old", "new")
        ]
        assert by_contract[0] == by_contract[1], subject
        assert len(person.templates) == 2 * PHOTOS, subject


def _worker(client: Client, pictures: Path) -> subprocess.Popen[bytes]:
    socket: Any = client.connection_pool.connection_kwargs["path"]
    module = "tests.benchmarks.stores.model_change"
    return subprocess.Popen([sys.executable, "-m", module, str(socket), str(pictures)])


def main(socket: str, pictures: str) -> None:
    client = connect(RedisAddress(unix_socket=socket))
    site = ChangingSite(client, Path(pictures), packs())
    site.job.start()
    while (status := site.change.status()) and status.trial is None:
        time.sleep(0.1)
    site.job.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
