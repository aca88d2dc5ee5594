"""The judge: all evidence about one face in one pure function.

Decisive cues before averages. Whatever speaks firmly against a face wins; that it lives takes the
texture models and nothing that speaks against it; all else is *not sure*. A cue that had nothing
to measure says nothing, so that more evidence for a face never turns it into an attack.
"""

from collections import Counter
from statistics import median, median_low
from threading import Lock
from typing import Final

from face_rec.domain.liveness import NOT_CHECKED, Cue, Finding, Judgement, Liveness
from face_rec.journey.liveness.evidence import Evidence

LIVE_FROM: Final = 0.5
"""Median of the looks from which the models take a face for live."""
ATTACK_BELOW: Final = 0.33
"""… and below which they take it for a picture. Measured on 262 live clips and 319 replays of
three people, mean of five frames: APCER 1 %, BPCER 2.8 % at this limit; few, and alike."""
LOOKS: Final = 3
"""Looks that must have been measured before a face is called live: as many as a name takes."""


SHARED_FROM: Final = 0.75
"""Median share of the face's motion that its surroundings made, from which they move with it.
Hand-held phones measured 0.36 to 0.96 before, rendered papers and screens 0.58 to 1.17, live heads
before a wall 0.00 to 0.12."""
PAIRS: Final = 2
"""Pairs of looks that must have told so, of the surroundings as of a frame around the face. In
3,153 pairs of 59 live clips no frame was seen to move, in 40 clips of rendered papers and screens
with an edge one was in two pairs or more."""


def judge(evidence: Evidence, looks: int = LOOKS) -> Judgement:
    """What ``evidence`` comes to; ``looks``: how many measured looks ``LIVE`` takes (a still has
    one)."""
    textures = [one.texture for one in evidence.sightings if one.texture is not None]
    cues = (_texture(textures, looks), _edge(evidence), _background(evidence))
    found = tuple(one for one in cues if one is not None)
    return Judgement(
        _verdict(found),
        score=median(textures) if textures else None,
        findings=found,
        near=bool(evidence.sightings) and evidence.sightings[-1].texture is None,
    )


def _verdict(found: tuple[Finding, ...]) -> Liveness:
    says = {one.says for one in found}
    if Liveness.ATTACK in says:
        return Liveness.ATTACK
    confirmed = any(one.cue is Cue.TEXTURE and one.says is Liveness.LIVE for one in found)
    return Liveness.LIVE if confirmed else Liveness.UNSURE


def _texture(textures: list[float], looks: int) -> Finding | None:
    if not textures:
        return None
    middle = median(textures)
    if middle < ATTACK_BELOW:
        says = Liveness.ATTACK
    else:
        says = Liveness.LIVE if middle >= LIVE_FROM and len(textures) >= looks else Liveness.UNSURE
    return Finding(Cue.TEXTURE, middle, says)


def _background(evidence: Evidence) -> Finding | None:
    """What surrounds the face moved with it, or did not; nothing where too little has moved."""
    shares = [one.shared for one in evidence.sightings if one.shared is not None]
    if len(shares) < PAIRS:
        return None
    middle = median_low(shares)
    says = Liveness.ATTACK if middle >= SHARED_FROM else Liveness.UNSURE
    return Finding(Cue.BACKGROUND, middle, says)


def _edge(evidence: Evidence) -> Finding | None:
    """A straight frame around the face moved while the room stood still."""
    pairs = sum(one.framed for one in evidence.sightings)
    if not pairs:
        return None
    return Finding(Cue.EDGE, float(pairs), Liveness.ATTACK if pairs >= PAIRS else Liveness.UNSURE)


class LivenessCounts:
    """How often faces were marked, or not, by what they were taken for. Safe from any thread."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def note(self, judgement: Judgement, outcome: str) -> None:
        """``outcome``: ``marked``, or ``held`` for one that was named and not marked."""
        if judgement == NOT_CHECKED:
            return
        with self._lock:
            self._counts[judgement.verdict.value, outcome] += 1

    def __call__(self) -> dict[tuple[str, str], int]:
        """By verdict and outcome, since the start."""
        with self._lock:
            return dict(self._counts)
