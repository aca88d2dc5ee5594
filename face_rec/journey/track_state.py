"""What is remembered of one track: its looks, what they came to, and its marks.

And whether it still shows the face that it showed a moment ago: somebody else can step to where a
face just was faster than a track is lost. A small grey picture of the aligned face tells at a cost
of 0.1 ms, long before the next look is due. It only ever raises a doubt; a look decides.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from face_rec.domain.faces import Image, Quality, Vector
from face_rec.domain.liveness import NOT_CHECKED, Finding, Hold, Judgement
from face_rec.domain.marks import Receipt
from face_rec.domain.recognition import Decision, Flaw, Look, Verdict
from face_rec.journey.decide import Policy, TrackLimits, agreed, decide, leader, vote
from face_rec.journey.fusion import Fusion
from face_rec.journey.liveness.evidence import Evidence, Sighting
from face_rec.journey.liveness.heading import Heading
from face_rec.journey.liveness.judge import judge
from face_rec.journey.liveness.reflection import Light
from face_rec.journey.same_view import FaceView
from face_rec.journey.track import Track

_ALIKE = 0.65
"""Least correlation of two views of one face a moment apart. Of 200 different aligned LFW
faces 96 pairs in 100 stay below; of views of one face 33 ms apart 1 in 200 is below 0.8 in a
close-up, some more in a walking crowd, where it costs a look and nothing else."""
_SIDE = 16
_FLAT = 1e-3

_NOTHING = Decision(Verdict.LOOKING, None, score=-1.0, margin=0.0, looks=0)


@dataclass(slots=True, eq=False)
class TrackState:
    """One track's memory. Times are monotonic seconds of the frames.

    ``looked_at``: the last look. ``checked_at``: when the view was last judged good enough or
    not. ``revision``: the gallery's when the last look was matched. ``large_since``: first
    frame in which this face was large enough. ``receipts``: its marks by subject; they
    outlive the looks, so that nobody is marked twice for standing there. ``appearance``: the
    face when last seen. ``doubted_at``: when it suddenly looked different; until a look has
    settled that, the track has no name.
    """

    track: Track
    looks: tuple[Look, ...] = ()
    views: tuple[FaceView | None, ...] = ()
    """What each of the looks was taken of, in the same order."""
    fusion: Fusion = Fusion()
    """The looks together, those too that do not count any more by themselves."""
    decision: Decision = _NOTHING
    flaw: Flaw | None = None
    """Why the view was worth no look when it was checked; None: it was."""
    looked_at: float = float("-inf")
    checked_at: float = float("-inf")
    revision: int = -1
    large_since: float | None = None
    receipts: dict[str, Receipt] = field(default_factory=dict)
    problem: str = ""
    retry_at: float = float("-inf")
    wavering: bool = False
    """Whether the newest look speaks for somebody other than the verdict does."""
    appearance: Vector | None = None
    doubted_at: float | None = None
    evidence: Evidence = Evidence()
    life: Judgement = NOT_CHECKED
    """What the evidence comes to."""
    hold: Hold | None = None
    """Why it is not marked although it is named."""
    held_since: float | None = None
    denied: bool = False
    """Whether the office knows that this is taken for a picture."""
    failed_at: float = float("-inf")
    """When they last did not turn the head as asked."""
    turned: tuple[tuple[Finding, ...], str] | None = None
    """That they did, and who they were then."""
    identity: int = 0
    """Another number whenever it is not known any more who this is."""

    @property
    def poor(self) -> bool:
        return self.flaw is not None

    @property
    def best(self) -> Quality | None:
        """The best view that was looked at."""
        return max((look.quality for look in self.looks), key=_score, default=None)

    @property
    def undecided(self) -> bool:
        """Whether a verdict is still waited for, and a look could bring it."""
        doubted = self.doubted_at is not None
        waiting = self.decision.verdict is Verdict.LOOKING or self.wavering or doubted
        waiting = waiting or self.hold is not None
        return waiting and not self.poor and not self.track.contested

    def follow(self, track: Track, min_face: float, size: float, now: float) -> None:
        """The track has moved on; a contest with another one voids the looks."""
        if track.epoch != self.track.epoch:
            self.forget()
        self.track = track
        if self.large_since is None and size >= min_face:
            self.large_since = now

    def forget(self) -> None:
        """The looks so far prove nothing any more."""
        self.looks, self.views, self.decision, self.wavering = (), (), _NOTHING, False
        self.fusion = Fusion()
        self.looked_at, self.doubted_at = float("-inf"), None
        self.evidence, self.life, self.hold = Evidence(), NOT_CHECKED, None
        self._unidentify()

    def _unidentify(self) -> None:
        """It is not known any more who this is."""
        self.turned, self.identity = None, self.identity + 1

    def sight(self, sighting: Sighting) -> None:
        """What one more look tells of whether the face lives."""
        self.evidence = self.evidence.add(sighting)
        self.life = judge(self.evidence)

    def compare(self, appearance: Vector, now: float) -> None:
        """The face as just seen: a sudden change puts the looks so far in doubt."""
        before, self.appearance = self.appearance, appearance
        if self.looks and before is not None and not alike(before, appearance):
            self.doubted_at = now

    def judged(self, flaws: tuple[Flaw, ...], now: float) -> None:
        """The view was checked at ``now``. A flaw that stays is the one that is told, so that
        nobody is told now this and now that."""
        if self.flaw not in flaws:
            self.flaw = flaws[0] if flaws else None
        self.checked_at = now

    def add(
        self,
        look: Look,
        revision: int,
        window: int,
        view: FaceView | None = None,
        fusion: Fusion = Fusion(),  # noqa: B008 - frozen
    ) -> None:
        """Remember one more look, and only as many as ever count. ``fusion``: with it."""
        self.fusion = fusion
        self.looks = (*self.looks, look)[-window:]
        self.views = (*self.views, view)[-window:]
        self.looked_at, self.revision = look.at, revision

    def renew(self, number: int, look: Look, revision: int) -> None:
        """A second look at a view that was looked at before takes the first one's place."""
        self.looks = (*self.looks[:number], *self.looks[number + 1 :], look)
        self.views = (*self.views[:number], *self.views[number + 1 :], self.views[number])
        self.looked_at, self.revision = look.at, revision

    def decide(self, limits: TrackLimits, policy: Policy) -> Decision:
        """What the looks come to."""
        self._settle(limits)
        decision = _NOTHING if self.doubted_at is not None else decide(self.looks, limits, policy)
        self.wavering = bool(self.looks) and self._wavers(decision, limits, policy)
        if not self.looks and self.poor:
            decision = Decision(Verdict.POOR, None, score=-1.0, margin=0.0, looks=0)
        self.decision = replace(decision, life=self.life)
        return self.decision

    def _wavers(self, decision: Decision, limits: TrackLimits, policy: Policy) -> bool:
        """Whether another look may change the verdict. Where looks agree on somebody whom all of
        them together do not show, more looks are more chances for a mistake, and no more."""
        settled = decision.subject
        if settled is None and self.fusion.full:
            settled = agreed(self.looks, limits.look, policy)
        return vote(self.looks[-1], limits.look) != settled

    def _settle(self, limits: TrackLimits) -> None:
        """A look since the doubt ends it: the looks before stand only if it agrees."""
        if self.doubted_at is None or self.looked_at < self.doubted_at:
            return
        *before, newest = [vote(look, limits.look) for look in self.looks]
        if leader(before)[0] != newest:
            look = self.looks[-1]
            self.looks, self.views = (replace(look, fused=look.match),), self.views[-1:]
            self.fusion = self.fusion.newest()
            self.evidence = Evidence(self.evidence.sightings[-1:])
            self.life = judge(self.evidence)
            self._unidentify()
            self.large_since = self.doubted_at
        self.doubted_at = None


