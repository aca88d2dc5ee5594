"""``evaluate-liveness``: what the liveness models notice, measured on the site's own pictures."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from tqdm import tqdm

import config
from face_rec import assembly
from face_rec.cli.evaluate import Evaluation, split
from face_rec.clock import SystemClock
from face_rec.domain.errors import ModelError, SourceError
from face_rec.domain.faces import Face, Frame, Image
from face_rec.domain.liveness import Check, Liveness
from face_rec.domain.people import Consent, Person
from face_rec.domain.recognition import Verdict
from face_rec.domain.screens import Label
from face_rec.journey.decide import Policy
from face_rec.journey.liveness.error_rates import Result, Seen, counted, lines
from face_rec.journey.mark import DryRunMarker
from face_rec.journey.pipeline import Journey, PipelineDeps
from face_rec.journey.still import recognise
from face_rec.journey.streams.camera import PictureFolder, VideoFile
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.photo_check import Examiner
from face_rec.people.photos.quality import assess
from face_rec.protocols.models import FaceModels, LifeModels

CLIPS: Final = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".gif", ".mjpeg")
PICTURES: Final = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
FRAME_RATE: Final = 15.0
"""At which the pictures of a folder are taken to follow each other."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = subparsers.add_parser(
        "evaluate-liveness",
        help="measure what the liveness models notice",
        description="Sends live faces and attacks on the way that a kiosk's pictures take, and "
        "counts what they are taken for. A presentation is a video, a picture, or a folder of "
        "pictures (the frames of one video, by name). Terms after ISO/IEC 30107-3; each bound "
        "holds at 95 % (Clopper-Pearson).",
    )
    command.add_argument("bonafide", type=Path, metavar="BONAFIDE", help="folder of live faces")
    command.add_argument("--attacks", type=Path, metavar="FOLDER", required=True,
                         help="one folder for each species of attack")  # fmt: skip
    command.add_argument("--people", type=Path, metavar="FOLDER", help="a folder of photos for "
                         "each person to enrol: then attacks that would be marked are counted, "
                         "too (IAPMR)")  # fmt: skip
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    bonafide, species = _found(options.bonafide), _species(options.attacks)
    settings = config.load()
    service = assembly.build_models(settings)
    models = service.load()
    if models.life is None:
        raise ModelError(
            f"There are no liveness models at {service.liveness.place(settings.liveness_pack)}. "
            "Install them first: python -m face_rec models import --liveness FOLDER"
        )
    timed = Timed(models.life)
    gallery = MemoryGallery(models.contract)
    if options.people is not None:
        examiner = Examiner(service, assess, alone=False)
        enrol = Evaluation(examiner, gallery, lambda _: None, lambda *_: None).enrol
        for person, photos in split(options.people, None, 100).enrol.items():
            enrol(person, photos)
    policy = Policy(threshold=settings.match_threshold, margin=settings.match_margin)
    site = Bench(replace(models, life=timed), gallery, policy)
    with tqdm(
        total=len(bonafide) + sum(map(len, species.values())), unit="clip", file=sys.stderr
    ) as bar:
        result = evaluate(site, bonafide, species, partial(_one_more, bar))
    _show(result, timed.milliseconds, as_json=options.json)
    return 0


# --- presentations ---------------------------------------------------------------------------


def _found(folder: Path) -> list[Path]:
    """The presentations under ``folder``; raises SourceError where there is none."""
    if not folder.is_dir():
        raise SourceError(f"There is no folder {folder}.")
    found = list(_presentations(folder))
    if not found:
        raise SourceError(f"{folder} holds no videos and no pictures.")
    return found


