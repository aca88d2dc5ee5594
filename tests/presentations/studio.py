"""Everybody who plays in the clips, and the clips written: the same for the same seed."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from face_rec.domain.faces import Image
from face_rec.protocols.models import Detector
from tests.presentations.footage import Footage, footage
from tests.presentations.heads import Head
from tests.presentations.identities import Identity, Photo, photo_of
from tests.presentations.species import FAR, NEAR, SPECIES, VARIANTS, Cast, Variant, living

FRAMES: Final = 12
"""A clip's: four times as many as a name takes."""
_CONTEXT: Final = {True: 5.6, False: 8.0}
"""Heights of the face that a video shown near, or far, is high."""


class Studio:
    """``people`` are shown; ``videos`` is a folder of those that :mod:`.footage` knows."""

    def __init__(
        self, people: list[Identity], videos: Path, detector: Detector, seed: int = 0,
        frames: int = FRAMES,
    ) -> None:  # fmt: skip
        self._people, self._detector, self._seed, self._frames = people, detector, seed, frames
        self._videos = videos
        self._head = cache(self._cut_out)
        self._films = cache(self._filmed)
        self._photo = cache(self._found)

    def attack(self, species: str, number: int) -> tuple[str, list[Image]]:
        """One clip and its name, which says what it is and of whom."""
        random = self._random(species, number)
        variant = VARIANTS[number % len(VARIANTS)]
        cast = self._cast(random, number // len(VARIANTS), variant)
        who = cast.film.name if species == "video_filmed" else cast.photo.who
        pictures = list(SPECIES[species](cast, variant, random, self._frames))
        return f"{number:03}-{variant.words}-{who}", pictures

    def rendered(self, number: int) -> tuple[str, list[Image]]:
        """A live clip, rendered, and its name."""
        random = self._random("live", number)
        _, head = self.somebody(random, number)
        tall = (NEAR, FAR)[number % 2] * float(random.uniform(0.9, 1.05))
        near = "near" if number % 2 == 0 else "far"
        return f"{number:03}-{near}-{head.who}", list(living(head, tall, random, self._frames))

    def filmed(self) -> list[Footage]:
        """Real clips of real people."""
        return self._films(near=True)

    def _random(self, kind: str, number: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, number, *kind.encode()])

    def _cast(self, random: np.random.Generator, number: int, variant: Variant) -> Cast:
        photo, head = self.somebody(random, number)
        films = self._films(near=variant.near)
        attacker = head
        while attacker.who == head.who:
            _, attacker = self.somebody(random, int(random.integers(len(self._people))))
        return Cast(photo, head, attacker, films[int(random.integers(len(films)))])

    def somebody(self, random: np.random.Generator, number: int) -> tuple[Photo, Head]:
        """The person of this number, or the next of whom a photo can be cut out well."""
        for step in range(len(self._people)):
            person = self._people[(number + step) % len(self._people)]
            for choice in random.permutation(len(person.show)):
                photo = self._photo(person.show[choice], person.name)
                if photo is not None and self._head(person.show[choice], person.name).clean:
                    return photo, self._head(person.show[choice], person.name)
        raise LookupError("There is nobody whose photos can be cut out.")

    def _found(self, path: Path, who: str) -> Photo | None:
        return photo_of(path, who, self._detector)

    def _cut_out(self, path: Path, who: str) -> Head:
        photo = self._photo(path, who)
        assert photo is not None
        return Head(photo)

    def _filmed(self, *, near: bool) -> list[Footage]:
        return list(footage(self._videos, self._detector, self._frames, _CONTEXT[near]))


def save(folder: Path, pictures: Iterable[Image]) -> None:
    """As ``evaluate-liveness`` reads a clip: a folder of pictures, compressed as browsers do."""
    folder.mkdir(parents=True)
    for number, image in enumerate(pictures):
        cv2.imwrite(str(folder / f"{number:02}.jpg"), image, [cv2.IMWRITE_JPEG_QUALITY, 88])
