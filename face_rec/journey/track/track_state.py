"""What is remembered of one track: its looks, what they came to, and its marks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from face_rec.domain.faces import Quality, Vector
from face_rec.domain.marks import Receipt
from face_rec.domain.recognition import Decision, Look, Verdict
from face_rec.journey.decide.decide import Limits, Policy, decide, leader, vote
from face_rec.journey.detect.sameness import View
from face_rec.journey.track.appearance_change import alike
from face_rec.journey.track.track import Track

_NOTHING = Decision(Verdict.LOOKING, None, score=-1.0, margin=0.0, looks=0)


@dataclass(slots=True, eq=False)
class Sighting:
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
    views: tuple[View | None, ...] = ()
    """What each of the looks was taken of, in the same order."""
    decision: Decision = _NOTHING
    poor: bool = False
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

    @property
    def best(self) -> Quality | None:
        """The best view that was looked at."""
        return max((look.quality for look in self.looks), key=_score, default=None)

    @property
    def undecided(self) -> bool:
        """Whether a verdict is still waited for, and a look could bring it."""
        doubted = self.doubted_at is not None
        waiting = self.decision.verdict is Verdict.LOOKING or self.wavering or doubted
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
        self.looked_at, self.doubted_at = float("-inf"), None

    def compare(self, appearance: Vector, now: float) -> None:
        """The face as just seen: a sudden change puts the looks so far in doubt."""
        before, self.appearance = self.appearance, appearance
        if self.looks and before is not None and not alike(before, appearance):
            self.doubted_at = now

    def judged(self, *, poor: bool, now: float) -> None:
        """The view was checked at ``now``."""
        self.poor, self.checked_at = poor, now

    def add(self, look: Look, revision: int, window: int, view: View | None = None) -> None:
        """Remember one more look, and only as many as ever count."""
        self.looks = (*self.looks, look)[-window:]
        self.views = (*self.views, view)[-window:]
        self.looked_at, self.revision = look.at, revision

    def renew(self, number: int, look: Look, revision: int) -> None:
        """A second look at a view that was looked at before takes the first one's place."""
        self.looks = (*self.looks[:number], *self.looks[number + 1 :], look)
        self.views = (*self.views[:number], *self.views[number + 1 :], self.views[number])
        self.looked_at, self.revision = look.at, revision

    def decide(self, limits: Limits, policy: Policy) -> Decision:
        """What the looks come to."""
        self._settle(limits)
        decision = _NOTHING if self.doubted_at is not None else decide(self.looks, limits, policy)
        self.wavering = bool(self.looks) and (vote(self.looks[-1], limits) != decision.subject)
        if not self.looks and self.poor:
            decision = Decision(Verdict.POOR, None, score=-1.0, margin=0.0, looks=0)
        self.decision = decision
        return decision

    def _settle(self, limits: Limits) -> None:
        """A look since the doubt ends it: the looks before stand only if it agrees."""
        if self.doubted_at is None or self.looked_at < self.doubted_at:
            return
        *before, newest = [vote(look, limits) for look in self.looks]
        if leader(before)[0] != newest:
            self.looks, self.views = self.looks[-1:], self.views[-1:]
            self.large_since = self.doubted_at
        self.doubted_at = None


class Sightings:
    """The sightings of one stream: one a live track, forgotten with it."""

    def __init__(self) -> None:
        self._known: dict[int, Sighting] = {}
        self._contract = ""

    def __iter__(self) -> Iterator[Sighting]:
        return iter(self._known.values())

    def __len__(self) -> int:
        return len(self._known)

    def follow(
        self, tracks: Sequence[Track], contract: str, min_face: float, now: float
    ) -> tuple[Sighting, ...]:
        """The sightings of ``tracks``; all looks are void when the model has changed."""
        self._known = {t.id: self._known.get(t.id) or Sighting(t) for t in tracks}
        for sighting, track in zip(self._known.values(), tracks, strict=True):
            if contract != self._contract:
                sighting.forget()
            box = track.face.box
            sighting.follow(track, min_face, min(box.width, box.height), now)
        self._contract = contract
        return tuple(self._known.values())


def _score(quality: Quality) -> float:
    return quality.score