class TrackStates:
    """The states of one stream: one a live track, forgotten with it."""

    def __init__(self) -> None:
        self._known: dict[int, TrackState] = {}
        self._contract = ""

    def __iter__(self) -> Iterator[TrackState]:
        return iter(self._known.values())

    def __len__(self) -> int:
        return len(self._known)

    def follow(
        self, tracks: Sequence[Track], contract: str, min_face: float, now: float
    ) -> tuple[TrackState, ...]:
        """The states of ``tracks``; all looks are void when the model has changed."""
        self._known = {t.id: self._known.get(t.id) or TrackState(t) for t in tracks}
        for state, track in zip(self._known.values(), tracks, strict=True):
            if contract != self._contract:
                state.forget()
            state.follow(track, min_face, track.face.box.narrow_side, now)
        self._contract = contract
        return tuple(self._known.values())


def _score(quality: Quality) -> float:
    return quality.score


def appearance(crop: Image) -> Vector:
    """``crop``: an aligned face, (S, S, 3) BGR. (256,) float32 without mean and length; all
    zeros for a crop without contrast."""
    edge = crop.shape[0] // 8
    inner = cv2.cvtColor(crop[edge:-edge, edge:-edge], cv2.COLOR_BGR2GRAY)
    small = cv2.resize(inner, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    values = small.astype(np.float32).ravel()
    values -= values.mean()
    length = float(np.linalg.norm(values))
    return values / length if length > _FLAT else np.zeros_like(values)


def alike(before: Vector, now: Vector) -> bool:
    """Whether two appearances may be one face; nothing is said of crops without contrast."""
    if not before.any() or not now.any():
        return True
    return float(before @ now) >= _ALIKE


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured of a face in the newest picture, when it is wanted: where it looks to the
    side, and the light on it."""

    heading: Callable[[TrackState], Heading]
    light: Callable[[TrackState], Light]
