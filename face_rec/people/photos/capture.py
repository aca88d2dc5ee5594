"""Guided capture: asks for one view after the other and takes the good frames by itself."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from face_rec.domain.errors import ModelError, PictureRefused
from face_rec.domain.faces import Face, Frame, Image, Quality, View
from face_rec.domain.kiosks.screens import Label, Scene
from face_rec.domain.liveness import Judgement
from face_rec.domain.recognition import Verdict
from face_rec.people.photos import capture_hints
from face_rec.people.photos.photo_check import EnrolPhoto, Examiner

STEPS = (View.FRONT, View.LEFT, View.RIGHT, View.UP, View.DOWN)
"""Left and right are the person's own; a mirrored self-view shows them where they feel them."""

_DETECT_AT = 320
_PAUSE = 0.4  # seconds between two photos
_STILL = 0.05  # mean way of the landmarks between two frames, in sizes of the face
_STILL_FRAMES = 2
_SIDEWAYS = 15.0  # degrees of yaw for the left and right views
_NOD = 9.0  # degrees of pitch, up or down from how the front view was held
# Estimated pitch is off by up to 25 degrees for some faces (a smile, a short nose), and cameras
# stand low or high: the front view sets what level means for this person.
_FRONT_PITCH = 32.0


class CaptureWatch(Protocol):
    """Says whether the face before the camera lives."""

    @property
    def near(self) -> bool:
        """Whether the face is too near to tell, and it helps to say so."""
        ...

    def see(self, image: Image, face: Face, at: float) -> None:
        """One more picture with the one face in it; ``at``: monotonic seconds."""
        ...

    def judgement(self, taken: Sequence[float]) -> Judgement | None:
        """What all pictures come to for photos that were ``taken`` at these monotonic seconds;
        None: nothing was checked."""
        ...


class NotWatched:
    """Implements CaptureWatch where nothing is checked."""

    near = False

    def see(self, image: Image, face: Face, at: float) -> None:
        """Nothing comes of it."""

    def judgement(self, taken: Sequence[float]) -> None:
        """Nothing was checked."""


@dataclass(frozen=True, slots=True)
class CaptureState:
    """``wanted``: the view asked for now, None when ``done``. ``hint``: what to tell the
    person. ``skipped``: views that were given up."""

    wanted: View | None
    hint: str
    photos: tuple[EnrolPhoto, ...]
    skipped: tuple[View, ...]
    done: bool


