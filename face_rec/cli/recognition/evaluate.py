"""``evaluate``: how well the model in use tells people from each other and from strangers."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

import numpy as np
from tqdm import tqdm

import config
from config import Settings
from face_rec import assembly
from face_rec.domain.errors import PictureError, SourceError
from face_rec.domain.faces import Image
from face_rec.domain.people import GalleryEntry
from face_rec.journey.decide import Policy, still_limits
from face_rec.journey.still import recognise
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.photo_check import Examiner, most_prominent
from face_rec.people.photos.photos import MAX_BYTES, SUFFIXES, decode
from face_rec.people.photos.quality import assess
from face_rec.protocols.models import FaceModels, Progress
from face_rec.terminal.columns import padded, width
from face_rec.terminal.words import in_words, said

_COLUMN: Final = 16
_TITLES: Final = {
    "people": msgid("people"),
    "probes": msgid("probes"),
    "strangers": msgid("strangers"),
    "not_enrolled": msgid("not enrolled"),
    "named_right": msgid("named right"),
    "named_wrong": msgid("named wrong"),
    "unnamed": msgid("unnamed"),
    "strangers_named": msgid("strangers named"),
    "threshold": msgid("threshold"),
    "seconds": msgid("seconds"),
}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = subparsers.add_parser(
        "evaluate",
        help=said("measure recognition on labelled photos"),
        description=said(
            "Enrols the first photos of each PEOPLE/<id>/ into a gallery of its own and "
            "probes with the others, and with strangers, as the kiosk does with a still. "
            "Where a photo shows several people, its label is taken to speak of the one it "
            "is about: large, and in the middle."
        ),
    )
    command.add_argument(
        "people", type=Path, metavar="PEOPLE", help=said("folder of folders of photos")
    )
    command.add_argument(
        "--strangers",
        type=Path,
        metavar="FOLDER",
        help=said("photos of people who are not enrolled"),
    )
    command.add_argument(
        "--enrol",
        type=_count,
        default=1,
        metavar="N",
        help=said("photos to enrol from (default 1)"),
    )
    command.add_argument("--json", action="store_true", help=said("print one JSON object"))
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    started = time.monotonic()
    settings = config.load()
    photos = split(options.people, options.strangers, options.enrol)
    service = assembly.build_models(settings)
    models = service.load()
    policy, gallery = _policy(settings), MemoryGallery(models.contract)
    identify = partial(_named, models=models, gallery=gallery, policy=policy)
    with tqdm(total=photos.photos, unit=said("photo"), file=sys.stderr) as bar:
        examiner = Examiner(service, assess, alone=False)
        evaluation = Evaluation(examiner, gallery, identify, partial(_advance, bar))
        tally = evaluation.run(photos)
    threshold = still_limits(policy, models.calibration, gallery.templates).threshold
    result = asdict(tally) | {
        "threshold": round(threshold, 4),
        "seconds": round(time.monotonic() - started, 1),
    }
    _show(result, as_json=options.json)
    return 0


def _named(image: Image, models: FaceModels, gallery: MemoryGallery, policy: Policy) -> str | None:
    """Whom a still of the kiosk would name in the face that the label of the photo speaks of;
    IDs are the gallery's subjects here."""
    seen = {one.face: one.decision for one in recognise(image, models, gallery, assess, policy)}
    return seen[most_prominent(list(seen), image)].subject if seen else None


def _policy(settings: Settings) -> Policy:
    return Policy(threshold=settings.match_threshold, margin=settings.match_margin)


def _advance(bar: "tqdm[NoReturn]", done: int, total: int) -> None:  # noqa: ARG001
    bar.update(done - bar.n)


def _show(result: dict[str, float], as_json: bool) -> None:
    if as_json:
        print(json.dumps(result))
        return
    titles = {name: in_words(_TITLES[name]) for name in result}
    across = max(_COLUMN, *map(width, titles.values()))
    for name, value in result.items():
        print(f"{padded(titles[name], across)} {value:g}")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(said("must be a whole number from 1 to 100"))
    return int(text)


