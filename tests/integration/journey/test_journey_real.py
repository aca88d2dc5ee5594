"""The journey with models that run, and with faces; only the stores are fakes."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from face_rec.domain.faces import Frame, Image, Matrix
from face_rec.domain.kiosks.screens import Label
from face_rec.domain.people import GalleryEntry
from face_rec.domain.recognition import Verdict
from face_rec.journey.decide import Policy
from face_rec.journey.engine import Engine
from face_rec.journey.marking.mark import DryRunMarker
from face_rec.journey.pipeline import Journey
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.streams.recorded import PictureFolder, VideoFile
from face_rec.journey.streams.workers import WorkerPool
from face_rec.models.model_service import ModelService
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.quality import assess
from face_rec.protocols.models import FaceModels
from tests.data import PACKS, Material, real_material, shared_data
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.models import FakeModelSource, blank_frame
from tests.nightly import every_day_but
from tests.synthetic.faces import Pose, draw
from tests.synthetic.photos import photo

pytestmark = pytest.mark.models

RATE = 15


@pytest.fixture(scope="module")
def models(each_material: Material, tmp_path_factory: pytest.TempPathFactory) -> FaceModels:
    folder = tmp_path_factory.mktemp("models")
    return ModelService(folder, str(each_material.pack), "cpu", 1).load()


@pytest.fixture(scope="module", params=every_day_but(PACKS[1:], PACKS))
def trained(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> FaceModels:
    """For films and photos of real people."""
    folder = shared_data(f"models/{request.param}")
    return ModelService(tmp_path_factory.mktemp("models"), str(folder), "cpu", 1).load()


def photos(material: Material, people: int) -> dict[str, list[Image]]:
    folders = sorted(p for p in material.people.iterdir() if p.is_dir())
    return {
        folder.name: [image for _, image in PictureFolder(folder).pictures()]
        for folder in folders[:people]
    }


def strangers(material: Material, count: int) -> list[Image]:
    return [image for _, image in PictureFolder(material.strangers).pictures()][:count]


def template(models: FaceModels, image: Image) -> Matrix:
    """(1, D) of the largest face in ``image``."""
    faces = models.detector.detect(image, 640)
    face = max(faces, key=lambda found: found.box.area)
    return models.embedder.embed([models.embedder.align(image, face)])


def gallery_of(models: FaceModels, people: dict[str, list[Image]]) -> MemoryGallery:

    gallery = MemoryGallery(models.contract)
    gallery.load([GalleryEntry(s, template(models, p[0])) for s, p in people.items()], 1)
    return gallery


class Kiosk:
    """A journey in front of which people can stand."""

    def __init__(self, models: FaceModels, gallery: MemoryGallery) -> None:
        self.clock = FakeClock()
        self.services = PipelineDeps(
            models=FakeModelSource(models),
            gallery=gallery,
            directory=FakeDirectory(),
            marker=DryRunMarker(60),
            snapshots=None,
            assess=assess,
            clock=self.clock,
            policy=Policy(),
        )
        self.journey = Journey("door", self.services)
        self.named: list[str] = []
        self._number = 0

    def show(self, image: Image, rate: float = RATE) -> tuple[Label, ...]:
        self._number += 1
        self.clock.advance(1 / rate)
        frame = Frame(image, self._number, self.clock.monotonic())
        labels = self.journey.process(frame).labels
        self.named += [label.receipt.event.subject for label in labels if label.receipt]
        return labels


def standing(photo: Image, frames: int) -> Iterator[Image]:
    """Somebody in front of a 640×480 camera who does not stand quite still."""
    height, width = photo.shape[:2]
    for number in range(frames):
        image = blank_frame()
        left = int(190 + 12 * np.sin(number / 3))
        top = int(110 + 5 * np.cos(number / 4))
        image[top : top + height, left : left + width] = photo
        yield image


def leave(kiosk: Kiosk) -> None:
    """A second in which nobody is there; at this rate each picture is searched."""
    for _ in range(4):
        labels = kiosk.show(blank_frame(), rate=4)
    assert labels == ()


def test_enrolled_people_are_named_in_video_and_never_as_somebody_else(
    models: FaceModels, each_material: Material, thorough: bool
) -> None:
    people = photos(each_material, 12 if thorough else 6)
    kiosk = Kiosk(models, gallery_of(models, people))
    right = 0
    for subject, pictures in people.items():
        kiosk.named.clear()
        for image in standing(pictures[1], 12):
            kiosk.show(image)
        leave(kiosk)
        assert set(kiosk.named) <= {subject}
        right += subject in kiosk.named
    assert right >= len(people) - 1


def _sent_again_often(photo: Image, frames: int) -> Iterator[Image]:
    """Aside, brighter, coded anew: there are twelve such pictures, which come again and again."""
    pictures = [_sent_again(photo, number) for number in range(12)]
    return (pictures[number % len(pictures)] for number in range(frames))


def _sent_again(photo: Image, number: int) -> Image:
    """One picture as somebody could send it again: coded anew, brighter, a pixel aside."""
    still = next(standing(photo, 1))
    aside = np.array([[1, 0, number % 2], [0, 1, number // 2 % 2]], np.float32)
    shifted = cv2.warpAffine(still, aside, (still.shape[1], still.shape[0]))
    lit = cv2.convertScaleAbs(shifted, alpha=1.0, beta=5 * (number % 3))
    jpeg = cv2.imencode(".jpg", lit, [cv2.IMWRITE_JPEG_QUALITY, 60 + 10 * (number % 3)])[1]
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


_ROOM = 64


@cache
def _grain() -> Matrix:
    random = np.random.default_rng(0)
    return random.normal(0, 2.5, (480 + _ROOM, 640 + _ROOM, 3)).astype(np.float32)


def _grain_of(number: int) -> Matrix:
    """A camera's, another one in each frame: cut out elsewhere from a larger field, because to
    draw a million numbers takes longer than to recognise somebody."""
    top, left = 7 * number % _ROOM, 13 * number % _ROOM
    return _grain()[top : top + 480, left : left + 640]


def _stands_still(photo: Image, number: int) -> Image:
    """Somebody who tries to stand still, before a camera with grain: heads sway by some
    millimetres a second, here two pixels to either side in four seconds."""
    image = next(standing(photo, 1))
    angle = 2 * np.pi * number / (4 * RATE)
    sway = np.array([[1, 0, 2.5 * np.sin(angle)], [0, 1, 1.5 * np.cos(angle)]], np.float32)
    swayed = cv2.warpAffine(image, sway, (image.shape[1], image.shape[0]))
    grainy = np.clip(swayed + _grain_of(number), 0, 255).astype(np.uint8)
    jpeg = cv2.imencode(".jpg", grainy, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


def test_one_picture_however_often_it_is_sent_marks_nobody(
    models: FaceModels, each_material: Material, thorough: bool
) -> None:
    people = photos(each_material, 6 if thorough else 2)
    kiosk = Kiosk(models, gallery_of(models, people))
    for pictures in people.values():
        for image in _sent_again_often(pictures[1], 4 * RATE):
            kiosk.show(image)
        leave(kiosk)
    assert kiosk.named == []


def test_who_stands_still_before_a_camera_is_named(
    models: FaceModels, each_material: Material, thorough: bool
) -> None:
    people = photos(each_material, 6 if thorough else 2)
    kiosk = Kiosk(models, gallery_of(models, people))
    named = 0
    for subject, pictures in people.items():
        kiosk.named.clear()
        for number in range(4 * RATE):
            kiosk.show(_stands_still(pictures[1], number))
        leave(kiosk)
        assert set(kiosk.named) <= {subject}
        named += subject in kiosk.named
    assert named >= len(people) - 1


def test_strangers_are_never_named_in_video(
    models: FaceModels, each_material: Material, thorough: bool
) -> None:
    kiosk = Kiosk(models, gallery_of(models, photos(each_material, 20)))
    unknown, count = 0, 15 if thorough else 6
    for stranger in strangers(each_material, count):
        labels: Sequence[Label] = ()
        for image in standing(stranger, 10):
            labels = kiosk.show(image) or labels
        unknown += any(label.verdict is Verdict.UNKNOWN for label in labels)
        leave(kiosk)
    assert kiosk.named == []
    assert unknown >= count - 1


def test_a_stranger_who_takes_somebodys_place_does_not_inherit_the_name(
    models: FaceModels,
    each_material: Material,
    thorough: bool,
) -> None:
    count = 6 if thorough else 3
    people = photos(each_material, count)
    kiosk = Kiosk(models, gallery_of(models, people))
    inherited = named = 0
    for stranger, pictures in zip(strangers(each_material, count), people.values(), strict=True):
        for image in standing(pictures[1], RATE):
            named += any(label.name for label in kiosk.show(image))
        after = [kiosk.show(image) for image in standing(stranger, RATE)]
        # The stranger stands where the last face was from one frame to the next; a search comes
        # within three frames.
        inherited += any(label.name for labels in after[4:] for label in labels)
        leave(kiosk)
    assert named > RATE
    assert inherited == 0


def test_two_who_walk_past_each_other_keep_their_own_names(
    drawn: Material, tmp_path: Path
) -> None:
    """One goes to the right and hides the other, who goes to the left, for a moment."""
    models = ModelService(tmp_path, str(drawn.pack), "cpu", 1).load()
    kiosk = Kiosk(models, gallery_of(models, {str(n): [photo(n, 0)] for n in range(6)}))
    named: list[tuple[str, bool]] = []
    for step in np.linspace(0, 1, 6 * RATE):
        there = {"0": 100 + 440 * step, "1": 540 - 440 * step}
        image = blank_frame()
        for subject in ("1", "0"):
            sway = 4 * np.sin(20 * step + int(subject))
            draw(image, int(subject), Pose(there[subject], 240 + sway, 110, sway))
        for label in kiosk.show(image):
            if label.name:
                middle = (label.box.left + label.box.right) / 2
                assert abs(there[label.name] - middle) < 60, f"at {step:.2f} of the way"
                named.append((label.name, step > 0.5))
    assert {(subject, after) for subject in ("0", "1") for after in (False, True)} == set(named)


def test_a_person_is_marked_within_half_a_second_of_video(
    models: FaceModels, each_material: Material
) -> None:
    people = photos(each_material, 3)
    kiosk = Kiosk(models, gallery_of(models, people))
    for _ in range(2 * RATE):
        kiosk.show(blank_frame())
    for image in standing(next(iter(people.values()))[1], RATE // 2):
        kiosk.show(image)
    assert set(kiosk.named) == {next(iter(people))}


def test_people_who_walk_up_in_a_crowd_are_named_by_their_own_names(trained: FaceModels) -> None:
    """Enrolled from the end of the video, recognised while they walk up."""
    video = [
        image for _, image in VideoFile(Path(shared_data("videos/facenet_video.mp4"))).frames()
    ]

    last = video[-1]
    faces = [face for face in trained.detector.detect(last, 640) if face.box.width >= 60]
    crops = [trained.embedder.align(last, face) for face in faces]
    gallery = MemoryGallery(trained.contract)
    rows = trained.embedder.embed(crops)
    gallery.load([GalleryEntry(f"p{n}", row[None]) for n, row in enumerate(rows)], 1)
    kiosk = Kiosk(trained, gallery)
    tracks: dict[int, set[str]] = {}
    for image in video[:-1]:
        labels = kiosk.show(image, rate=25)
        names = [label.name for label in labels if label.name]
        assert len(names) == len(set(names))
        for label in labels:
            if label.name:
                tracks.setdefault(label.track, set()).add(label.name)
    assert tracks
    assert all(len(names) == 1 for names in tracks.values())


def test_a_clip_without_faces_marks_nobody(trained: FaceModels, thorough: bool) -> None:
    kiosk = Kiosk(trained, gallery_of(trained, photos(real_material(), 5)))
    clip = VideoFile(Path(shared_data("videos/one-by-one-person-detection.mp4")))
    every = 1 if thorough else 8
    for _, image in islice(clip.frames(), 0, None, every):
        kiosk.show(image, rate=12 / every)
    assert kiosk.named == []


def test_stills_name_the_enrolled_and_no_strangers(
    models: FaceModels, each_material: Material, thorough: bool
) -> None:
    people = photos(each_material, 30 if thorough else 12)
    engine = engine_for(Kiosk(models, gallery_of(models, people)).services)
    probes = [(subject, pictures[1]) for subject, pictures in people.items()]
    named = [(subject, engine.still(photo)) for subject, photo in probes]
    wrong = [s for s, labels in named for label in labels if label.name not in {"", s.title()}]
    right = [s for s, labels in named if any(label.name == s.title() for label in labels)]
    assert wrong == []
    assert len(right) >= len(people) - (2 if thorough else 1)
    assert not [
        label
        for photo in strangers(each_material, 40 if thorough else 20)
        for label in engine.still(photo)
        if label.name
    ]
    engine.close()


def engine_for(s: PipelineDeps) -> Engine:
    return Engine(s, WorkerPool(1, s.clock))


def test_group_photos_of_strangers_name_nobody(trained: FaceModels, thorough: bool) -> None:
    engine = engine_for(Kiosk(trained, gallery_of(trained, photos(real_material(), 20))).services)
    files = sorted(shared_data("photos").glob("*.jpg"))[: 5 if thorough else 3]
    seen = 0
    for file in files:
        image = cv2.imread(str(file))
        assert image is not None
        labels = engine.still(image.astype(np.uint8, copy=False))
        seen += len(labels)
        assert not [label for label in labels if label.name]
    assert seen >= len(files)
    engine.close()