class GuidedCapture:
    """Implements FrameProcessor for one person; the page reads :meth:`state` meanwhile.

    ``so_far``: photos taken in other ways, with which the new ones must agree. ``watch`` looks at
    every picture with the one face in it, to say in the end whether it lives. ``steps``: the views
    that are asked for, in this order.

    :meth:`process` runs on a worker's thread, everything else on the page's; both are safe
    together.
    """

    def __init__(
        self,
        examiner: Examiner,
        so_far: Sequence[EnrolPhoto] = (),
        watch: CaptureWatch | None = None,
        steps: Sequence[View] = STEPS,
    ) -> None:
        self.steps = tuple(steps)
        self._examiner = examiner
        self._watch = watch or NotWatched()
        self._so_far = tuple(so_far)
        self._lock = threading.Lock()
        self._photos: list[EnrolPhoto] = []
        self._times: list[float] = []  # when each was taken
        self._skipped: set[View] = set()
        self._hint = ""
        self._last: Face | None = None
        self._still_frames = 0
        self._taken_at = float("-inf")

    def state(self) -> CaptureState:
        with self._lock:
            wanted = self._wanted()
            hint = self._hint or (capture_hints.request(wanted) if wanted else capture_hints.DONE)
            skipped = tuple(view for view in self.steps if view in self._skipped)
            return CaptureState(wanted, hint, tuple(self._photos), skipped, wanted is None)

    def taken(self) -> tuple[EnrolPhoto, ...]:
        """The state's photos, with what the capture says of whether their person was there."""
        with self._lock:
            photos = tuple(self._photos)
        judged = self.judgement()
        life = judged.verdict.value if judged else ""
        doubts = judged.reasons if judged else ()
        return tuple(replace(photo, life=life, doubts=doubts) for photo in photos)

    def judgement(self) -> Judgement | None:
        """Whether the person was there for the state's photos; None: nothing was checked."""
        with self._lock:
            times = tuple(self._times)
        return self._watch.judgement(times)

    def skip(self) -> None:
        """Go on without the view asked for now; the front view cannot be skipped."""
        with self._lock:
            wanted = self._wanted()
            if wanted is not None and wanted is not View.FRONT:
                self._skipped.add(wanted)
            self._hint = ""

    def remove(self, photo: EnrolPhoto) -> None:
        """Throw away one of the state's photos; its view is asked for again."""
        with self._lock:
            if photo in self._photos:
                del self._times[self._photos.index(photo)]
                self._photos.remove(photo)
                self._skipped.discard(photo.view)
                self._hint = ""

    def process(self, frame: Frame) -> Scene:
        """Look at one frame, and keep it if it is what is asked for."""
        face: Face | None = None
        hint = ""
        if self.state().wanted is not None:
            try:
                face = self._examiner.find(frame.image, _DETECT_AT)
                self._watch.see(frame.image, face, frame.taken_at)
                hint = self._consider(frame, face)
            except PictureRefused as refused:
                hint = capture_hints.hint(refused.code)
            except ModelError as error:
                hint = error.said
        self._settle(face, hint)
        return _scene(frame, face)

    def _consider(self, frame: Frame, face: Face) -> str:
        """Take the photo if this is the moment; returns what to say otherwise, "" to ask for
        the wanted view. Raises PictureRefused."""
        quality = self._examiner.measure(frame.image, face)
        with self._lock:
            wanted, so_far = self._wanted(), tuple(self._photos)
        if wanted is None or not _shows(quality, wanted, so_far):
            return ""
        if wanted is View.FRONT and self._watch.near:
            return capture_hints.hint("near")
        if not self._steady(face):
            return capture_hints.hint("blurred")
        if frame.taken_at - self._taken_at >= _PAUSE:
            if wanted is View.FRONT:  # what covers it, covers it from the sides, too
                self._examiner.inspect(frame.image, face)
            seen = replace(quality, view=wanted)
            photo = self._examiner.photo(frame.image, face, seen, self._so_far + so_far)
            self._take(photo, frame.taken_at)
        return ""

    def _take(self, photo: EnrolPhoto, at: float) -> None:
        with self._lock:
            if photo.view is self._wanted():  # the page may have skipped it meanwhile
                self._photos.append(photo)
                self._times.append(at)
                self._taken_at = at

    def _steady(self, face: Face) -> bool:
        """Whether the face has not moved for some frames; only the worker's thread asks."""
        if self._last is None:
            return False
        way = float(np.linalg.norm(face.landmarks - self._last.landmarks, axis=1).mean())
        still = way < _STILL * face.box.width
        self._still_frames = self._still_frames + 1 if still else 0
        return self._still_frames >= _STILL_FRAMES

    def _settle(self, face: Face | None, hint: str) -> None:
        self._last = face
        if face is None:
            self._still_frames = 0
        with self._lock:
            self._hint = hint

    def _wanted(self) -> View | None:
        have = {photo.view for photo in self._photos} | self._skipped
        return next((view for view in self.steps if view not in have), None)


def _shows(quality: Quality, wanted: View, so_far: tuple[EnrolPhoto, ...]) -> bool:
    """Whether a face is turned as asked; nods are measured from the front view's pitch."""
    level = next((p.quality.pitch for p in so_far if p.view is View.FRONT), 0.0)
    facing = abs(quality.yaw) < _SIDEWAYS
    return {
        View.FRONT: facing and abs(quality.pitch) < _FRONT_PITCH,
        View.LEFT: quality.yaw >= _SIDEWAYS,
        View.RIGHT: quality.yaw <= -_SIDEWAYS,
        View.UP: facing and quality.pitch - level >= _NOD,
        View.DOWN: facing and level - quality.pitch >= _NOD,
    }[wanted]


def _scene(frame: Frame, face: Face | None) -> Scene:
    height, width = frame.image.shape[:2]
    labels = (Label(track=0, box=face.box, verdict=Verdict.LOOKING),) if face else ()
    return Scene(frame.number, frame.taken_at, width, height, labels)
