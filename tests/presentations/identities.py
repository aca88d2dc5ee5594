"""Whose pictures are shown: people for choosing limits, and others for judging with them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Face, Image
from face_rec.protocols.models import Detector

_TUNED_EARLIER: Final = frozenset(
    {"Abdullah_Gul", "Ai_Sugiyama", "Alejandro_Toledo", "Ali_Naimi", "Amelie_Mauresmo",
     "Andre_Agassi", "Andy_Roddick", "Angelina_Jolie"}
)  # fmt: skip
"""On whom limits of the motion were chosen before this split was made."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One person: ``enrol`` from these photos, ``show`` the others."""

    name: str
    enrol: tuple[Path, ...]
    show: tuple[Path, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A photo (H, W, 3) and the face that it is of."""

    who: str
    image: Image
    face: Face


def for_tuning(name: str) -> bool:
    """Whether limits may be chosen on this person (a third of all); by their name alone, so that
    nobody ever changes sides."""
    return name in _TUNED_EARLIER or hashlib.sha256(name.encode()).digest()[0] % 3 == 0


def identities(people: Path, *, tuning: bool) -> list[Identity]:
    """The people under ``people`` (a folder of photos each) of one side, by name; their first half
    is enrolled, the others are shown to the camera."""
    found = []
    for folder in sorted(people.iterdir()):
        photos = tuple(sorted(folder.glob("*.jpg")))
        if len(photos) > 1 and for_tuning(folder.name) is tuning:
            half = len(photos) // 2
            found.append(Identity(folder.name, photos[:half], photos[half:]))
    return found


def photo_of(path: Path, who: str, detector: Detector) -> Photo | None:
    """The photo with the face in its middle; None where none is found."""
    image = np.asarray(cv2.imread(str(path)), np.uint8)
    faces = detector.detect(image, 320)
    if not faces:
        return None
    middle = np.array(image.shape[1::-1]) / 2
    return Photo(who, image, min(faces, key=lambda one: _away(one, middle)))


def _away(face: Face, middle: npt.NDArray[np.float64]) -> float:
    return float(np.hypot(*(np.array(face.box.centre) - middle)))
