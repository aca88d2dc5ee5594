"""The journey of a frame: the table of contents of this package.

:meth:`Journey.process` reads as the list of its stages. A Journey is one kiosk's;
what it shares with the others stands in ``services``.
"""

from collections.abc import Sequence

from face_rec.domain.errors import JournalError
from face_rec.domain.faces import Face, Frame
from face_rec.domain.marks import Source
from face_rec.domain.recognition import Decision, Look, Verdict
from face_rec.domain.screens import Label, Scene
from face_rec.journey.decide.decide import Limits, nobody, one_each, video_limits
from face_rec.journey.decide.match import match
from face_rec.journey.decide.still_enrolled import stands
from face_rec.journey.detect.detect import Detect, Outlook
from face_rec.journey.detect.embed import Choose, Probe, embed
from face_rec.journey.detect.geometry import narrow_side
from face_rec.journey.mark.notify import NoticeBoard
from face_rec.journey.mark.punch import Named, Puncher
from face_rec.journey.pipeline_deps import Services
from face_rec.journey.track.appearance_change import appearance
from face_rec.journey.track.track import Tracker
from face_rec.journey.track.track_state import Sighting, Sightings
from face_rec.protocols.models import FaceModels

RECHECK = 1.0
"""Seconds after which the store is asked again whether somebody named is still there."""
RETRY = 1.0
"""Seconds until a mark that the journal could not keep is tried again."""

Decisions = dict[Sighting, Decision]


class Journey:
    """Implements FrameProcessor for one kiosk; results of one call feed the next."""

    def __init__(self, kiosk: str, services: Services, board: NoticeBoard | None = None) -> None:
        s = services
        self._s = s
        self._detect = Detect(s.policy.min_face)
        self._track = Tracker()
        self._sightings = Sightings()
        self._choose = Choose(s.assess, s.policy)
        self._punch = Puncher(kiosk, Source.VIDEO, s, board or NoticeBoard())

    def process(self, frame: Frame) -> Scene:
        """Take one frame all the way; a scene without labels while there is no model."""
        models, gallery = self._s.models.current(), self._s.gallery
        if models is None:
            return _scene(frame, ())
        revision = gallery.revision
        faces = self._detect(models.detector, frame, self._outlook())
        sightings = self._follow(faces, models, frame)
        self._doubt(sightings, models, frame)
        probes = self._choose(sightings, frame, revision)
        vectors = embed(models.embedder, frame.image, probes)
        looks = match(gallery, probes, vectors, frame.taken_at)
        self._remember(probes, looks, revision)
        decisions = self._decide(sightings, self._limits(models))
        self._mark(decisions, frame, models)
        return _scene(frame, [self._label(s, d) for s, d in decisions.items()])

    # --- the stages that need this stream's memory

    def _outlook(self) -> Outlook:
        """What the last frame left to do."""
        seen = [s for s in self._sightings if s.track.misses == 0]
        return Outlook(
            faces=len(self._sightings),
            smallest=min((narrow_side(s.track.face.box) for s in seen), default=0.0),
            undecided=any(s.undecided for s in seen),
            missed=len(seen) < len(self._sightings),
            poor=any(s.poor for s in seen),
        )

    def _follow(
        self, faces: list[Face] | None, models: FaceModels, frame: Frame
    ) -> tuple[Sighting, ...]:
        tracks = self._track(faces, frame.taken_at)
        return self._sightings.follow(
            tracks, models.contract.digest, self._s.policy.min_face, frame.taken_at
        )

    def _doubt(self, sightings: Sequence[Sighting], models: FaceModels, frame: Frame) -> None:
        """Notice who was replaced between two frames."""
        for sighting in sightings:
            track = sighting.track
            if track.fresh and narrow_side(track.face.box) >= self._s.policy.min_face:
                crop = models.embedder.align(frame.image, track.face)
                sighting.compare(appearance(crop), frame.taken_at)

    def _remember(self, probes: Sequence[Probe], looks: Sequence[Look], revision: int) -> None:
        for probe, look in zip(probes, looks, strict=True):
            if probe.repeats is None:
                probe.sighting.add(look, revision, self._s.policy.window, probe.view)
            else:
                probe.sighting.renew(probe.repeats, look, revision)

    def _limits(self, models: FaceModels) -> Limits:
        return video_limits(self._s.policy, models.calibration, self._s.gallery.people)

    def _decide(self, sightings: Sequence[Sighting], limits: Limits) -> Decisions:
        """Each track by its own looks, then all together: nobody is there twice."""
        decisions = {s: self._standing(s, s.decide(limits, self._s.policy)) for s in sightings}
        # A track that was just missed keeps its name only if nobody else claims it.
        here = {s: d for s, d in decisions.items() if s.track.misses == 0}
        return {**decisions, **one_each(here)}

    def _standing(self, sighting: Sighting, decision: Decision) -> Decision:
        """``decision``, unless it names somebody who has been deleted since the looks."""
        if decision.subject is None:
            return decision
        there = stands(self._s.directory, decision.subject, RECHECK)
        if there is None:  # the store is away: what was last known stands, or else the gallery
            person = self._s.directory.person(decision.subject)
            same = sighting.revision == self._s.gallery.revision
            there = same if person is None else person.matchable
        return decision if there else nobody(decision)

    def _mark(self, decisions: Decisions, frame: Frame, models: FaceModels) -> None:
        for sighting, decision in list(decisions.items()):
            subject = decision.subject
            if subject and self._may_mark(sighting, subject, frame.taken_at):
                if stands(self._s.directory, subject) is False:
                    decisions[sighting] = nobody(decision)
                    continue
                box = sighting.track.face.box
                named = Named(frame.image, box, subject, decision, models.contract.digest)
                self._try_mark(sighting, named, frame.taken_at)

    def _may_mark(self, sighting: Sighting, subject: str, now: float) -> bool:
        here = sighting.track.misses == 0 and not sighting.track.contested
        return here and subject not in sighting.receipts and now >= sighting.retry_at

    def _try_mark(self, sighting: Sighting, named: Named, now: float) -> None:
        try:
            receipt = self._punch(named, sighting.large_since)
        except JournalError as error:
            sighting.problem, sighting.retry_at = str(error), now + RETRY
            return
        sighting.problem = ""
        sighting.receipts[named.subject] = receipt

    def _label(self, sighting: Sighting, decision: Decision) -> Label:
        subject = decision.subject
        return Label(
            track=sighting.track.id,
            box=sighting.track.face.box,
            verdict=decision.verdict,
            name=self._s.directory.name(subject) if subject else "",
            score=max(decision.score, 0.0),
            receipt=sighting.receipts.get(subject) if subject else None,
            margin=decision.margin,
            problem=sighting.problem if decision.verdict is Verdict.NAMED else "",
        )


def _scene(frame: Frame, labels: Sequence[Label]) -> Scene:
    height, width = frame.image.shape[:2]
    return Scene(frame.number, frame.taken_at, width, height, tuple(labels))