# How well a model recognises given people and keeps out given strangers, counted.
#
# A gallery is enrolled in memory from the first photos of each person; every other photo of
# them, and every photo of a stranger, is a probe. Nothing of the real data is touched.

Authenticator = Callable[[Image], str | None]
"""The ID that a still of the kiosk would give to the face that a picture is about."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of probes by what became of them. A probe of a person who could not be enrolled
    counts as unnamed."""

    people: int
    probes: int
    strangers: int
    not_enrolled: int
    named_right: int
    named_wrong: int
    unnamed: int
    strangers_named: int


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """Photos to enrol from and to probe with, by person, and those of strangers."""

    enrol: dict[str, list[Path]]
    probes: list[tuple[str, Path]]
    strangers: list[Path]

    @property
    def photos(self) -> int:
        return sum(map(len, self.enrol.values())) + len(self.probes) + len(self.strangers)


def split(people: Path, strangers: Path | None, enrol: int) -> PhotoSet:
    """The first ``enrol`` photos by name of each ``people/<id>`` enrol, the others probe;
    ``strangers`` may hold photos at any depth. Raises SourceError."""
    if not people.is_dir():
        raise SourceError(
            sentence(
                "There is no folder {folder}. Name one with a folder for each person.",
                folder=people,
            )
        )
    if strangers is not None and not strangers.is_dir():
        raise SourceError(sentence("There is no folder {folder}.", folder=strangers))
    by_id = {path.name: _photos(path.glob("*")) for path in sorted(people.iterdir())}
    by_id = {person: photos for person, photos in by_id.items() if photos}
    if not by_id:
        raise SourceError(
            sentence(
                "{folder} holds no folders with photos. It needs one for each person.",
                folder=people,
            )
        )
    return PhotoSet(
        enrol={person: photos[:enrol] for person, photos in by_id.items()},
        probes=[(person, path) for person, photos in by_id.items() for path in photos[enrol:]],
        strangers=_photos(strangers.rglob("*")) if strangers else [],
    )


class Evaluation:
    """``progress`` counts photos. Pictures that cannot be read are probes that name nobody."""

    def __init__(
        self,
        examiner: Examiner,
        gallery: MemoryGallery,
        identify: Authenticator,
        progress: Progress,
    ) -> None:
        self._examiner = examiner
        self._gallery = gallery
        self._authenticator = identify
        self._progress = progress
        self._done = 0
        self._total = 0

    def run(self, photos: PhotoSet) -> Tally:
        """Enrol, then probe; raises PackMissing."""
        self._done, self._total = 0, photos.photos
        enrolled = [self.enrol(person, paths) for person, paths in photos.enrol.items()]
        named = [(person, self._named(path)) for person, path in photos.probes]
        strange = [self._named(path) for path in photos.strangers]
        right = sum(name == person for person, name in named)
        unnamed = sum(name is None for _, name in named)
        return Tally(
            people=len(enrolled),
            probes=len(named),
            strangers=len(strange),
            not_enrolled=enrolled.count(False),
            named_right=right,
            named_wrong=len(named) - right - unnamed,
            unnamed=unnamed,
            strangers_named=sum(name is not None for name in strange),
        )

    def enrol(self, person: str, paths: Sequence[Path]) -> bool:
        vectors = []
        for path in paths:
            self._step()
            try:
                vectors.append(self._examiner.examine(_read(path)).vector)
            except PictureError:
                continue
        if vectors:
            entry = GalleryEntry(person, np.stack(vectors))
            self._gallery.put(entry, self._gallery.revision + 1)
        return bool(vectors)

    def _named(self, path: Path) -> str | None:
        self._step()
        try:
            return self._authenticator(_read(path))
        except PictureError:
            return None

    def _step(self) -> None:
        self._done += 1
        self._progress(self._done, self._total)


def _photos(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if path.suffix.lower() in SUFFIXES and path.is_file())


def _read(path: Path) -> Image:
    with path.open("rb") as file:
        return decode(file.read(MAX_BYTES + 1))
