import threading

import pytest

from face_rec.domain.faces import Image, View
from face_rec.people.photos.capture import STEPS, GuidedCapture
from tests.fakes.enrolment import People, frame, painted
from tests.fakes.models import blank_frame

NOSES = {
    View.FRONT: (0.0, 0.0),
    View.LEFT: (0.12, 0.0),
    View.RIGHT: (-0.12, 0.0),
    View.UP: (0.0, -0.06),
    View.DOWN: (0.0, 0.06),
}


class _Camera:
    """Films at ten frames a second."""

    def __init__(self, guide: GuidedCapture) -> None:
        self.guide = guide
        self.number = 0

    def hold(self, view: View, who: int = 1, frames: int = 8, others: int = 0) -> None:
        for _ in range(frames):
            self.show(painted(who, NOSES[view], others=others))

    def show(self, image: Image) -> None:
        self.number += 1
        self.guide.process(frame(image, self.number, self.number / 10))


@pytest.fixture
def camera() -> _Camera:
    return _Camera(People().enrolment.guided())


def test_five_views_are_asked_for_and_taken(camera: _Camera) -> None:
    for view in STEPS:
        assert camera.guide.state().wanted is view
        camera.hold(view)
    state = camera.guide.state()
    assert state.done
    assert state.wanted is None
    assert [photo.view for photo in state.photos] == list(STEPS)


def test_a_face_whose_nose_sits_low_is_taken_as_it_is_and_nods_from_there(
    camera: _Camera,
) -> None:
    for _ in range(8):
        camera.show(painted(1, (0.0, 0.085)))
    (front,) = camera.guide.state().photos
    assert front.quality.pitch < -20
    assert front.view is View.FRONT
    camera.guide.skip()
    camera.guide.skip()
    for _ in range(8):
        camera.show(painted(1, (0.0, 0.03)))
    assert [photo.view for photo in camera.guide.state().photos] == [View.FRONT, View.UP]


def test_a_view_that_is_not_asked_for_is_not_taken(camera: _Camera) -> None:
    camera.hold(View.LEFT)
    assert camera.guide.state().photos == ()
    assert camera.guide.state().hint == "Look straight at the camera."
    camera.hold(View.FRONT)
    camera.hold(View.RIGHT)
    assert len(camera.guide.state().photos) == 1
    assert "your left" in camera.guide.state().hint


def test_a_face_in_motion_is_not_taken(camera: _Camera) -> None:
    for step in range(10):
        camera.show(painted(1, (0.0, 0.0), size=120 + 20 * (step % 2)))
    assert camera.guide.state().photos == ()
    assert camera.guide.state().hint == "Hold still."


@pytest.mark.parametrize(
    ("image", "hint"),
    [
        (blank_frame(), "Look at the camera."),
        (painted(1, size=60), "Come closer."),
        (painted(1, others=2), "Several faces are in the picture. Only one person, please."),
    ],
)
def test_hints_say_what_is_wrong(camera: _Camera, image: Image, hint: str) -> None:
    camera.show(image)
    assert camera.guide.state().hint == hint
    assert camera.guide.state().photos == ()


def test_somebody_else_who_steps_in_is_not_taken(camera: _Camera) -> None:
    camera.hold(View.FRONT)
    camera.hold(View.LEFT, who=9)
    state = camera.guide.state()
    assert len(state.photos) == 1
    assert "Another person" in state.hint


def test_photos_must_agree_with_those_taken_before() -> None:
    people = People()
    camera = _Camera(people.enrolment.guided([people.photo(9)]))
    camera.hold(View.FRONT, who=1)
    assert camera.guide.state().photos == ()
    camera.hold(View.FRONT, who=9)
    assert len(camera.guide.state().photos) == 1


def test_a_removed_photo_is_asked_for_again(camera: _Camera) -> None:
    for view in STEPS:
        camera.hold(view)
    front, left = camera.guide.state().photos[:2]
    camera.guide.remove(left)
    assert camera.guide.state().wanted is View.LEFT
    assert not camera.guide.state().done
    camera.hold(View.LEFT)
    assert camera.guide.state().done
    camera.guide.remove(left)
    assert camera.guide.state().done, "what is gone already is nobody else's photo"
    camera.guide.remove(front)
    assert camera.guide.state().wanted is View.FRONT


def test_a_hard_view_can_be_skipped_but_not_the_front(camera: _Camera) -> None:
    camera.guide.skip()
    assert camera.guide.state().wanted is View.FRONT
    camera.hold(View.FRONT)
    for _ in range(4):
        camera.guide.skip()
    state = camera.guide.state()
    assert state.done
    assert state.skipped == STEPS[1:]


def test_photos_are_not_taken_at_once_after_each_other(camera: _Camera) -> None:
    camera.hold(View.FRONT, frames=3)
    assert len(camera.guide.state().photos) == 1
    camera.guide.remove(*camera.guide.state().photos)
    camera.hold(View.FRONT, frames=2)
    assert camera.guide.state().photos == ()
    camera.hold(View.FRONT, frames=3)
    assert len(camera.guide.state().photos) == 1


def test_without_a_model_the_hint_says_so() -> None:
    camera = _Camera(People(models=None).enrolment.guided())
    camera.show(painted(1))
    assert "model" in camera.guide.state().hint


def test_the_face_is_framed_for_the_screen(camera: _Camera) -> None:
    scene = camera.guide.process(frame(painted(1), 1, 0.1))
    assert (scene.width, scene.height) == (640, 480)
    assert [label.box.left for label in scene.labels] == [40]


@pytest.mark.heavy
def test_the_page_may_read_and_remove_while_frames_come(camera: _Camera) -> None:
    stop = threading.Event()

    def page() -> None:
        while not stop.is_set():
            state = camera.guide.state()
            for photo in state.photos:
                camera.guide.remove(photo)
            assert len({photo.view for photo in state.photos}) == len(state.photos)

    reader = threading.Thread(target=page)
    reader.start()
    camera.hold(View.FRONT, frames=60)
    stop.set()
    reader.join(10)
    camera.hold(View.FRONT, frames=8)
    assert len(camera.guide.state().photos) == 1
