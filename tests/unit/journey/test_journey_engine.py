"""Streams by name, their lives, their figures; and stills."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from face_rec.domain.errors import PackMissing
from face_rec.domain.faces import Frame
from face_rec.domain.kiosks.screens import Scene
from face_rec.domain.marks import Outcome, Source
from face_rec.domain.recognition import Verdict
from face_rec.journey.decide import Policy
from face_rec.journey.engine import EXPIRES_AFTER, Engine
from face_rec.journey.streams.workers import WorkerPool
from face_rec.protocols.streams import Stream
from tests.fakes.clock import MORNING
from tests.fakes.journey import Actor, Stage, a_quality, picture
from tests.fakes.models import blank_frame

ANN, BOB, STRANGER = 0, 5, 25
SOON = 20


class Echo:
    """A processor that says when it has seen a frame."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.done = threading.Semaphore(0)

    def process(self, frame: Frame) -> Scene:
        self.seen.append(int(frame.image[0, 0, 0]))
        self.done.release()
        return Scene(frame.number, frame.taken_at, 8, 8)


class Hall:
    """An engine and the stage of fakes it plays on."""

    def __init__(self) -> None:
        self.stage = Stage()
        s = self.stage.services
        self.engine = Engine(s, WorkerPool(2, s.clock))

    def submit(self, stream: Stream, *actors: Actor, frames: int = 1) -> None:
        """Show frames, each processed before the next one comes."""
        for _ in range(frames):
            self.stage.clock.advance(1 / 15)
            wanted = stream.stats().inferred + 1
            stream.submit(picture(actors))
            self.wait_until_idle()
            assert stream.stats().inferred == wanted

    def wait_until_idle(self) -> None:
        pool = self.engine._pool
        for _ in range(int(SOON / 0.002)):
            with pool._turns:
                if not pool._busy:
                    return
            threading.Event().wait(0.002)
        raise AssertionError("the pool is still busy")


@pytest.fixture
def hall() -> Iterator[Hall]:
    hall = Hall()
    hall.stage.enrol("ann", ANN)
    hall.stage.enrol("bob", BOB)
    yield hall
    hall.engine.close()
    hall.stage.close()


def names(engine: Engine) -> list[str]:
    return [stream.name for stream in engine.streams()]


def test_a_kiosk_marks_whoever_stands_in_front_of_it(hall: Hall) -> None:
    kiosk = hall.engine.kiosk("door")
    assert kiosk.scene() is None
    hall.submit(kiosk, Actor(ANN), frames=3)
    scene = kiosk.scene()
    assert scene is not None
    assert [label.name for label in scene.labels] == ["Ann"]
    (greeting,) = kiosk.greetings()
    assert greeting.name == "Ann"
    (event,) = hall.stage.attendance.day(MORNING.date())
    assert event.kiosk == "door"


def test_two_tabs_of_one_kiosk_share_what_is_seen(hall: Hall) -> None:
    hall.submit(hall.engine.kiosk("door"), Actor(ANN), frames=3)
    assert len(hall.engine.kiosk("door").greetings()) == 1
    assert names(hall.engine) == ["door"]


def test_a_kiosk_keeps_its_state_over_a_reconnect(hall: Hall) -> None:
    first = hall.engine.kiosk("door")
    hall.submit(first, Actor(ANN), frames=2)
    first.close()
    again = hall.engine.kiosk("door")
    hall.submit(again, Actor(ANN))
    assert hall.stage.marked == ["ann"]


def test_the_same_person_at_two_kiosks_is_marked_once(hall: Hall) -> None:
    hall.submit(hall.engine.kiosk("door"), Actor(ANN), frames=3)
    back = hall.engine.kiosk("back")
    hall.submit(back, Actor(ANN), frames=3)
    assert hall.stage.marked == ["ann"]
    assert [g.receipt.outcome for g in back.greetings()] == [Outcome.ALREADY]


def test_a_stream_without_frames_expires(hall: Hall) -> None:
    hall.submit(hall.engine.kiosk("door"), Actor(ANN))
    hall.stage.clock.advance(EXPIRES_AFTER - 1)
    assert names(hall.engine) == ["door"]
    hall.stage.clock.advance(2)
    assert names(hall.engine) == []


