"""The latest-frame slot."""

from face_rec.journey.streams.stream import SPAN, LatestFrame, Meter
from tests.fakes.clock import FakeClock
from tests.fakes.models import blank_frame


def test_an_empty_slot_gives_nothing() -> None:
    slot = LatestFrame(FakeClock())
    assert slot.take() is None
    assert slot.age() is None
    assert not slot.waiting


def test_only_the_newest_frame_is_taken_and_the_others_are_counted() -> None:
    slot = LatestFrame(FakeClock())
    for grey in (1, 2, 3):
        slot.put(blank_frame(8, 8, grey))
    frame = slot.take()
    assert frame is not None
    assert frame.image[0, 0, 0] == 3
    assert frame.number == 3
    assert (slot.frames, slot.dropped) == (3, 2)


def test_a_frame_is_taken_once() -> None:
    slot = LatestFrame(FakeClock())
    slot.put(blank_frame(8, 8))
    assert slot.waiting
    assert slot.take() is not None
    assert slot.take() is None
    assert slot.dropped == 0


def test_the_age_is_that_of_the_last_frame_taken_or_not() -> None:
    clock = FakeClock()
    slot = LatestFrame(clock)
    slot.put(blank_frame(8, 8))
    slot.take()
    clock.advance(7)
    assert slot.age() == 7


def test_a_frame_knows_when_it_was_offered() -> None:
    clock = FakeClock()
    slot = LatestFrame(clock)
    slot.put(blank_frame(8, 8))
    offered = clock.monotonic()
    clock.advance(1)
    frame = slot.take()
    assert frame is not None
    assert frame.taken_at == offered


def test_a_meter_reads_events_a_second_and_falls_to_zero() -> None:
    meter = Meter()
    assert meter.rate(10.0) == 0
    for tick in range(45):
        meter.tick(10 + tick / 15)
    assert round(meter.rate(10 + 44 / 15), 6) == 15
    assert meter.rate(13 + SPAN) == 0
