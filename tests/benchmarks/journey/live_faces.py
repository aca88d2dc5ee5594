"""From the first frame of a face to its mark at kiosks that only observe whether it lives, and at
those that mark live faces only: rendered heads before a room that stands still.

Whom the liveness models leave in doubt is asked to turn the head, which takes as long as it takes:
here only those come whom they take for live by themselves.
"""

from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from face_rec.domain.faces import Image
from face_rec.domain.liveness import Check
from face_rec.journey.liveness.judge import LIVE_FROM
from face_rec.protocols.models import FaceModels
from tests.benchmarks.journey import material, rig, traffic
from tests.benchmarks.report.row import Row
from tests.data import shared_data
from tests.presentations.camera import Floats
from tests.presentations.heads import Head, Motion, before, room
from tests.presentations.identities import photo_of

_PACE: Final = traffic.Pace(there=2.0, away=1.0)
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
    """p50 and p95 of each, and what the machine had to do besides."""
    liveness = str(shared_data("models/liveness"))
    models = material.service(liveness=liveness).current()
    assert models is not None
    stage = HeadStage(models, _GUESTS[quick])
    rows = []
    for check in (Check.OBSERVE, Check.ENFORCE):
        with rig.running(liveness=liveness, check=lambda _, check=check: check) as house:
            traffic.play(house, stage, 1, 3, _PACE)  # warm
            rows += _rows(check, _played(house, stage, quick))
    return rows


def _played(house: rig.House, stage: HeadStage, quick: bool) -> traffic.Outcome:
    whole = _PACE.there + _PACE.away
    seconds = whole * len(stage.guests)
    rounds = 1 if quick else 5
    return traffic.together(traffic.play(house, stage, 1, seconds, _PACE) for _ in range(rounds))


def _rows(check: Check, outcome: traffic.Outcome) -> list[Row]:
    what = {Check.OBSERVE: "liveness observed", Check.ENFORCE: "live faces only"}[check]
    name = f"time to mark, 1 stream, {what}"
    return [
        Row(f"{name}, p50", outcome.quantile(0.5), "s"),
        Row(f"{name}, p95", outcome.quantile(0.95), "s", _MOST, str(outcome)),
    ]
