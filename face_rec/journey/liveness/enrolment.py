"""The evidence of a guided capture: whether whoever is registered stands there themselves.

A capture lasts longer than a look at a kiosk and asks for turns of the head anyway, so that it can
ask for more: the texture models over all looks, the edge of a paper or a screen in any of them,
and both turns *seen*, as the way of one face without a gap or a jump. Two photos, one from the
front and one from the side, are no turn; neither is a photo that is turned in a hand, for then
the eyes draw together far more than the nose moves.

What counts is what was seen of whom the photos show: looks and turns on the unbroken way of a face
on which a photo was taken, around that time. Else somebody who sits there first, and turns, would
speak for the picture that is held there afterwards.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from face_rec.domain.faces import Face, Image
from face_rec.domain.liveness import Cue, Finding, Judgement, Liveness, Side
from face_rec.journey.liveness.evidence import Evidence, Sighting, sight
from face_rec.journey.liveness.heading import Heading, heading_of
from face_rec.journey.liveness.judge import LOOKS, judge
from face_rec.journey.liveness.motion import small_of
from face_rec.protocols.models import Assessor, ModelSource

EVERY: Final = 0.2
"""Seconds between two looks: models and lines cost some 10 ms each time."""
STRAIGHT: Final = 15.0
"""Degrees of yaw up to which a look counts: from the side the models were not measured."""
NEAR_FOR: Final = 5.0
"""Seconds that somebody who is too near for the models is asked to move back; then it goes on, for
there may be no room behind them."""
FRONT, TURNED = 10.0, 15.0
"""Degrees of yaw within which a head faces the camera, and from where it is turned: as far as
the views that a capture asks for."""
STEP: Final = 20.0
"""Degrees by which the yaw may change between two pictures of one turn …"""
GAP: Final = 1.0
"""… seconds that may lie between them, …"""
JUMP: Final = 0.5
"""… and widths of the face by which its landmarks may move, in the mean."""
AROUND: Final = 3.0
"""Seconds before and after a photo in which a look speaks for it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """The way of one face without a gap or a jump, picture by picture. ``since``: when it began;
    ``front``: as it faced the camera; None: it has not yet. ``seen``: the turns."""

    face: Face
    yaw: float
    at: float
    since: float
    front: Heading | None = None
    seen: frozenset[Side] = frozenset()


def _on(way: _Way | None, face: Face, yaw: float, at: float) -> _Way:
    """``way`` with one picture more, or the one that begins with it."""
    if way is None or not _joined(way, face, yaw, at):
        way = _Way(face, yaw, at, since=at)
    front, seen, now = way.front, way.seen, heading_of(face, yaw)
    if abs(yaw) <= FRONT:
        front = now
    elif abs(yaw) >= TURNED and front is not None and now.deep(front):
        seen |= {Side.LEFT if yaw > 0 else Side.RIGHT}
    return _Way(face, yaw, at, way.since, front, seen)


def _joined(way: _Way, face: Face, yaw: float, at: float) -> bool:
    moved = float(np.linalg.norm(face.landmarks - way.face.landmarks, axis=1).mean())
    near = moved <= JUMP * max(way.face.box.width, 1.0)
    return near and at - way.at <= GAP and abs(yaw - way.yaw) <= STEP


class EnrolmentWatch:
    """Implements ``CaptureWatch`` for one capture. :meth:`see` runs on one thread at a time, what
    it found may be read from any."""

    def __init__(self, models: ModelSource, assess: Assessor, asked: Callable[[], bool]) -> None:
        """``asked``: whether the site checks liveness anywhere; from memory."""
        self._models = models
        self._assess = assess
        self._asked = asked
        self._ways: tuple[_Way, ...] = ()
        self._newest = Evidence()
        self._textures: tuple[Sighting, ...] = ()
        self._edge: Finding | None = None
        self._measured = False
        self._near_since: float | None = None
        self._near = False

    def see(self, image: Image, face: Face, at: float) -> None:
        """One more picture with the one face in it; ``at``: monotonic seconds."""
        models = self._models.current()
        if models is None or not self._asked():
            return
        yaw = self._assess(image, face).yaw
        self._go_on(face, yaw, at)
        before = self._newest.sightings
        if abs(yaw) > STRAIGHT or (before and at - before[-1].at < EVERY):
            return
        if models.life is None:
            seen = Sighting(at, face, None, small=small_of(image))
        else:
            self._measured = True
            (seen,) = sight(models.life, image, [face], at)
            self._too_near(seen)
        self._add(seen)

    @property
    def near(self) -> bool:
        """Whether whoever is there is too near to be judged, and was not told for long."""
        return self._near

    def judgement(self, taken: Sequence[float]) -> Judgement | None:
        """What all of it comes to for photos that were ``taken`` then; None: nothing was checked.
        Without texture models only an edge can be noticed, and nobody is called live or not."""
        ways = self._ways
        judged = self._judged(ways, taken)
        if self._edge is None and not self._measured:
            return None
        turns = {side for way in ways if any(_holds(way, at) for at in taken) for side in way.seen}
        both = len(turns) == len(Side)
        turned = Finding(Cue.TURN, float(len(turns)), Liveness.LIVE if both else Liveness.UNSURE)
        found = (*judged.findings, *((self._edge,) if self._edge else ()), turned)
        verdict = judged.verdict
        if self._edge is not None:
            verdict = Liveness.ATTACK
        elif verdict is Liveness.LIVE and not both:
            verdict = Liveness.UNSURE
        return replace(judged, verdict=verdict, findings=found)

    def _judged(self, ways: Sequence[_Way], taken: Sequence[float]) -> Judgement:
        """By the models and the whole picture's motion, over all looks that speak for a photo."""
        looks = tuple(one for one in self._textures if _speaks(one.at, ways, taken))
        measured = [one for one in looks if one.texture is not None]
        return judge(Evidence(looks if len(measured) >= LOOKS else ()))

    def _go_on(self, face: Face, yaw: float, at: float) -> None:
        before = self._ways[-1] if self._ways else None
        way = _on(before, face, yaw, at)
        same = before is not None and way.since == before.since
        self._ways = (*(self._ways[:-1] if same else self._ways), way)

    def _add(self, seen: Sighting) -> None:
        self._newest = self._newest.add(seen)
        edge = _edge(judge(self._newest).findings)
        self._edge = self._edge or edge
        newest = replace(self._newest.sightings[-1], framed=None)  # an edge counts in few looks
        self._textures = (*self._textures, newest)

    def _too_near(self, seen: Sighting) -> None:
        if seen.texture is not None:
            self._near, self._near_since = False, None
            return
        if self._near_since is None:
            self._near_since = seen.at
        told = seen.at - self._near_since >= NEAR_FOR
        self._near = not told and not any(one.texture is not None for one in self._textures)


def _holds(way: _Way, at: float) -> bool:
    return way.since <= at <= way.at


def _speaks(at: float, ways: Sequence[_Way], taken: Sequence[float]) -> bool:
    """Whether a look is of the face that a photo shows, and near it in time."""
    way = ways[bisect_right(ways, at, key=lambda one: one.since) - 1]
    return any(_holds(way, photo) and abs(photo - at) <= AROUND for photo in taken)


def _edge(findings: Sequence[Finding]) -> Finding | None:
    """The edge of a paper or a screen, where it was seen for sure."""
    attack = (one for one in findings if one.cue is Cue.EDGE and one.says is Liveness.ATTACK)
    return next(attack, None)
