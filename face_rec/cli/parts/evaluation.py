"""How well a model recognises given people and keeps out given strangers, counted.

A gallery is enrolled in memory from the first photos of each person; every other photo of
them, and every photo of a stranger, is a probe. Nothing of the real data is touched.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from face_rec.domain.errors import PictureError, SourceError
from face_rec.domain.faces import Image
from face_rec.domain.people import GalleryEntry
from face_rec.languages.sentence import sentence
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.photo_check import Examiner
from face_rec.people.photos.photos import MAX_BYTES, SUFFIXES, decode
from face_rec.protocols.models import Progress

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
        raise SourceError(
            sentence(
                "There is no folder {folder}. Check the path that you gave.", folder=strangers
            )
        )
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
