"""A journey with fakes all around it, and faces of all kinds to send on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from face_rec.domain.faces import Box, Face, Frame, Image, Quality, View
from face_rec.domain.kiosks.screens import Label, Scene
from face_rec.domain.liveness import Check
from face_rec.domain.recognition import Look, Match
from face_rec.journey.decide import Policy
from face_rec.journey.marking.mark import DurableMarker
from face_rec.journey.pipeline import Journey
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.streams.stream import NoticeBoard
from face_rec.people.photos.quality import pose
from face_rec.protocols.marks import Marker
from tests.fakes.attendance import FakeAttendance, FakeJournal
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.gallery import FakeGallery
from tests.fakes.models import (
    Colour,
    FakeDetector,
    FakeEmbedder,
    FakeLife,
    FakeModelSource,
    blank_frame,
    colour_of,
    draw_face,
)
from tests.fakes.snapshots import SnapshotList

FRAME_SECONDS = 1 / 15


def a_face(left: float = 100, top: float = 100, side: float = 100, score: float = 0.9) -> Face:
    """A square face seen from the front."""
    grid = np.array([[0.3, 0.38], [0.7, 0.38], [0.5, 0.58], [0.34, 0.78], [0.66, 0.78]])
    points = (grid * side + [left, top]).astype(np.float32)
    return Face(Box(left, top, left + side, top + side), score, points)


def a_quality(size: float = 100, score: float = 0.8, **measured: float) -> Quality:
    """A good view, but for what is said."""
    values = {"sharpness": 80.0, "brightness": 120.0, "contrast": 40.0, "detector_score": 0.9}
    values |= {"yaw": 0.0, "pitch": 0.0, "roll": 0.0} | measured
    return Quality(size=size, score=score, view=View.FRONT, **values)


def a_look(subject: str | None, score: float = 0.8, margin: float = 0.5, at: float = 0.0) -> Look:
    match = Match(subject, score, margin)
    return Look(at, match, a_quality(), match)


@dataclass
class FakeAssessor:
    """Finds every face as good as ``quality`` says, but measures its size, and how far it is
    turned where ``quality`` says nothing of that."""

    quality: Quality = field(default_factory=a_quality)
    calls: int = 0

    def __call__(self, image: Image, face: Face) -> Quality:
        self.calls += 1
        good = self.quality
        return a_quality(
            size=face.box.narrow_side,
            score=good.score,
            sharpness=good.sharpness,
            brightness=good.brightness,
            contrast=good.contrast,
            yaw=good.yaw or pose(face.landmarks)[0],
            pitch=good.pitch,
        )


@dataclass
class Actor:
    """A face of one colour, somewhere."""

    colour: int
    left: float = 100
    top: float = 100
    side: float = 120
    nose: float = 0.0
    """How far to the right in the picture, of the face's width: the head turned."""

    def box(self) -> Box:
        return Box(self.left, self.top, self.left + self.side, self.top + self.side)


def picture(actors: Sequence[Actor] = (), width: int = 640, height: int = 480) -> Image:
    image = blank_frame(width, height)
    for actor in actors:
        draw_face(image, actor.box(), colour_of(actor.colour), (actor.nose, 0.0))
    return image


def vector(colour: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """What the fake embedder gives for an actor of this colour."""
    bgr: Colour = colour_of(colour)
    return np.asarray(FakeEmbedder().vector_of(bgr), np.float32)


class Stage:
    """A kiosk with everything it needs; frames are shown to it one by one.

    Its actors stand like posts, so that each picture counts as a view of its own unless
    ``same`` says what makes two of them one.
    """

    def __init__(
        self, policy: Policy | None = None, marker: Marker | None = None, same: float = 0.0
    ) -> None:
        self.clock = FakeClock()
        self.models = FakeModelSource()
        self.gallery = FakeGallery()
        self.directory = FakeDirectory()
        self.attendance, self.journal = FakeAttendance(), FakeJournal()
        self.durable = DurableMarker(self.attendance, self.journal, self.clock, lambda: 60.0)
        self.snapshots = SnapshotList()
        self.assess = FakeAssessor()
        self.board = NoticeBoard()
        self.check = Check.OBSERVE
        self.services = PipelineDeps(
            models=self.models,
            gallery=self.gallery,
            directory=self.directory,
            marker=marker or self.durable,
            snapshots=self.snapshots,
            assess=self.assess,
            clock=self.clock,
            policy=replace(policy or Policy(), same=same),
            liveness=lambda _: self.check,
        )
        self._number = 0
        self.serve()

    def serve(self, kiosk: str = "door", **parts: object) -> None:
        """Another journey: with these parts in the place of its own from now on."""
        self.services = replace(self.services, **parts)  # type: ignore[arg-type]
        self.journey = Journey(kiosk, self.services, self.board)

    def lives(self, score: float | None = 0.9) -> FakeLife:
        """Liveness models are installed, and take every face for as live as this."""
        life = FakeLife(score)
        assert self.models.models is not None
        self.models.models = replace(self.models.models, life=life)
        return life

    def enrol(self, subject: str, colour: int) -> None:
        self.gallery.put(subject, vector(colour))

    def show(self, *actors: Actor, frames: int = 1, seconds: float = FRAME_SECONDS) -> Scene:
        """Show the same picture ``frames`` times; the last scene."""
        for _ in range(frames):
            self._number += 1
            self.clock.advance(seconds)
            image = picture(actors)
            scene = self.journey.process(Frame(image, self._number, self.clock.monotonic()))
        return scene

    def label(self, *actors: Actor, frames: int = 1) -> Label:
        """The only label of the last frame."""
        (label,) = self.show(*actors, frames=frames).labels
        return label

    @property
    def marked(self) -> list[str]:
        """Subjects in the order of their marks."""
        return [event.subject for event in self.attendance.day(self.clock.now().date())]

    @property
    def detector(self) -> FakeDetector:
        assert self.models.models is not None
        detector = self.models.models.detector
        assert isinstance(detector, FakeDetector)
        return detector

    @property
    def embedder(self) -> FakeEmbedder:
        assert self.models.models is not None
        embedder = self.models.models.embedder
        assert isinstance(embedder, FakeEmbedder)
        return embedder

    def close(self) -> None:
        self.durable.close()