def test_a_page_left_open_for_hours_goes_on_with_its_handle(hall: Hall) -> None:
    kiosk = hall.engine.kiosk("door")
    hall.submit(kiosk, Actor(ANN), frames=3)
    hall.stage.clock.advance(7200)
    assert names(hall.engine) == []
    assert kiosk.scene() is None
    assert kiosk.stats().frames == 0
    hall.submit(kiosk, Actor(BOB), frames=3)
    assert names(hall.engine) == ["door"]
    assert hall.stage.marked == ["ann", "bob"]


def test_made_up_kiosk_names_do_not_pile_up(hall: Hall) -> None:
    for number in range(200):
        hall.engine.kiosk(f"k{number}")
        hall.stage.clock.advance(1)
    assert len(hall.engine.streams()) <= EXPIRES_AFTER + 1


def test_a_closed_handle_takes_no_frames(hall: Hall) -> None:
    kiosk = hall.engine.kiosk("door")
    kiosk.close()
    kiosk.submit(blank_frame(8, 8))
    assert kiosk.stats().frames == 0


def test_a_processor_of_ones_own_gets_the_frames(hall: Hall) -> None:
    echo = Echo()
    stream = hall.engine.open("register-1", echo)
    stream.submit(blank_frame(8, 8, 42))
    assert echo.done.acquire(timeout=SOON)
    assert echo.seen == [42]
    assert stream.greetings() == ()


def test_closing_such_a_stream_forgets_it(hall: Hall) -> None:
    stream = hall.engine.open("register-1", Echo())
    stream.close()
    assert names(hall.engine) == []
    stream.submit(blank_frame(8, 8))
    assert names(hall.engine) == []


def test_another_processor_under_the_same_name_takes_over(hall: Hall) -> None:
    first, second = Echo(), Echo()
    hall.engine.open("register-1", first)
    stream = hall.engine.open("register-1", second)
    stream.submit(blank_frame(8, 8, 1))
    assert second.done.acquire(timeout=SOON)
    assert first.seen == []


def test_without_a_model_frames_are_counted_but_not_processed(hall: Hall) -> None:
    hall.stage.models.models = None
    kiosk = hall.engine.kiosk("door")
    kiosk.submit(picture([Actor(ANN)]))
    hall.wait_until_idle()
    stats = kiosk.stats()
    assert (stats.frames, stats.inferred) == (1, 0)
    assert kiosk.scene() is None


def test_the_figures_of_a_stream(hall: Hall) -> None:
    kiosk = hall.engine.kiosk("door")
    hall.submit(kiosk, Actor(ANN), frames=30)
    stats = kiosk.stats()
    assert (stats.frames, stats.inferred, stats.dropped) == (30, 30, 0)
    assert 14 < stats.frame_rate < 16
    assert 14 < stats.inference_rate < 16
    assert stats.time_to_mark is not None
    assert 0 < stats.time_to_mark < 0.5
    assert stats.frame_age == 0
    hall.stage.clock.advance(10)
    later = kiosk.stats()
    assert later.frame_age == 10
    assert later.frame_rate == 0


def test_a_broken_frame_is_counted_and_the_kiosk_goes_on(hall: Hall) -> None:
    kiosk = hall.engine.kiosk("door")
    kiosk.submit(blank_frame(8, 8)[..., 0])
    hall.wait_until_idle()
    assert hall.engine.failures == 1
    hall.submit(kiosk, Actor(ANN), frames=3)
    assert hall.stage.marked == ["ann"]


def test_after_closing_frames_do_no_harm(hall: Hall) -> None:
    kiosk = hall.engine.kiosk("door")
    hall.engine.close()
    kiosk.submit(blank_frame(8, 8))
    assert hall.engine.workers == 2


# --- stills


def test_one_still_marks_and_says_that_it_was_a_still(hall: Hall) -> None:
    (label,) = hall.engine.still(picture([Actor(ANN)]), "door")
    assert label.name == "Ann"
    assert label.receipt is not None
    assert label.receipt.outcome is Outcome.MARKED
    (event,) = hall.stage.attendance.day(MORNING.date())
    assert (event.source, event.kiosk) == (Source.STILL, "door")
    assert len(hall.stage.snapshots.offered) == 1


