"""The journey of a frame: the table of contents of this package. :meth:`Journey.process` reads
as the list of its stages; what journeys share stands in :class:`PipelineDeps`."""

import logging
from collections.abc import Sequence

from face_rec.domain.errors import JournalError
from face_rec.domain.faces import Face, Frame
from face_rec.domain.kiosks.screens import Label, Scene
from face_rec.domain.liveness import Check
from face_rec.domain.marks import Source
from face_rec.domain.recognition import Decision, Look, Verdict
from face_rec.journey.badge import BadgeStage
from face_rec.journey.decide import (
    Limits,
    TrackLimits,
    nobody,
    one_each,
    still_enrolled,
    track_limits,
)
from face_rec.journey.detect import Detect, Outlook
from face_rec.journey.embed import Choose, Probe, embed, fuse, match
from face_rec.journey.fusion import Fusion
from face_rec.journey.liveness.evidence import sight
from face_rec.journey.liveness.heading import Heading, heading_of
from face_rec.journey.liveness.reflection import light_of
from face_rec.journey.marking.punch import Lingering, Named
from face_rec.journey.passing import Misses, Passers
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.step_up import Held, StepUp
from face_rec.journey.streams.stream import NoticeBoard
from face_rec.journey.track import Tracker
from face_rec.journey.track_state import Measures, TrackState, TrackStates, appearance
from face_rec.protocols.models import FaceModels

log = logging.getLogger(__name__)

RECHECK = 1.0
"""Seconds after which the store is asked again whether somebody named is still there."""
RETRY = 1.0
"""Seconds until a mark that the journal could not keep is tried again."""

Decisions = dict[TrackState, Decision]


