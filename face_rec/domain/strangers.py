"""Unknown people who came by with good looks: what is kept of a visit, and somebody seen again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from face_rec.domain.faces import Image, Vector
from face_rec.languages.language import msgid

FOLDER: Final = "unknown/"
"""Where their pictures lie, by day (see :mod:`face_rec.domain.pictures`)."""
SEVERAL: Final = 3
"""Visits from which on somebody unknown is worth a look, and a notice."""
MOST_VISITS: Final = 100
"""Kept of one unknown person; the oldest go first, and are only counted then."""


@dataclass(frozen=True, slots=True, eq=False)
class Passing:
    """A track of somebody unknown, as a journey hands it on. ``began`` and ``ended`` are aware;
    ``over``: the track has ended, else it is still there and only an alarm can come of it.
    ``first``: nothing was heard of this track before.
    ``embedding``: (D,) float32, the mean of its looks, made under the contract of this digest.
    ``picture``: the best view with its surroundings, BGR."""

    kiosk: str
    began: datetime
    ended: datetime
    embedding: Vector
    contract: str
    looks: int
    quality: float
    picture: Image
    over: bool = True
    first: bool = True


@dataclass(frozen=True, slots=True)
class Visit:
    """One time that somebody unknown was there: from ``began`` to ``ended`` (UTC)."""

    id: str
    group: str
    kiosk: str
    contract: str
    began: datetime
    ended: datetime
    looks: int = 0
    quality: float = 0.0

    @property
    def picture(self) -> str:
        """The key of its picture."""
        return f"{FOLDER}{self.began:%Y/%m/%d}/{self.id}.jpg"


class Standing(StrEnum):
    """What was decided about somebody unknown: its value as it is stored, and in words."""

    words: str

    OPEN = "open", msgid("To decide")
    ASSIGNED = "assigned", msgid("Assigned")
    DISMISSED = "dismissed", msgid("Dismissed")
    BLOCKED = "blocked", msgid("Blocked")

    def __new__(cls, value: str, words: str) -> "Standing":
        standing = str.__new__(cls, value)
        standing._value_ = value
        standing.words = words
        return standing


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what, and when. ``subject``: of whom they were found to be; ``photos``: names of
    the photos that the person got by it (see ``TemplateInfo.photo``). ``until``: when a block ends
    by itself."""

    standing: Standing = Standing.OPEN
    by: str = ""
    at: datetime | None = None
    subject: str = ""
    photos: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody unknown, seen ``times`` times. ``visits``: ids of those that are kept, oldest
    first. ``began`` of the first, ``ended`` and ``kiosk`` of the newest. ``told``: a notice went
    out that they come again. ``version`` counts the changes, for optimistic locking."""

    id: str
    contract: str
    began: datetime
    ended: datetime
    kiosk: str
    times: int
    kiosks: tuple[str, ...]
    visits: tuple[str, ...]
    decision: Decision = Decision()
    told: bool = False
    version: int = 0

    @property
    def standing(self) -> Standing:
        return self.decision.standing


@dataclass(frozen=True, slots=True)
class Before:
    """A visit that may be the person's; ``score``: cosine to the mean of their photos, 1 where
    somebody said that it was them."""

    visit: Visit
    score: float
