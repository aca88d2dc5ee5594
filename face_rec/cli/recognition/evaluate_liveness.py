"""``evaluate-liveness``: what the liveness models notice, measured on the site's own pictures."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tqdm import tqdm

import config
from face_rec import assembly
from face_rec.cli.parts.evaluation import Evaluation, split
from face_rec.cli.parts.liveness_table import table
from face_rec.clock import SystemClock
from face_rec.domain.errors import ModelError, SourceError
from face_rec.domain.faces import Frame
from face_rec.domain.kiosks.screens import Label
from face_rec.domain.liveness import Check, Liveness
from face_rec.domain.people import Consent, Person
from face_rec.domain.recognition import Verdict
from face_rec.journey.decide import Policy
from face_rec.journey.liveness.error_rates import Result, Seen, counted
from face_rec.journey.liveness.error_words import LIVE_FACES
from face_rec.journey.marking.mark import DryRunMarker
from face_rec.journey.pipeline import Journey
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.still import recognise
from face_rec.journey.streams.recorded import PictureFolder, VideoFile
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.photo_check import Examiner
from face_rec.people.photos.quality import assess
from face_rec.protocols.models import FaceModels
from face_rec.terminal.words import figure, said

CLIPS: Final = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".gif", ".mjpeg")
PICTURES: Final = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
FRAME_RATE: Final = 15.0
"""At which the pictures of a folder are taken to follow each other."""
COSTED: Final = 30
"""Clips of live faces by which the cost is measured."""
_NO_FOLDER: Final = msgid("There is no folder {folder}. Check the path that you gave.")
_NO_FACES: Final = msgid(
    "{folder} holds no videos and no pictures. Name the folder that they lie in."
)


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = subparsers.add_parser(
        "evaluate-liveness",
        help=said("measure what the liveness models notice"),
        description=said(
            "Sends live faces and attacks on the way that a kiosk's pictures take, and "
            "counts what they are taken for. A presentation is a video, a picture, or a "
            "folder of pictures (the frames of one video, by name). Folders in BONAFIDE are "
            "kinds of live faces that are counted apart. Terms after ISO/IEC 30107-3; each "
            "bound holds at 95 % (Clopper-Pearson)."
        ),
    )
    command.add_argument(
        "bonafide", type=Path, metavar="BONAFIDE", help=said("folder of live faces")
    )
    command.add_argument(
        "--attacks",
        type=Path,
        metavar="FOLDER",
        required=True,
        help=said("one folder for each species of attack"),
    )
    command.add_argument(
        "--people",
        type=Path,
        metavar="FOLDER",
        help=said(
            "a folder of photos for "
            "each person to enrol: then attacks that would be marked are counted, "
            "too (IAPMR)"
        ),
    )
    command.add_argument("--json", action="store_true", help=said("print one JSON object"))
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    bonafide, species = _kinds(options.bonafide), _species(options.attacks)
    settings = config.load()
    service = assembly.build_models(settings)
    models = service.load()
    if models.life is None:
        raise ModelError(
            sentence(
                "There are no liveness models at {place}. Install them first: {command}",
                place=service.liveness.place(settings.liveness_pack),
                command="python -m face_rec models import --liveness FOLDER",
            )
        )
    gallery = MemoryGallery(models.contract)
    if options.people is not None:
        examiner = Examiner(service, assess, alone=False)
        enrol = Evaluation(examiner, gallery, lambda _: None, lambda *_: None).enrol
        for person, photos in split(options.people, None, 100).enrol.items():
            enrol(person, photos)
    policy = Policy(threshold=settings.match_threshold, margin=settings.match_margin)
    bench = Bench(models, gallery, policy)
    found = [path for kind in (*bonafide.values(), *species.values()) for path in kind]
    with tqdm(found, unit=said("clip"), file=sys.stderr) as clips:
        seen = {path: bench(path) for path in clips}
    result = counted(
        {name: [seen[path] for path in paths] for name, paths in bonafide.items()},
        {name: [seen[path] for path in paths] for name, paths in species.items()},
    )
    added = bench.added([path for paths in bonafide.values() for path in paths if _moves(path)])
    if options.json:
        print(json.dumps(_answer(result, seen, added)))
    else:
        print("\n".join([*table(result), _words(added)]))
    return 0


def _answer(result: Result, seen: dict[Path, Seen], added: "Added | None") -> dict[str, object]:
    """``milliseconds``: of CPU a frame; ``clips``: what became of each presentation."""
    return asdict(result) | {
        "milliseconds": None if added is None else asdict(added),
        "clips": {str(path): asdict(one) for path, one in seen.items()},
    }


# --- presentations ---------------------------------------------------------------------------


def _found(folder: Path) -> list[Path]:
    """The presentations under ``folder``; raises SourceError where there is none."""
    if not folder.is_dir():
        raise SourceError(sentence(_NO_FOLDER, folder=folder))
    found = list(_presentations(folder))
    if not found:
        raise SourceError(sentence(_NO_FACES, folder=folder))
    return found


def _presentations(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            frames = any(one.suffix.lower() in PICTURES for one in path.iterdir())
            yield from [path] if frames else _presentations(path)
        elif path.suffix.lower() in (*CLIPS, *PICTURES):
            yield path


def _kinds(folder: Path) -> dict[str, list[Path]]:
    """The live faces: each folder of presentations in ``folder`` is a kind of its own."""
    found = _found(folder)
    kinds: dict[str, list[Path]] = {}
    for path in found:
        inside = path.relative_to(folder).parts
        kinds.setdefault(inside[0] if len(inside) > 1 else LIVE_FACES, []).append(path)
    return kinds


def _moves(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() in CLIPS


def _species(folder: Path) -> dict[str, list[Path]]:
    if not folder.is_dir():
        raise SourceError(sentence(_NO_FOLDER, folder=folder))
    folders = [path for path in sorted(folder.iterdir()) if path.is_dir()]
    if not folders:
        raise SourceError(
            sentence(
                "{folder} holds no folders. It needs one for each species of attack.",
                folder=folder,
            )
        )
    return {path.name: _found(path) for path in folders}


def _frames(path: Path) -> Iterator[Frame]:
    if path.is_dir():
        for number, (_, image) in enumerate(PictureFolder(path).pictures(), 1):
            yield Frame(image, number, number / FRAME_RATE)
    else:
        for number, (at, image) in enumerate(VideoFile(path).frames(), 1):
            yield Frame(image, number, at)


# --- the way of a presentation ---------------------------------------------------------------


def _after(seen: Seen, label: Label) -> Seen:
    """``seen`` after one more frame."""
    verdict = label.life.verdict
    decided = label.verdict in {Verdict.NAMED, Verdict.UNKNOWN}
    return Seen(
        first=verdict if seen.first is None and decided else seen.first,
        live=seen.live or verdict is Liveness.LIVE,
        measured=seen.measured or bool(label.life.findings),
        named=seen.named or label.verdict is Verdict.NAMED,
        marked=seen.marked or label.receipt is not None,
    )


@dataclass(frozen=True, slots=True)
class Added:
    """Milliseconds of CPU that a frame of live faces takes ``without`` liveness and ``with_`` it,
    where it is observed."""

    without: float
    with_: float


def _words(added: Added | None) -> str:
    if added is None:
        return said("there was no video of live faces to measure the cost with")
    more = added.with_ - added.without
    return said(
        "{more} ms of CPU a frame: {without} without, {with_} with",
        more=("+" if more >= 0 else "") + figure(more, 1),
        without=figure(added.without, 1), with_=figure(added.with_, 1),
    )  # fmt: skip


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
        journey = Journey("evaluation", self._deps(Check.ENFORCE))
        seen = Seen()
        for frame in _frames(path):
            labels = journey.process(frame).labels
            if labels:
                seen = _after(seen, max(labels, key=lambda one: one.box.area))
        return seen

    def added(self, clips: Sequence[Path]) -> Added | None:
        """What liveness costs in COSTED of the clips; each with and without, one after the other,
        so that whatever else the machine does slows both."""
        spent, frames = {Check.OFF: 0.0, Check.OBSERVE: 0.0}, 0
        for clip in clips[:: max(1, len(clips) // COSTED)]:
            pictures = list(_frames(clip))
            frames += len(pictures)
            for check in spent:
                journey = Journey("evaluation", self._deps(check))
                started = time.process_time()
                for picture in pictures:
                    journey.process(picture)
                spent[check] += time.process_time() - started
        if not frames:
            return None
        return Added(*(round(1000 * seconds / frames, 2) for seconds in spent.values()))

    def _still(self, path: Path) -> Seen:
        """One picture: by it an enforcing kiosk marks nobody, so this asks one that observes."""
        for _, image in PictureFolder(path).pictures():
            found = recognise(image, self._models, self._gallery, assess, self._policy, lives=True)
            if found and found[0].decision.life.findings:
                verdict, subject = found[0].decision.life.verdict, found[0].decision.subject
                live = verdict is Liveness.LIVE
                named = subject is not None
                return Seen(verdict, live, measured=True, named=named, marked=live and named)
        return Seen()

    def _deps(self, check: Check) -> PipelineDeps:
        return PipelineDeps(
            models=self, gallery=self._gallery, directory=Enrolled(),
            marker=DryRunMarker(0.0), snapshots=None, assess=assess, clock=SystemClock(),
            policy=self._policy, liveness=lambda _: check,
        )  # fmt: skip