def _presentations(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            frames = any(one.suffix.lower() in PICTURES for one in path.iterdir())
            yield from [path] if frames else _presentations(path)
        elif path.suffix.lower() in (*CLIPS, *PICTURES):
            yield path


def _species(folder: Path) -> dict[str, list[Path]]:
    if not folder.is_dir():
        raise SourceError(f"There is no folder {folder}.")
    folders = [path for path in sorted(folder.iterdir()) if path.is_dir()]
    if not folders:
        raise SourceError(f"{folder} holds no folders. It needs one for each species of attack.")
    return {path.name: _found(path) for path in folders}


def _frames(path: Path) -> Iterator[tuple[float, Image]]:
    if path.is_dir():
        for number, (_, image) in enumerate(PictureFolder(path).pictures()):
            yield number / FRAME_RATE, image
    else:
        yield from VideoFile(path).frames()


# --- the way of a presentation ---------------------------------------------------------------


def _after(seen: Seen, label: Label) -> Seen:
    """``seen`` after one more frame."""
    verdict = label.life.verdict
    decided = label.verdict in {Verdict.NAMED, Verdict.UNKNOWN}
    return Seen(
        first=verdict if seen.first is None and decided else seen.first,
        live=seen.live or verdict is Liveness.LIVE,
        measured=seen.measured or bool(label.life.findings),
        marked=seen.marked or label.receipt is not None,
    )


class Timed:
    """Implements LifeModels; counts what they cost."""

    def __init__(self, models: LifeModels) -> None:
        self._models = models
        self._seconds, self._faces = 0.0, 0

    @property
    def licence(self) -> str:
        return self._models.licence

    @property
    def milliseconds(self) -> float:
        """A look."""
        return self._seconds / max(1, self._faces) * 1000

    def scores(self, image: Image, faces: Sequence[Face]) -> list[float | None]:
        started = time.process_time()
        answers = self._models.scores(image, faces)
        self._seconds += time.process_time() - started
        self._faces += sum(answer is not None for answer in answers)
        return answers


class Enrolled:
    """Implements Directory: everybody in the gallery is there, called by their ID."""

    def name(self, subject: str) -> str:
        return subject

    def person(self, subject: str) -> Person | None:
        consent = Consent("", "", datetime.now(UTC))
        return Person(subject, subject, subject, consent=consent)

    def latest(self, subject: str, within: float = 0.0) -> Person | None:  # noqa: ARG002
        return self.person(subject)


class Bench:
    """A kiosk for presentations, one after another; marks nobody."""

    def __init__(self, models: FaceModels, gallery: MemoryGallery, policy: Policy) -> None:
        self._models = models
        self._gallery = gallery
        self._policy = policy

    def current(self) -> FaceModels:
        """As a ModelSource."""
        return self._models

    def __call__(self, path: Path) -> Seen:
        """What the largest face of a presentation comes to; raises SourceError."""
        if path.is_file() and path.suffix.lower() in PICTURES:
            return self._still(path)
        journey = Journey("evaluation", self._deps())
        seen = Seen()
        for number, (at, image) in enumerate(_frames(path), 1):
            labels = journey.process(Frame(image, number, at)).labels
            if labels:
                seen = _after(seen, max(labels, key=lambda one: one.box.area))
        return seen

    def _still(self, path: Path) -> Seen:
        """One picture: by it an enforcing kiosk marks nobody, so this asks one that observes."""
        for _, image in PictureFolder(path).pictures():
            found = recognise(image, self._models, self._gallery, assess, self._policy, lives=True)
            if found and found[0].decision.life.findings:
                verdict, subject = found[0].decision.life.verdict, found[0].decision.subject
                live = verdict is Liveness.LIVE
                return Seen(verdict, live, measured=True, marked=live and subject is not None)
        return Seen()

    def _deps(self) -> PipelineDeps:
        return PipelineDeps(
            models=self, gallery=self._gallery, directory=Enrolled(),
            marker=DryRunMarker(0.0), snapshots=None, assess=assess, clock=SystemClock(),
            policy=self._policy, liveness=lambda _: Check.ENFORCE,
        )  # fmt: skip


def evaluate(
    bench: Callable[[Path], Seen],
    bonafide: Sequence[Path],
    species: dict[str, list[Path]],
    done: Callable[[], None],
) -> Result:
    """All presentations, counted; raises SourceError for a video that is none."""

    def seen(paths: Iterable[Path]) -> list[Seen]:
        found = []
        for path in paths:
            found.append(bench(path))
            done()
        return found

    return counted(seen(bonafide), {name: seen(paths) for name, paths in species.items()})


def _one_more(bar: "tqdm[NoReturn]") -> None:
    bar.update()


def _show(result: Result, milliseconds: float, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(result) | {"milliseconds": round(milliseconds, 2)}))
        return
    print("\n".join(lines(result)))
    print(f"{milliseconds:.1f} ms of CPU for each look")
