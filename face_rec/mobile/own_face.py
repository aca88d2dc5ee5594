"""Whether the face before a phone's camera is that of one person, and lives. It is asked of nobody
else: whoever else it may be is not said, kept or told."""

from dataclasses import replace
from typing import Final

from face_rec.domain.errors import ModelError
from face_rec.domain.faces import Frame, View
from face_rec.domain.kiosks.screens import Scene
from face_rec.domain.liveness import NOT_CHECKED, Judgement
from face_rec.journey.marking.punch import Named
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.still import recognise
from face_rec.people.photos.capture import GuidedCapture

MISSES: Final = 3
"""Looks that were not the person's after which it is over: one may be blurred by a step."""


class OwnFace:
    """Implements FrameProcessor for one person. :meth:`process` runs on a worker's thread, all
    else may be asked from any.

    The look from the front is judged as a kiosk judges a still: by the same limits, against
    everybody who is registered, so that who looks more like somebody else is not taken either.
    The turns that a capture asks for must then be that face's.
    """

    def __init__(self, subject: str, guide: GuidedCapture, deps: PipelineDeps) -> None:
        self.guide = guide
        self._subject = subject
        self._deps = deps
        self._named: Named | None = None
        self._misses = 0

    def process(self, frame: Frame) -> Scene:
        before = len(self.guide.state().photos)
        scene = self.guide.process(frame)
        new = self.guide.state().photos[before:]
        if any(photo.view is View.FRONT for photo in new):
            self._compare(frame)
        return scene

    @property
    def wrong(self) -> bool:
        """Whether it is another face for sure enough."""
        return self._misses >= MISSES

    def named(self) -> Named | None:
        """The person, once all was seen that was asked for."""
        named = self._named
        if named is None or not self.guide.state().done:
            return None
        life: Judgement = self.guide.judgement() or NOT_CHECKED
        return replace(named, decision=replace(named.decision, life=life))

    def forget(self) -> None:
        """Let go of all pictures: it is over."""
        self._named = None
        for photo in self.guide.state().photos:
            self.guide.remove(photo)

    def _compare(self, frame: Frame) -> None:
        """Take the look that was just kept, or throw it away, so that another is asked for."""
        try:
            named = self._found(frame)
        except ModelError:  # it is being exchanged at this moment: nobody has missed anything
            named, missed = None, 0
        else:
            missed = int(named is None)
        if named is None:
            self._misses += missed
            for photo in self.guide.state().photos:
                self.guide.remove(photo)
        self._named = named

    def _found(self, frame: Frame) -> Named | None:
        """The person, if it is they. Raises ModelError."""
        deps, models = self._deps, self._deps.models.current()
        if models is None:
            return None
        seen = recognise(frame.image, models, deps.gallery, deps.assess, deps.policy)
        first = seen[0] if seen else None
        if first is None or first.decision.subject != self._subject:
            return None
        contract = models.contract.digest
        return Named(frame.image, first.face.box, self._subject, first.decision, contract)
