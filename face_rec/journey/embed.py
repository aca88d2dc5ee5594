"""Embed: which faces deserve a look now, their embeddings, and who those look like.

An embedding costs more than everything else done with a face, so it is made by need:
the track is new or undecided, its looks disagree, the last look is stale, the gallery
has changed, or a clearly better view came. Poor views are never embedded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from face_rec.domain.errors import StoreError
from face_rec.domain.faces import Frame, Image, Matrix, Quality
from face_rec.domain.people import Contract
from face_rec.domain.recognition import Flaw, Look, Verdict
from face_rec.journey.decide import Policy
from face_rec.journey.fusion import Fusion
from face_rec.journey.same_view import FaceView, repeated, view_of
from face_rec.journey.track_state import TrackState
from face_rec.protocols.models import Assessor, Embedder
from face_rec.protocols.people_store import Gallery

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

    def flaws(self, quality: Quality) -> tuple[Flaw, ...]:
        """Why the view is worth no look, what a person can best do something about first."""
        turned_to_us = abs(quality.yaw) <= self.yaw and abs(quality.pitch) <= self.pitch
        fine = {
            Flaw.DARK: quality.brightness >= self.darkest,
            Flaw.BRIGHT: quality.brightness <= self.brightest,
            Flaw.FLAT: quality.contrast >= self.contrast,
            Flaw.COVERED: quality.detector_score >= self.detector_score,
            Flaw.TURNED: turned_to_us,
            Flaw.BLURRED: quality.sharpness >= self.sharpness,
        }
        return tuple(flaw for flaw, passes in fine.items() if not passes)


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A view chosen for a look: whose it is and how good. ``repeats``: the number of the look
    that was taken of this very view; None: it is another one."""

    state: TrackState
    quality: Quality
    view: FaceView | None = None
    repeats: int | None = None


class Choose:
    """Picks the views of a frame that deserve a look."""

    def __init__(self, assess: Assessor, policy: Policy, gate: Gate | None = None) -> None:
        self._assess = assess
        self._policy = policy
        self._gate = gate or Gate()

    def __call__(
        self, states: Sequence[TrackState], frame: Frame, revision: int
    ) -> tuple[Probe, ...]:
        """At most AT_ONCE probes; the states learn whether their view was poor."""
        now = frame.taken_at
        due = [s for s in states if may_look(s, now, revision, self._policy)]
        due.sort(key=_urgency)
        probes = [self._probe(state, frame, revision) for state in due[:AT_ONCE]]
        return tuple(probe for probe in probes if probe is not None)

    def _probe(self, state: TrackState, frame: Frame, revision: int) -> Probe | None:
        face = state.track.face
        if face.box.narrow_side < self._policy.min_face:
            state.judged((Flaw.SMALL,), frame.taken_at)
            return None
        quality = self._assess(frame.image, face)
        state.judged(self._gate.flaws(quality), frame.taken_at)
        if state.poor or not needs_look(state, quality, frame.taken_at, revision):
            return None
        repeats = repeated(state.views, frame.image, self._policy.same)
        if repeats is not None and not is_stale(state, frame.taken_at, revision):
            return None  # it has been looked at, and proves nothing more
        return Probe(state, quality, view_of(frame.image, face.box), repeats)


def may_look(state: TrackState, now: float, revision: int, policy: Policy) -> bool:
    """Whether it is worth measuring the view: pure, and needs no picture."""
    track = state.track
    if not track.fresh or track.contested or now - state.looked_at < policy.gap:
        return False
    if state.undecided or is_stale(state, now, revision):
        return True
    return state.decision.verdict is not Verdict.NAMED and now - state.checked_at >= RECHECK


def needs_look(state: TrackState, quality: Quality, now: float, revision: int) -> bool:
    """Whether a view of this quality is worth an embedding."""
    best = state.best
    if best is None or state.undecided or is_stale(state, now, revision):
        return True
    return quality.size > LARGER * best.size or quality.score > best.score + BETTER


def is_stale(state: TrackState, now: float, revision: int) -> bool:
    """Whether the last look is too old to go by."""
    named = state.decision.verdict is Verdict.NAMED
    age = now - state.looked_at
    # Looks taken before somebody was enrolled or removed may be wrong now; RECHECK keeps a
    # large import, with many changes a second, from causing a look in every frame.
    if revision != state.revision and age >= RECHECK:
        return True
    return age >= (STALE_NAMED if named else STALE_UNKNOWN)


def embed(embedder: Embedder, image: Image, probes: Sequence[Probe]) -> Matrix:
    """(len(probes), D) embeddings, in one batch where that costs less."""
    crops = [embedder.align(image, probe.state.track.face) for probe in probes]
    if embedder.batches or len(crops) <= 1:
        return embedder.embed(crops)
    return np.concatenate([embedder.embed([crop]) for crop in crops])


def fuse(probes: Sequence[Probe], vectors: Matrix) -> tuple[Fusion, ...]:
    """Each probe's look together with those before it; one that repeats a view adds nothing.
    ``vectors`` is (len(probes), D)."""
    return tuple(
        probe.state.fusion
        if probe.repeats is not None
        else probe.state.fusion.add(vector, probe.quality.score)
        for probe, vector in zip(probes, vectors, strict=True)
    )


def match(
    gallery: Gallery,
    contract: Contract,
    probes: Sequence[Probe],
    vectors: Matrix,
    fusions: Sequence[Fusion],
    *,
    at: float,
) -> tuple[Look, ...]:
    """One look a probe, in one call to the gallery; ``vectors`` is (len(probes), D), embedded
    under ``contract``, ``at`` the frame's time. None at all where the gallery is of another one:
    such a look would speak for or against somebody by chance; nor where it cannot be asked, which
    its follower says."""
    if not probes:
        return ()
    every = np.concatenate([vectors, [one.embedding for one in fusions]])
    try:
        found = gallery.match(every, contract)
    except StoreError:
        return ()
    if found is None:
        return ()
    alone, fused = found[: len(probes)], found[len(probes) :]
    return tuple(
        Look(at, who, probe.quality, together)
        for probe, who, together in zip(probes, alone, fused, strict=True)
    )


def _urgency(state: TrackState) -> tuple[bool, float, float]:
    """Undecided tracks first, then the longest not looked at, then the largest."""
    return (not state.undecided, state.looked_at, -state.track.face.box.area)
