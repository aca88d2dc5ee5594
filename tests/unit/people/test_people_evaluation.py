from pathlib import Path

import cv2
import pytest

from face_rec.cli.parts.evaluation import Evaluation, Tally, split
from face_rec.domain.errors import SourceError
from face_rec.domain.faces import Image
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.photo_check import Examiner
from face_rec.people.photos.quality import assess
from tests.fakes.enrolment import painted
from tests.fakes.models import FakeModelSource, blank_frame


def _save(path: Path, image: Image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", image)[1].tobytes())


def _people(folder: Path) -> Path:
    for who in (1, 9):
        for number in range(3):
            _save(folder / f"person{who}" / f"{number}.png", painted(who))
    _save(folder / "unseen" / "0.png", blank_frame())
    _save(folder / "unseen" / "1.png", painted(4))
    (folder / "unseen" / "2.png").write_bytes(b"broken")
    (folder / "empty").mkdir()
    return folder


def _tally(people: Path, strangers: Path | None, enrol: int = 1) -> Tally:
    source = FakeModelSource()
    examiner = Examiner(source, assess, alone=False)
    gallery = MemoryGallery(examiner.models().contract)

    def identify(image: Image) -> str | None:
        match = gallery.own_matches(examiner.examine(image).vector[None])[0]
        return match.subject if match.score > 0.8 else None

    steps: list[tuple[int, int]] = []
    photos = split(people, strangers, enrol)
    evaluation = Evaluation(examiner, gallery, identify, lambda *step: steps.append(step))
    tally = evaluation.run(photos)
    assert steps == [(number, photos.photos) for number in range(1, photos.photos + 1)]
    return tally


def test_every_probe_is_counted_once(tmp_path: Path) -> None:
    people, strangers = _people(tmp_path / "people"), tmp_path / "strangers"
    _save(strangers / "a.png", painted(12))
    _save(strangers / "deep" / "b.png", painted(9))
    assert _tally(people, strangers) == Tally(
        people=3, probes=6, strangers=2, not_enrolled=1, named_right=4, named_wrong=0, unnamed=2,
        strangers_named=1,
    )  # fmt: skip


def test_a_photo_under_the_wrong_name_is_named_wrong(tmp_path: Path) -> None:
    people = _people(tmp_path)
    _save(people / "person1" / "9.png", painted(9))
    tally = _tally(people, None)
    assert (tally.named_right, tally.named_wrong, tally.unnamed) == (4, 1, 2)


def test_more_photos_can_be_enrolled(tmp_path: Path) -> None:
    people = _people(tmp_path)
    photos = split(people, None, 2)
    assert [path.name for path in photos.enrol["person1"]] == ["0.png", "1.png"]
    assert len(photos.probes) == 3
    assert _tally(people, None, enrol=2).not_enrolled == 0


def test_folders_that_hold_nothing_are_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere"):
        split(tmp_path / "nowhere", None, 1)
    with pytest.raises(SourceError, match="no folders"):
        split(tmp_path, None, 1)
    with pytest.raises(SourceError, match="strange"):
        split(_people(tmp_path), tmp_path / "strange", 1)
