"""What a camera does with whom it sees: as the office says, and only while it has the lease."""

from dataclasses import replace

import pytest

from face_rec.cameras.camera import Camera, Purpose, Region
from face_rec.cameras.serving.looking import CameraJourney, FencedMarker, drawn
from face_rec.domain.faces import Frame
from face_rec.domain.kiosks.screens import Scene
from face_rec.domain.recognition import Unnamed
from tests.fakes.clock import MORNING
from tests.fakes.journey import FRAME_SECONDS, Actor, Stage, picture

ANN = 1
GATE = Camera("gate", "", "rtsp://x", "ada", MORNING)


class Names:
    """A ``MissSink``."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def unnamed(self, track: Unnamed) -> None:
        self.heard.append(track.kiosk)

    def named(self, kiosk: str, subject: str) -> None:
        self.heard.append(f"{kiosk} {subject}")


class Wall:
    """A camera on a wall, with a stage behind it."""

    def __init__(self, camera: Camera = GATE) -> None:
        self.stage = Stage()
        self.stage.enrol("ann", ANN)
        self.missed = Names()
        self.stage.services = replace(self.stage.services, missed=self.missed)
        self.holds = True
        self.scenes: list[Scene] = []
        self.journey = CameraJourney(
            camera, self.stage.services, lambda: self.holds, cooldown=60.0,
            looked=self.scenes.append,
        )  # fmt: skip
        self._number = 0

    def show(self, *actors: Actor, frames: int = 8, width: int = 640) -> Scene:
        for _ in range(frames):
            self._number += 1
            self.stage.clock.advance(FRAME_SECONDS)
            image = picture(actors, width, width * 3 // 4)
            scene = self.journey.process(Frame(image, self._number, self.stage.clock.monotonic()))
        return scene

    @property
    def marked(self) -> list[str]:
        return self.stage.marked


def test_a_camera_marks_whom_it_sees_and_keeps_a_picture() -> None:
    wall = Wall()
    scene = wall.show(Actor(ANN))
    assert wall.marked == ["ann"]
    assert "gate ann" in wall.missed.heard
    assert wall.stage.snapshots.offered
    assert scene.labels[0].receipt is not None
    assert wall.scenes[-1] is scene


@pytest.mark.parametrize("purpose", [Purpose.WATCH, Purpose.ALARM])
def test_a_camera_that_only_watches_names_and_writes_nothing(purpose: Purpose) -> None:
    wall = Wall(replace(GATE, purpose=purpose))
    scene = wall.show(Actor(ANN), frames=20)
    assert wall.marked == []
    assert wall.stage.journal.pending() == []
    assert wall.stage.snapshots.offered == []
    assert wall.missed.heard == [], "who marks nobody misses nobody"
    assert scene.labels[0].name != "" or scene.labels[0].receipt is not None


def test_only_the_region_is_looked_at_and_boxes_are_of_the_whole_picture() -> None:
    right = replace(GATE, region=Region(0.5, 0.25, 1.0, 1.0))
    assert Wall(right).show(Actor(ANN, left=60), frames=20).labels == ()
    wall = Wall(right)
    scene = wall.show(Actor(ANN, left=400, top=200))
    assert wall.marked == ["ann"]
    box = scene.labels[0].box
    assert abs(box.left - 400) < 10
    assert abs(box.top - 200) < 10
    assert (scene.width, scene.height) == (640, 480)


def test_faces_that_are_too_small_are_marked_when_they_come_nearer() -> None:
    wall = Wall(replace(GATE, smallest=0.3))  # of 480 px
    wall.show(Actor(ANN, side=100), frames=20)
    assert wall.marked == []
    wall.show(Actor(ANN, side=180), frames=20)
    assert wall.marked == ["ann"]


def test_another_size_of_pictures_is_followed() -> None:
    wall = Wall(replace(GATE, region=Region(0.5, 0.0, 1.0, 1.0)))
    wall.show(width=320)
    wall.show(Actor(ANN, left=400, top=200))
    assert wall.marked == ["ann"]


def test_who_has_lost_the_camera_looks_at_nothing_and_marks_nobody() -> None:
    wall = Wall()
    wall.holds = False
    assert wall.show(Actor(ANN), frames=20).labels == ()
    assert wall.marked == []


def test_who_loses_the_camera_in_the_middle_of_a_picture_does_not_mark_in_it() -> None:
    stage = Stage(marker=FencedMarker(Stage().durable, lambda: False))
    stage.enrol("ann", ANN)
    scene = stage.show(Actor(ANN), frames=10)
    assert "Another worker" in scene.labels[0].problem
    assert scene.labels[0].receipt is None


def test_a_picture_for_the_wall_is_small_and_says_whom_it_shows() -> None:
    wall = Wall()
    scene = wall.show(Actor(ANN), width=1280)
    seen = wall.journey.seen
    assert seen is not None
    shot = drawn(seen)
    assert shot.jpeg.startswith(b"\xff\xd8")
    assert len(shot.jpeg) < 100_000
    assert shot.seen == (scene.labels[0].name,)
    assert all(shot.seen)
