"""People who come to kiosks and go, fed frame by frame to the latest-frame slots."""

import functools
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import inf

import numpy as np

from face_rec.domain.faces import Image
from face_rec.domain.kiosks.screens import Greeting
from face_rec.domain.people import GalleryEntry
from face_rec.journey.decide import Policy, video_limits
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.protocols.streams import Stream
from tests.benchmarks.journey import material
from tests.benchmarks.journey.material import RATE
from tests.benchmarks.journey.rig import PEOPLE, House

_PLAYS = count()
_POSES = 6
"""Frames prepared of each person, shown in turn: making them must not take the CPU."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who stands in front of a kiosk; ``since``: monotonic seconds of their first frame, in
    which their face is as large as it gets."""

    who: str
    since: float
    frame: int


@dataclass(slots=True)
class Outcome:
    """``waits``: seconds from the first frame to the mark in Redis, one a visit, infinite where
    there was none. ``wrong``: marks of somebody who was not there."""

    waits: list[float] = field(default_factory=list)
    wrong: int = 0

    def quantile(self, share: float) -> float:
        """Seconds within which ``share`` of the visits were marked."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else inf

    @property
    def missed(self) -> int:
        return sum(wait == inf for wait in self.waits)

    def __str__(self) -> str:
        wrong = f", {self.wrong} wrong" if self.wrong else ""
        return f"{len(self.waits) - self.missed} of {len(self.waits)} visits marked{wrong}"


class Stage:
    """The prepared frames of all guests."""

    def __init__(self, pack: str = "buffalo_sc") -> None:
        room = material.Room()
        self._empty = [room.picture(n) for n in range(_POSES)]
        self._with = {
            who: [room.picture(n, [photos[3]]) for n in range(_POSES)]
            for who, photos in material.photos(PEOPLE).items()
            if who in recognisable(pack)
        }

    @property
    def guests(self) -> list[str]:
        return list(self._with)

    def frame(self, number: int, who: str | None) -> Image:
        return (self._with[who] if who else self._empty)[number % _POSES]


@functools.cache
def recognisable(pack: str) -> list[str]:
    """Those of the enrolled whose photo for the camera the model recognises in a good look:
    with the others one would measure the model, and not the time."""
    models, room = material.models_of(pack), material.Room()
    gallery = MemoryGallery(models.contract)
    gallery.load([GalleryEntry(w, r) for w, r in material.templates(PEOPLE, pack).items()], 1)
    limits = video_limits(Policy(), models.calibration, gallery.templates)
    photos = material.photos(PEOPLE)
    probes = [material.template(models, room.picture(0, [photos[who][3]])) for who in photos]
    found = gallery.own_matches(np.concatenate(probes))
    return [
        who
        for who, match in zip(photos, found, strict=True)
        if match.subject == who
        and match.score >= limits.threshold
        and match.margin >= limits.margin
    ]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds that a guest stands there, and that nobody does."""

    there: float
    away: float


class Kiosk:
    """One camera; ``skip``: seconds of its programme that are over already."""

    def __init__(
        self, stream: Stream, stage: Stage, guests: Sequence[str], pace: Pace, skip: float
    ) -> None:
        self._stream = stream
        self._stage = stage
        self._guests = guests
        self._away = round(pace.away * RATE)
        self._round = round((pace.away + pace.there) * RATE)
        self._number = round(skip * RATE)
        self._visits: list[Visit] = []
        self._greetings: dict[str, Greeting] = {}

    def show(self) -> None:
        """Submit the next frame."""
        turn, place = divmod(self._number, self._round)
        who = self._guests[turn % len(self._guests)] if place >= self._away else None
        if who and place == self._away:
            self._visits.append(Visit(who, time.monotonic(), self._number))
        self._stream.submit(self._stage.frame(self._number, who))
        self._number += 1
        if self._number % RATE == 0:  # the engine keeps only the newest
            self._collect()

    def _collect(self) -> None:
        for greeting in self._stream.greetings():
            self._greetings.setdefault(greeting.receipt.event.id, greeting)

    def outcome(self) -> Outcome:
        """Of the visits that are over."""
        self._collect()
        outcome = Outcome()
        ends = [*(visit.since for visit in self._visits[1:]), inf]
        for visit, end in zip(self._visits, ends, strict=True):
            if self._number - visit.frame >= self._round - self._away:
                self._judge(visit, end, outcome)
        return outcome

    def _judge(self, visit: Visit, end: float, outcome: Outcome) -> None:
        marks = [g for g in self._greetings.values() if visit.since <= g.shown_from < end]
        right = [g.shown_from for g in marks if g.receipt.event.subject == visit.who]
        outcome.waits.append(min(right) - visit.since if right else inf)
        outcome.wrong += len(marks) - len(right)


def play(house: House, stage: Stage, streams: int, seconds: float, pace: Pace) -> Outcome:
    """``streams`` kiosks at 15 frames a second each, out of step with each other.

    They are other kiosks each time, and nobody comes to one twice: whom a kiosk has seen within
    the last minute gets no second mark.

    Raises:
        ValueError: there are not enough guests for so many seconds.
    """
    whole = pace.there + pace.away
    if seconds > whole * len(stage.guests):
        raise ValueError(f"{len(stage.guests)} guests are too few for {seconds:.0f} s")
    play = next(_PLAYS)
    guests = stage.guests
    kiosks = [
        Kiosk(
            house.engine.kiosk(f"kiosk-{play}-{n}"), stage, guests[n:] + guests[:n], pace,
            skip=n * whole / streams,
        )
        for n in range(streams)
    ]  # fmt: skip
    feed(kiosks, seconds)
    time.sleep(1)  # a mark may be under way
    return together(kiosk.outcome() for kiosk in kiosks)


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """Of all their visits."""
    whole = Outcome()
    for outcome in outcomes:
        whole.waits += outcome.waits
        whole.wrong += outcome.wrong
    return whole


def feed(kiosks: Sequence[Kiosk], seconds: float) -> None:
    """Their frames, each on time, from this thread; late ones at once."""
    begun = time.monotonic()
    for tick in range(round(seconds * RATE)):
        for place, kiosk in enumerate(kiosks):
            due = begun + (tick + place / len(kiosks)) / RATE
            time.sleep(max(0.0, due - time.monotonic()))
            kiosk.show()
