"""Embed: which faces deserve a look now, and their embeddings.

An embedding costs more than everything else done with a face, so it is made by need:
the track is new or undecided, its looks disagree, the last look is stale, the gallery
has changed, or a clearly better view came. Poor views are never embedded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from face_rec.domain.faces import Frame, Image, Matrix, Quality
from face_rec.domain.recognition import Verdict
from face_rec.journey.decide.decide import Policy
from face_rec.journey.detect.geometry import narrow_side
from face_rec.journey.detect.sameness import View, repeated, view_of
from face_rec.journey.track.track_state import Sighting
from face_rec.protocols.models import Assessor, Embedder

STALE_NAMED = 2.0
"""Seconds after which a named track is looked at again: is it still the same person?"""
STALE_UNKNOWN = 1.0
"""… an unknown one: perhaps they turned to the camera, or were enrolled meanwhile."""
RECHECK = 0.2
"""Seconds between two checks whether the view of an unknown face got better."""
LARGER, BETTER = 1.25, 0.15
"""A view is clearly better when it is this many times as large, or this much higher in score."""
AT_ONCE = 8
"""Faces embedded in one frame at most, so that a crowd cannot hold up its stream."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The poorest view that is worth a look in video; units as in Quality.

    Far below the limits for enrolment: a poor look only costs time here, since several
    must agree, while a poor template does harm for years.
    """

    sharpness: float = 6.0
    darkest: float = 25.0
    brightest: float = 235.0
    contrast: float = 8.0
    yaw: float = 65.0
    pitch: float = 45.0
    detector_score: float = 0.5

    def passes(self, quality: Quality) -> bool:
        return (
            quality.sharpness >= self.sharpness
            and self.darkest <= quality.brightness <= self.brightest
            and quality.contrast >= self.contrast
            and abs(quality.yaw) <= self.yaw
            and abs(quality.pitch) <= self.pitch
            and quality.detector_score >= self.detector_score
        )


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A view chosen for a look: whose it is and how good. ``repeats``: the number of the look
    that was taken of this very view; None: it is another one."""

    sighting: Sighting
    quality: Quality
    view: View | None = None
    repeats: int | None = None


class Choose:
    """Picks the views of a frame that deserve a look."""

    def __init__(self, assess: Assessor, policy: Policy, gate: Gate | None = None) -> None:
        self._assess = assess
        self._policy = policy
        self._gate = gate or Gate()

    def __call__(
        self, sightings: Sequence[Sighting], frame: Frame, revision: int
    ) -> tuple[Probe, ...]:
        """At most AT_ONCE probes; the sightings learn whether their view was poor."""
        now = frame.taken_at
        due = [s for s in sightings if may_look(s, now, revision, self._policy)]
        due.sort(key=_urgency)
        probes = [self._probe(sighting, frame, revision) for sighting in due[:AT_ONCE]]
        return tuple(probe for probe in probes if probe is not None)

    def _probe(self, sighting: Sighting, frame: Frame, revision: int) -> Probe | None:
        face = sighting.track.face
        if narrow_side(face.box) < self._policy.min_face:
            sighting.judged(poor=True, now=frame.taken_at)
            return None
        quality = self._assess(frame.image, face)
        sighting.judged(poor=not self._gate.passes(quality), now=frame.taken_at)
        if sighting.poor or not needs_look(sighting, quality, frame.taken_at, revision):
            return None
        repeats = repeated(sighting.views, frame.image, self._policy.same)
        if repeats is not None and not is_stale(sighting, frame.taken_at, revision):
            return None  # it has been looked at, and proves nothing more
        return Probe(sighting, quality, view_of(frame.image, face.box), repeats)


def may_look(sighting: Sighting, now: float, revision: int, policy: Policy) -> bool:
    """Whether it is worth measuring the view: pure, and needs no picture."""
    track = sighting.track
    if not track.fresh or track.contested or now - sighting.looked_at < policy.gap:
        return False
    if sighting.undecided or is_stale(sighting, now, revision):
        return True
    return sighting.decision.verdict is not Verdict.NAMED and now - sighting.checked_at >= RECHECK


def needs_look(sighting: Sighting, quality: Quality, now: float, revision: int) -> bool:
    """Whether a view of this quality is worth an embedding."""
    best = sighting.best
    if best is None or sighting.undecided or is_stale(sighting, now, revision):
        return True
    return quality.size > LARGER * best.size or quality.score > best.score + BETTER


def is_stale(sighting: Sighting, now: float, revision: int) -> bool:
    """Whether the last look is too old to go by."""
    named = sighting.decision.verdict is Verdict.NAMED
    age = now - sighting.looked_at
    # Looks taken before somebody was enrolled or removed may be wrong now; RECHECK keeps a
    # large import, with many changes a second, from causing a look in every frame.
    if revision != sighting.revision and age >= RECHECK:
        return True
    return age >= (STALE_NAMED if named else STALE_UNKNOWN)


def embed(embedder: Embedder, image: Image, probes: Sequence[Probe]) -> Matrix:
    """(len(probes), D) embeddings, in one batch where that costs less."""
    crops = [embedder.align(image, probe.sighting.track.face) for probe in probes]
    if embedder.batches or len(crops) <= 1:
        return embedder.embed(crops)
    return np.concatenate([embedder.embed([crop]) for crop in crops])


def _urgency(sighting: Sighting) -> tuple[bool, float, float]:
    """Undecided tracks first, then the longest not looked at, then the largest."""
    return (not sighting.undecided, sighting.looked_at, -sighting.track.face.box.area)