def test_a_stranger_in_a_still_is_unknown(hall: Hall) -> None:
    (label,) = hall.engine.still(picture([Actor(STRANGER)]))
    assert (label.verdict, label.name, label.receipt) == (Verdict.UNKNOWN, "", None)
    assert hall.stage.marked == []


def test_a_still_names_nobody_whom_the_gallery_has_not_heard_to_be_deleted(hall: Hall) -> None:
    hall.stage.directory.gone.add("ann")
    (label,) = hall.engine.still(picture([Actor(ANN)]), "door")
    assert (label.verdict, label.name, label.receipt) == (Verdict.UNKNOWN, "", None)
    assert hall.stage.marked == []


def test_a_still_marks_although_the_store_is_away(hall: Hall) -> None:
    hall.stage.directory.away = True
    (label,) = hall.engine.still(picture([Actor(ANN)]), "door")
    assert label.receipt is not None


def test_a_still_without_faces_has_no_labels(hall: Hall) -> None:
    assert hall.engine.still(blank_frame()) == ()


def test_a_still_marks_everybody_once_the_largest_first(hall: Hall) -> None:
    image = picture([Actor(BOB, left=20, side=80), Actor(ANN, left=150), Actor(ANN, left=400)])
    labels = hall.engine.still(image)
    assert labels[-1].name == "Bob"
    assert sorted(label.name for label in labels) == ["", "Ann", "Bob"]
    assert sorted(hall.stage.marked) == ["ann", "bob"]


def test_a_poor_still_is_said_to_be_poor(hall: Hall) -> None:
    hall.stage.assess.quality = a_quality(sharpness=0.1)
    (label,) = hall.engine.still(picture([Actor(ANN)]))
    assert label.verdict is Verdict.POOR
    assert hall.stage.marked == []


def test_a_still_needs_more_than_video_does(hall: Hall) -> None:
    """With a threshold that video just reaches."""
    strict = Policy(threshold=0.99, margin=0.0)
    deps = replace(hall.stage.services, policy=strict)
    loose = Engine(deps, WorkerPool(1, deps.clock))
    (label,) = loose.still(picture([Actor(ANN)]))
    assert label.verdict is Verdict.UNKNOWN
    loose.close()


def test_a_still_without_a_model_says_what_to_do(hall: Hall) -> None:
    hall.stage.models.models = None
    with pytest.raises(PackMissing, match="install"):
        hall.engine.still(picture([Actor(ANN)]))


def test_a_still_that_cannot_be_journalled_is_not_confirmed(hall: Hall) -> None:
    hall.stage.journal.full = True
    (label,) = hall.engine.still(picture([Actor(ANN)]))
    assert label.receipt is None
    assert "full" in label.problem


def test_somebody_deactivated_is_not_named_in_a_still(hall: Hall) -> None:
    hall.stage.directory.inactive.add("ann")
    (label,) = hall.engine.still(picture([Actor(ANN)]))
    assert label.verdict is Verdict.UNKNOWN


# --- without a face


def test_a_mark_by_pin_is_greeted_at_its_kiosk_and_keeps_the_cooldown(hall: Hall) -> None:
    kiosk = hall.engine.kiosk("door")
    receipt = hall.engine.by_pin("ann", "door")
    assert (receipt.outcome, receipt.event.source) == (Outcome.MARKED, Source.PIN)
    assert receipt.event.score is None
    assert [greeting.name for greeting in kiosk.greetings()] == ["Ann"]
    hall.submit(kiosk, Actor(ANN), frames=3)
    assert hall.stage.marked == ["ann"]
    assert [g.receipt.outcome for g in kiosk.greetings()] == [Outcome.MARKED, Outcome.ALREADY]


def test_a_mark_by_pin_at_a_kiosk_of_photos_opens_no_stream(hall: Hall) -> None:
    hall.engine.by_pin("ann", "door", live=False)
    assert names(hall.engine) == []
    assert hall.stage.marked == ["ann"]