class Journey:
    """Implements FrameProcessor for one kiosk; results of one call feed the next."""

    def __init__(self, kiosk: str, deps: PipelineDeps, board: NoticeBoard | None = None) -> None:
        self._kiosk = kiosk
        self._deps = deps
        self._detect = Detect(deps.policy.min_face)
        self._track = Tracker()
        self._states = TrackStates()
        self._choose = Choose(deps.assess, deps.policy)
        self._lingering = Lingering()
        self._punch = deps.puncher(kiosk, Source.VIDEO, board)
        self._badge = BadgeStage(kiosk, deps.badges, deps.puncher(kiosk, Source.BADGE, board))
        self._step_up = StepUp(kiosk, deps.step_ups)
        self._pass = Passers(kiosk, deps.strangers, deps.clock)
        self._miss = Misses(kiosk, deps.missed)

    def process(self, frame: Frame) -> Scene:
        """Take one frame all the way; a scene without labels while there is no model."""
        models, gallery = self._deps.models.current(), self._deps.gallery
        if self._badge(frame) or models is None:
            return _scene(frame, ())
        revision = gallery.revision
        faces = self._detect(models.detector, frame, self._outlook())
        states = self._follow(faces, models, frame)
        self._doubt(states, models, frame)
        probes = self._choose(states, frame, revision)
        vectors = embed(models.embedder, frame.image, probes)
        fusions = fuse(probes, vectors)
        looks = match(gallery, models.contract, probes, vectors, fusions, at=frame.taken_at)
        limits, check = self._limits(models), self._deps.liveness(self._kiosk)
        kept = self._remember(probes, looks, fusions, revision, limits.look) if looks else []
        self._sight(kept, models, frame, check)
        decisions = self._hold(self._decide(states, limits), check, frame, models)
        self._mark(decisions, frame, models)
        self._pass(kept, states, frame, models.contract.digest)
        self._miss(decisions, limits.look)
        return _scene(frame, [self._label(s, d) for s, d in decisions.items()])

    # --- the stages that need this stream's memory

    def _outlook(self) -> Outlook:
        """What the last frame left to do."""
        seen = [s for s in self._states if s.track.misses == 0]
        # Whoever was just missed is looked for at the size that they had: of nobody seen, 0 would
        # mean the largest search there is, twice for each person who leaves.
        known = seen or list(self._states)
        return Outlook(
            faces=len(self._states),
            smallest=min((s.track.face.box.narrow_side for s in known), default=0.0),
            undecided=any(s.undecided for s in seen),
            missed=len(seen) < len(self._states),
            poor=any(s.poor for s in seen),
        )

    def _follow(
        self, faces: list[Face] | None, models: FaceModels, frame: Frame
    ) -> tuple[TrackState, ...]:
        tracks = self._track(faces, frame.taken_at)
        return self._states.follow(
            tracks, models.contract.digest, self._deps.policy.min_face, frame.taken_at
        )

    def _doubt(self, states: Sequence[TrackState], models: FaceModels, frame: Frame) -> None:
        """Notice who was replaced between two frames."""
        for state in states:
            track = state.track
            if track.fresh and track.face.box.narrow_side >= self._deps.policy.min_face:
                crop = models.embedder.align(frame.image, track.face)
                state.compare(appearance(crop), frame.taken_at)

    def _remember(
        self,
        probes: Sequence[Probe],
        looks: Sequence[Look],
        fusions: Sequence[Fusion],
        revision: int,
        limits: Limits,
    ) -> list[Probe]:
        """The probes of which more is to be known; not of heads that turn as they were asked."""
        kept = []
        for probe, look, fusion in zip(probes, looks, fusions, strict=True):
            if self._step_up.takes(probe.state, look, limits):
                continue
            kept.append(probe)
            if probe.repeats is None:
                window = self._deps.policy.window
                probe.state.add(look, revision, window, probe.view, fusion)
            else:
                probe.state.renew(probe.repeats, look, revision)
        return kept

    def _sight(
        self, probes: Sequence[Probe], models: FaceModels, frame: Frame, check: Check
    ) -> None:
        """What the looks tell of whether the faces live; the same picture again tells nothing, and
        of who has their mark it is asked no more."""
        if models.life is None or check is Check.OFF:
            return
        fresh = [probe.state for probe in probes if probe.repeats is None]
        states = [state for state in fresh if state.decision.subject not in state.receipts]
        faces = [state.track.face for state in states]
        looks = [state.evidence.looks for state in states]
        seen = sight(models.life, frame.image, faces, frame.taken_at, looks)
        for state, sighting in zip(states, seen, strict=True):
            state.sight(sighting)

    def _limits(self, models: FaceModels) -> TrackLimits:
        return track_limits(self._deps.policy, models.calibration, self._deps.gallery.templates)

    def _decide(self, states: Sequence[TrackState], limits: TrackLimits) -> Decisions:
        """Each track by its own looks, then all together: nobody is there twice."""
        decisions = {s: self._standing(s, s.decide(limits, self._deps.policy)) for s in states}
        # A track that was just missed keeps its name only if nobody else claims it.
        here = {s: d for s, d in decisions.items() if s.track.misses == 0}
        return {**decisions, **one_each(here)}

    def _standing(self, state: TrackState, decision: Decision) -> Decision:
        """``decision``, unless it names somebody who has been deleted since the looks."""
        if decision.subject is None:
            return decision
        there = still_enrolled(self._deps.directory, decision.subject, RECHECK)
        if there is None:  # the store is away: what was last known stands, or else the gallery
            person = self._deps.directory.person(decision.subject)
            same = state.revision == self._deps.gallery.revision
            there = same if person is None else person.matchable
        return decision if there else nobody(decision)

    def _hold(
        self, decisions: Decisions, check: Check, frame: Frame, models: FaceModels
    ) -> Decisions:
        """Who is named waits until nothing speaks against it, where only live faces are marked;
        the decisions, in which who has turned the head as asked is live."""
        if not check.strict:
            for state in decisions:
                state.hold = None
            return decisions
        before = {state: state.hold for state in decisions}
        measures = Measures(
            lambda state: self._heading(frame, state.track.face),
            lambda state: light_of(frame.image, state.track.face.box),
        )
        made, held = self._step_up(
            decisions, frame.taken_at, measures, self._limits(models).look,
            everybody=check is Check.TURN, coloured=self._deps.colours(self._kiosk),
        )  # fmt: skip
        for state, decision in made.items():
            if state.hold is not None and before[state] is None:
                self._deps.lives.note(decision.life, "held")
        for one in held:
            self._tell(one, frame, models, here=one.state in made)
        return made

    def _heading(self, frame: Frame, face: Face) -> Heading:
        return heading_of(face, self._deps.assess(frame.image, face).yaw)

    def _tell(self, held: Held, frame: Frame, models: FaceModels, *, here: bool) -> None:
        """The office of who was held; nobody waits for it, so that a full disk holds up none.
        ``here``: whether the face is in the picture."""
        subject = held.decision.subject
        if subject is None or still_enrolled(self._deps.directory, subject) is False:
            return
        face = held.state.track.face
        named = Named(frame.image, face.box, subject, held.decision, models.contract.digest)
        try:
            self._punch.held(named, held.why, picture=here)
        except JournalError as error:
            log.warning("held_not_journalled kiosk=%s reason=%s", self._kiosk, error)

    def _mark(self, decisions: Decisions, frame: Frame, models: FaceModels) -> None:
        for state, decision in list(decisions.items()):
            subject = decision.subject
            if subject and self._may_mark(state, subject, frame.taken_at):
                if still_enrolled(self._deps.directory, subject) is False:
                    decisions[state] = nobody(decision)
                    continue
                box, contract = state.track.face.box, models.contract.digest
                named = Named(frame.image, box, subject, decision, contract)
                self._try_mark(state, named, frame.taken_at)
            if subject and state.track.misses == 0 and subject in state.receipts:
                self._lingering.see(subject, state.receipts[subject], frame.taken_at)

    def _may_mark(self, state: TrackState, subject: str, now: float) -> bool:
        here = state.track.misses == 0 and not state.track.contested
        free = state.hold is None and subject not in state.receipts
        return here and free and now >= state.retry_at

    def _try_mark(self, state: TrackState, named: Named, now: float) -> None:
        earlier = self._lingering.standing(named.subject, now)
        try:
            receipt = (
                self._punch.again(earlier) if earlier else self._punch(named, state.large_since)
            )
        except JournalError as error:
            state.problem, state.retry_at = error.said, now + RETRY
            return
        if not earlier:
            self._deps.lives.note(named.decision.life, "marked")
        state.problem = ""
        state.receipts[named.subject] = receipt

    def _label(self, state: TrackState, decision: Decision) -> Label:
        subject = decision.subject
        return Label(
            track=state.track.id,
            box=state.track.face.box,
            verdict=decision.verdict,
            name=self._deps.directory.name(subject) if subject and not state.hold else "",
            score=max(decision.score, 0.0),
            receipt=state.receipts.get(subject) if subject else None,
            margin=decision.margin,
            problem=state.problem if decision.verdict is Verdict.NAMED else "",
            flaw=state.flaw if decision.verdict is Verdict.POOR else None,
            life=decision.life,
            hold=state.hold,
            prompt=self._step_up.prompt(state),
        )


def _scene(frame: Frame, labels: Sequence[Label]) -> Scene:
    height, width = frame.image.shape[:2]
    return Scene(frame.number, frame.taken_at, width, height, tuple(labels))
