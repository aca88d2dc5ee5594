"""Who came by and was not named. Who is nobody that is registered: their tracks are handed on when
they end, and once while they are there, for an alarm. Who is near somebody registered: it is told
whom, when their track ends. Nothing of the journey waits for it or fails by it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.faces import Frame, Image, Quality
from face_rec.domain.liveness import Liveness
from face_rec.domain.recognition import Decision, Unnamed, Verdict
from face_rec.domain.strangers import Passing
from face_rec.journey.decide import Limits
from face_rec.journey.embed import Probe
from face_rec.journey.marking.punch import crop
from face_rec.journey.track_state import TrackState
from face_rec.protocols.misses import MissSink
from face_rec.protocols.stranger_sink import StrangerSink

LEAST_LOOKS: Final = 3
"""Good looks, of other views each, that make somebody worth keeping; as many as a name takes."""
GOOD: Final = 0.6
SMALLEST: Final = 60.0
TURNED: Final = 35.0
"""A good look: of this quality at least, a face of so many px, turned by no more degrees. It may
become a photo, which asks for as much (``photos.quality.ENROLMENT``)."""
_BETTER: Final = 0.05


@dataclass(slots=True, eq=False)
class _Seen:
    """What is known of a track since it was last in doubt whose it is (``identity``), by the model
    of ``contract``."""

    identity: int
    contract: str
    began: float
    good: int = 0
    best: float = -math.inf
    picture: Image | None = None
    told: bool = False


class Passers:
    """Of one stream, one thread at a time; ``sink`` None: nobody is kept."""

    def __init__(self, kiosk: str, sink: StrangerSink | None, clock: Clock) -> None:
        self._kiosk = kiosk
        self._sink = sink
        self._clock = clock
        self._known: dict[TrackState, _Seen] = {}

    def __call__(
        self, probes: Iterable[Probe], states: Sequence[TrackState], frame: Frame, contract: str
    ) -> None:
        """After the decisions of a ``frame``: the views that were looked at in it, and who is
        here. ``contract``: of the model that looked."""
        if self._sink is None or not self._sink.wants(self._kiosk):
            self._known.clear()
            return
        for probe in probes:
            if probe.repeats is None and is_good(probe.quality):
                self._add(probe.state, probe.quality.score, frame, contract)
        self._hand_on(self._sink, set(states))

    def _add(self, state: TrackState, score: float, frame: Frame, contract: str) -> None:
        seen = self._known.get(state)
        if seen is None or (seen.identity, seen.contract) != (state.identity, contract):
            seen = self._known[state] = _Seen(state.identity, contract, frame.taken_at)
        seen.good += 1
        if score > seen.best + _BETTER:
            seen.best, seen.picture = score, crop(frame.image, state.track.face.box)

    def _hand_on(self, sink: StrangerSink, here: set[TrackState]) -> None:
        for state, seen in list(self._known.items()):
            gone = state not in here
            if gone:
                del self._known[state]
            if (gone or not seen.told) and is_stranger(state, seen.identity, seen.good):
                first, seen.told = not seen.told, True
                if seen.picture is not None:
                    sink.offer(self._passing(state, seen, seen.picture, over=gone, first=first))

    def _passing(
        self, state: TrackState, seen: _Seen, picture: Image, *, over: bool, first: bool
    ) -> Passing:
        now, at = self._clock.now(), self._clock.monotonic()
        return Passing(
            self._kiosk,
            began=now - timedelta(seconds=max(0.0, at - seen.began)),
            ended=now - timedelta(seconds=max(0.0, at - state.track.seen_at)),
            embedding=state.fusion.embedding,
            contract=seen.contract,
            looks=seen.good,
            quality=seen.best,
            picture=picture,
            over=over,
            first=first,
        )


class Misses:
    """Of one stream, one thread at a time: tells which tracks ended without a name, and who is
    here by name. ``sink`` None: nobody hears of it."""

    def __init__(self, kiosk: str, sink: MissSink | None) -> None:
        self._kiosk = kiosk
        self._sink = sink
        self._here: frozenset[TrackState] = frozenset()

    def __call__(self, decisions: Mapping[TrackState, Decision], limits: Limits) -> None:
        """After the ``decisions`` of a frame. ``limits``: of a look."""
        if self._sink is None:
            return
        for state in self._here - decisions.keys():
            if ended_unnamed(state):
                match = state.looks[-1].fused
                self._sink.unnamed(Unnamed(self._kiosk, match, limits.threshold, limits.margin))
        for decision in decisions.values():
            if decision.subject is not None:
                self._sink.named(self._kiosk, decision.subject)
        self._here = frozenset(decisions)


def is_good(quality: Quality) -> bool:
    turned = max(abs(quality.yaw), abs(quality.pitch))
    return quality.score >= GOOD and quality.size >= SMALLEST and turned <= TURNED


def is_stranger(state: TrackState, identity: int, good: int) -> bool:
    """Whether a track is of somebody who is nobody here: enough good looks, and the verdict is
    that it is unknown. Not where a verdict may still come, where somebody was ever named or held
    by it, where it is in doubt whose it is, nor where the face was taken for a picture."""
    if state.identity != identity or good < LEAST_LOOKS or not state.fusion.weighted:
        return False
    undecided = state.decision.verdict is not Verdict.UNKNOWN or state.wavering
    doubted = state.doubted_at is not None or state.track.contested
    return not (undecided or doubted or _was_somebody(state))


def ended_unnamed(state: TrackState) -> bool:
    """Whether a track that has ended had looks enough for a name and got none. Not where somebody
    was ever named or held by it, where it is in doubt whose it is, nor where the face was taken
    for a picture."""
    unknown = state.decision.verdict is Verdict.UNKNOWN and bool(state.looks)
    doubted = state.doubted_at is not None or state.track.contested
    return unknown and not doubted and not _was_somebody(state)


def _was_somebody(state: TrackState) -> bool:
    """Named or held by this track before, or a picture of somebody."""
    named = bool(state.receipts) or state.hold is not None or state.denied
    return named or state.life.verdict is Liveness.ATTACK
