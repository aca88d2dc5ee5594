"""What a kiosk's video over WebRTC hands on, for whom, and what it survives."""

import av
import numpy as np
import pytest

from face_rec.domain.faces import Image
from face_rec.domain.kiosks.screens import Greeting, Scene, StreamStats
from face_rec.kiosks.seats import LEASE, Seats
from pages.ui.kiosk.live import Feed
from tests.fakes.clock import FakeClock


class FakeStream:
    """Keeps what it is given; fails on demand."""

    name = "main"

    def __init__(self) -> None:
        self.images: list[Image] = []
        self.broken = False

    def submit(self, image: Image) -> None:
        if self.broken:
            raise RuntimeError("the stream is broken")
        self.images.append(image)

    def scene(self) -> Scene | None:
        return None

    def greetings(self, since: float = 0.0) -> tuple[Greeting, ...]:
        return ()

    def stats(self) -> StreamStats:
        return StreamStats()

    def close(self) -> None: ...


def frame() -> av.VideoFrame:
    image = np.zeros((120, 160, 3), np.uint8)
    image[:, :80] = (255, 0, 0)  # blue on the left, in BGR
    return av.VideoFrame.from_ndarray(image, format="bgr24")


def feed(stream: FakeStream, seats: Seats, screen: str = "a") -> Feed:
    """Of a screen whose line is open."""
    seats.renew(stream.name, screen)
    return Feed(stream, seats, screen)


def test_the_stream_gets_the_picture_as_bgr_and_unmirrored() -> None:
    stream = FakeStream()
    feed(stream, Seats())(frame())
    (image,) = stream.images
    assert image.shape == (120, 160, 3)
    assert tuple(image[60, 20]) == (255, 0, 0)


def test_an_exception_never_leaves_the_callback(caplog: pytest.LogCaptureFixture) -> None:
    stream = FakeStream()
    stream.broken = True
    hands = feed(stream, Seats())
    hands(frame())
    assert "frame_failed" in caplog.text
    stream.broken = False
    hands(frame())
    assert len(stream.images) == 1


def test_of_two_screens_of_one_kiosk_only_the_newest_feeds_it() -> None:
    stream, seats = FakeStream(), Seats()
    old = feed(stream, seats, "old")
    old(frame())
    new = feed(stream, seats, "new")
    new(frame())
    old(frame())
    assert len(stream.images) == 2


def test_video_whose_line_is_gone_feeds_no_more_once_its_lease_is_over() -> None:
    clock, stream = FakeClock(), FakeStream()
    seats = Seats(clock)
    hands = feed(stream, seats)
    clock.advance(LEASE - 1)
    hands(frame())
    assert len(stream.images) == 1
    clock.advance(2)
    hands(frame())
    assert len(stream.images) == 1
    seats.renew(stream.name, "a")
    hands(frame())
    assert len(stream.images) == 2


def test_a_screen_that_no_line_vouches_for_never_feeds() -> None:
    stream = FakeStream()
    Feed(stream, Seats(), "stranger")(frame())
    assert not stream.images


def test_a_picture_is_a_copy_of_its_own() -> None:
    stream = FakeStream()
    given = av.VideoFrame.from_ndarray(np.zeros((120, 160, 3), np.uint8), format="bgr24")
    feed(stream, Seats())(given)
    assert stream.images[0].flags.owndata
