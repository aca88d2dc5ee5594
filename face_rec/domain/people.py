"""Who is registered: people, their consent and their templates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Matrix, Vector, View
from face_rec.languages.language import msgid

Counts = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Contract:
    """What makes two embeddings comparable.

    ``digest`` covers the recognition model's file and its preprocessing;
    templates of another digest are never compared.
    """

    digest: str
    dimension: int


class PhotoLife(StrEnum):
    """What is known of whether somebody stood before the camera that took an enrolment photo, or a
    picture of them was held there."""

    LIVE = "live"
    UNSURE = "unsure"
    ATTACK = "attack"
    FILE = "file"
    STILL = "still"


_LIVES: Final = {
    PhotoLife.LIVE: msgid("live, as far as that was measured"),
    PhotoLife.UNSURE: msgid("liveness not sure"),
    PhotoLife.ATTACK: msgid("taken for a picture; an administrator has vouched for it"),
    PhotoLife.FILE: msgid("from a file: not checked"),
    PhotoLife.STILL: msgid("a single photo: not checked"),
}


def life_words(life: str) -> str:
    """A value of :class:`PhotoLife` in words; as it is if a later version wrote it."""
    return {one.value: words for one, words in _LIVES.items()}.get(life, life)


def poorest(lives: Iterable[str]) -> str:
    """Of the values of :class:`PhotoLife`, or "" for one of which nothing is known, the one that
    somebody should know of before the others; "" of none."""
    known = set(lives)
    order = (PhotoLife.ATTACK, PhotoLife.UNSURE, "", PhotoLife.FILE, PhotoLife.STILL)
    return next((one for one in order if one in known), PhotoLife.LIVE if known else "")


@dataclass(frozen=True, slots=True)
class TemplateInfo:
    """All there is to know of a template but the embedding itself. ``photo``: the name of the
    kept photo that it was made from (see ``pictures.kept_photo``), the same under every contract;
    "" where none was kept. ``weak``: the code of what the photo lacks (see
    ``photos.capture_hints``); "" for a good one. ``life``: a value of
    :class:`PhotoLife`; "" where nothing is known."""

    slot: int
    view: View
    quality: float
    contract: str
    added_at: datetime
    photo: str = ""
    weak: str = ""
    life: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One enrolled look at a person."""

    info: TemplateInfo
    vector: Vector


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person agreed to, and when; ``withdrawn_at`` ends it."""

    text: str
    version: str
    given_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def valid(self) -> bool:
        return self.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which somebody was deactivated: they had left, and came back."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A group that somebody was in before, and until when."""

    group: str
    until: datetime


ERASED: Final = "erased"
"""Stands where the subject of somebody was who is erased: a subject is 24 hex digits."""


@dataclass(frozen=True, slots=True)
class Person:
    """A registered person, without embeddings.

    ``subject`` is random and never used again; ``id`` is the customer's own.
    ``version`` counts the changes, for optimistic locking. ``photo`` is the
    snapshot key of the best enrolment photo. ``deactivated_at``, ``pauses`` and
    ``moved`` (oldest first) are kept by the store: nothing but switching somebody off or on, or
    another group, changes them. ``resembles``: the subject of the registered person whose face
    an import found this one to have, or ERASED once that one is; they stay inactive until
    somebody decides (activating them is to say that they are two people). ``vouched``: why an
    administrator had photos taken that looked like pictures of a picture, in words.
    """

    subject: str
    id: str
    name: str
    group: str = ""
    email: str = ""
    active: bool = True
    consent: Consent | None = None
    photo: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = 0
    templates: tuple[TemplateInfo, ...] = ()
    deactivated_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    moved: tuple[Moved, ...] = ()
    resembles: str = ""
    vouched: str = ""

    @property
    def life(self) -> str:
        """What is known of the photos, the poorest of them: see ``TemplateInfo``."""
        return poorest(info.life for info in self.templates)

    @property
    def doubted(self) -> bool:
        """Whether it is in doubt that they themselves were before the camera."""
        return self.life in {PhotoLife.UNSURE, PhotoLife.ATTACK}

    @property
    def weak(self) -> bool:
        """Whether there are only photos that better ones are wanted for."""
        return bool(self.templates) and all(info.weak for info in self.templates)

    @property
    def matchable(self) -> bool:
        """Whether the gallery may hold this person."""
        return self.active and self.consent is not None and self.consent.valid


@dataclass(frozen=True, slots=True, eq=False)
class Everybody:
    """All people as of one revision, by subject."""

    revision: int
    people: tuple[Person, ...] = ()


class ChangeKind(StrEnum):
    PUT = "put"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the gallery's change stream; revisions have no gaps."""

    revision: int
    kind: ChangeKind
    subject: str


@dataclass(frozen=True, slots=True, eq=False)
class GalleryEntry:
    """What the gallery holds of one person: rows of one contract only."""

    subject: str
    vectors: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class GalleryBlock:
    """The same of several people: ``vectors`` (N, D) float32 holds the first ``counts[0]`` rows of
    ``subjects[0]``, then those of the next; everybody has at least one."""

    subjects: Sequence[str]
    counts: Counts
    vectors: Matrix

    @classmethod
    def of(cls, people: Sequence[GalleryEntry]) -> "GalleryBlock":
        counts = np.array([len(person.vectors) for person in people])
        subjects = [person.subject for person in people]
        return cls(subjects, counts, np.concatenate([person.vectors for person in people]))

    def each(self) -> list[Matrix]:
        """Everybody's own rows."""
        ends = np.cumsum(self.counts)
        return [
            self.vectors[start:end]
            for start, end in zip((ends - self.counts).tolist(), ends.tolist(), strict=True)
        ]
