"""From the first frame of a face to its mark at kiosks that only observe whether it lives, and at
those that mark live faces only: rendered heads before a room that stands still.

Frames come by the camera's clock, and each is worked on before the next: so what else the machine
has to do counts only in the time that the last frame takes, which is told beside.
Whom the liveness models leave in doubt is asked to turn the head, which takes as long as it takes:
here only those come whom they take for live by themselves.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from face_rec.domain.faces import Frame, Image
from face_rec.domain.liveness import Check
from face_rec.journey.liveness.judge import LIVE_FROM
from face_rec.journey.pipeline import Journey
from face_rec.journey.streams.stream import NoticeBoard
from face_rec.protocols.models import FaceModels
from tests.benchmarks.journey import material, rig, traffic
from tests.benchmarks.report.row import Row
from tests.data import shared_data
from tests.presentations.camera import Floats
from tests.presentations.heads import Head, Motion, before, room
from tests.presentations.identities import photo_of

_LONGEST: Final = 2.0  # seconds
_EMPTY: Final = 5
"""Frames of the room alone before somebody comes."""
_POSES: Final = 30
"""Frames prepared of each, two seconds of somebody who moves."""
_TALL: Final = 105.0  # px; of a face
_GUESTS: Final = {True: 3, False: 8}
"""By whether it is to be quick: preparing one takes seconds."""
_MOST: Final = 0.5
"""Seconds that p95 may take."""


class HeadStage(traffic.Stage):
    """The prepared frames of some whose face is recognised and taken for live."""

    def __init__(self, models: FaceModels, guests: int) -> None:
        self._room = room(np.random.default_rng(2))
        self._empty = [self._noisy(self._room, number) for number in range(_POSES)]
        self._with = {}
        folders = sorted(shared_data("faces/people").iterdir())[: rig.PEOPLE]
        for number, folder in enumerate(folders):
            if len(self._with) == guests:
                break
            if folder.name not in traffic.recognisable("buffalo_sc"):
                continue
            shown = self._shown(sorted(folder.glob("*.jpg"))[3], number, models)
            if shown:
                self._with[folder.name] = shown

    def _shown(self, path: Path, number: int, models: FaceModels) -> list[Image]:
        """Empty where it cannot be cut out well or is not taken for live."""
        photo = photo_of(path, path.parent.name, models.detector)
        head = Head(photo) if photo else None
        if head is None or not head.clean:
            return []
        drawn = Motion.drawn(np.random.default_rng(number))
        motion = replace(drawn, speed=np.full(5, np.pi))  # the last frame goes over into the first
        poses = [motion.at(frame / material.RATE) for frame in range(_POSES)]
        pictures = [before(self._room, head.turned(pose), head.box, pose, _TALL) for pose in poses]
        frames = [self._noisy(picture, at) for at, picture in enumerate(pictures)]
        return frames if _lives(frames, models) else []

    @staticmethod
    def _noisy(picture: Floats, number: int) -> Image:
        noise = np.random.default_rng(number).normal(0, 2, picture.shape)
        return np.asarray(np.clip(picture + noise, 0, 255), np.uint8)

    def frame(self, number: int, who: str | None) -> Image:
        return (self._with[who] if who else self._empty)[number % _POSES]


def _lives(frames: list[Image], models: FaceModels) -> bool:
    assert models.life is not None
    scores = []
    for image in frames[::6]:
        faces = models.detector.detect(image, 320)[:1]
        scores += [score for score in models.life.scores(image, faces) if score is not None]
    return len(scores) > 3 and median(scores) >= LIVE_FROM and min(scores) > LIVE_FROM - 0.15


def run(quick: bool = False) -> list[Row]:
    """p50 and p95 of who is marked at each."""
    liveness = str(shared_data("models/liveness"))
    models = material.service(liveness=liveness).current()
    assert models is not None
    stage = HeadStage(models, _GUESTS[quick])
    rows = []
    for check in (Check.OBSERVE, Check.ENFORCE):
        with rig.running(liveness=liveness, check=partial(_always, check)) as house:
            visits = [
                _visit(house, stage, who, start)
                for who in stage.guests
                for start in range(0, _POSES, 10 if quick else 5)
            ]
            rows += _rows(check, visits)
    return rows


def _always(check: Check, kiosk: str) -> Check:
    return check


def _visit(house: rig.House, stage: HeadStage, who: str, start: int) -> tuple[float, float]:
    """Seconds by the camera's clock until somebody who comes with this frame is marked, infinite
    where that is not within _LONGEST, and seconds that the work on their last frame took."""
    board, first, worked = NoticeBoard(), _EMPTY, 0.0
    journey = Journey(f"{who}-{start}", house.engine.deps, board)
    for number in range(first + round(_LONGEST * material.RATE)):
        image = stage.frame(start + number, who if number >= first else None)
        begun = time.perf_counter()
        journey.process(Frame(image, number, number / material.RATE))
        worked = time.perf_counter() - begun
        if board.greetings():
            return (number - first) / material.RATE, worked
    return inf, worked


def _rows(check: Check, visits: Sequence[tuple[float, float]]) -> list[Row]:
    what = {Check.OBSERVE: "liveness observed", Check.ENFORCE: "live faces only"}[check]
    name = f"time to mark by the camera's clock, {what}"
    every = traffic.Outcome([wait for wait, _ in visits])
    marked = traffic.Outcome([wait for wait in every.waits if wait < inf])
    work = 1000 * median(worked for _, worked in visits)
    note = f"{every}; {work:.0f} ms more for the work on the last frame"
    if every.missed:
        note += "; the others stay in doubt and would be asked to turn the head"
    return [
        Row(f"{name}, p50", marked.quantile(0.5), "s"),
        Row(f"{name}, p95", marked.quantile(0.95), "s", _MOST, note),
    ]
