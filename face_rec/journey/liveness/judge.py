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
from face_rec.journey.liveness.evidence import PAIRS, Evidence

LIVE_FROM: Final = 0.5
"""Median of the looks from which the models take a face for live."""
ATTACK_BELOW: Final = 0.33
"""… and below which they take it for a picture. Measured on 262 live clips and 319 replays of
three people, mean of five frames: APCER 1 %, BPCER 2.8 % at this limit; few, and alike."""
LOOKS: Final = 3
"""Looks that must have been measured before a face is called live: as many as a name takes."""
WHOLE_FROM: Final = 0.4
"""Median share of the face's motion that the room made from which the whole picture moves as one:
what fills the picture is held in a hand, or the camera is. It withholds *live* and accuses nobody.
Chosen on rendered clips of people for tuning, of 0.8 s each: 0 of 45 live ones reached it, of 42
photos and videos that fill the picture on a screen 38."""


def judge(evidence: Evidence, looks: int = LOOKS) -> Judgement:
    """What ``evidence`` comes to; ``looks``: how many measured looks ``LIVE`` takes (a still has
    one)."""
    textures = [one.texture for one in evidence.sightings if one.texture is not None]
    cues = (_texture(textures, looks), _edge(evidence), _picture(evidence))
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
    withheld = any(one.cue is Cue.PICTURE and one.value >= WHOLE_FROM for one in found)
    return Liveness.LIVE if confirmed and not withheld else Liveness.UNSURE


def _texture(textures: list[float], looks: int) -> Finding | None:
    if not textures:
        return None
    middle = median(textures)
    if middle < ATTACK_BELOW:
        says = Liveness.ATTACK
    else:
        says = Liveness.LIVE if middle >= LIVE_FROM and len(textures) >= looks else Liveness.UNSURE
    return Finding(Cue.TEXTURE, middle, says)


def _edge(evidence: Evidence) -> Finding | None:
    """A straight frame around the face moved while the room stood still."""
    pairs = sum(one.framed is True for one in evidence.sightings)
    if not pairs:
        return None
    return Finding(Cue.EDGE, float(pairs), Liveness.ATTACK if pairs >= PAIRS else Liveness.UNSURE)


def _picture(evidence: Evidence) -> Finding | None:
    """The whole picture moved with the face, or did not; nothing where too little has moved."""
    shares = [one.whole for one in evidence.sightings if one.whole is not None]
    if len(shares) < PAIRS:
        return None
    return Finding(Cue.PICTURE, median_low(shares), Liveness.UNSURE)


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
