"""Register's video callback: what it hands on, what it gives back, and what it survives."""

import av
import numpy as np
import pytest

from face_rec.domain.faces import Box, Image
from face_rec.domain.recognition import Verdict
from face_rec.domain.screens import Greeting, Label, Scene, StreamStats
from pages.ui.kiosk.camera import FramePump


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
        label = Label(1, Box(10, 10, 50, 50), Verdict.UNKNOWN)
        return Scene(1, 0.0, 160, 120, (label,))

    def greetings(self, since: float = 0.0) -> tuple[Greeting, ...]:
        return ()

    def stats(self) -> StreamStats:
        return StreamStats()

    def close(self) -> None: ...


def frame() -> av.VideoFrame:
    image = np.zeros((120, 160, 3), np.uint8)
    image[:, :80] = (255, 0, 0)  # blue on the left, in BGR
    return av.VideoFrame.from_ndarray(image, format="bgr24")


def test_the_stream_gets_the_picture_as_bgr_and_unmirrored() -> None:
    stream = FakeStream()
    FramePump(stream)(frame())
    (image,) = stream.images
    assert image.shape == (120, 160, 3)
    assert tuple(image[60, 20]) == (255, 0, 0)


def test_the_viewer_gets_a_mirrored_picture_with_boxes() -> None:
    shown = FramePump(FakeStream())(frame()).to_ndarray(format="bgr24")
    assert shown.shape == (120, 160, 3)
    assert tuple(shown[100, 140]) == (255, 0, 0)
    assert np.ptp(shown[40, 100:].astype(int), axis=0).any(), "no box was drawn"


def test_drawing_does_not_reach_the_picture_that_was_handed_on() -> None:
    stream = FakeStream()
    FramePump(stream)(frame())
    assert set(np.unique(stream.images[0])) == {0, 255}


def test_an_exception_never_leaves_the_callback(caplog: pytest.LogCaptureFixture) -> None:
    stream = FakeStream()
    pump = FramePump(stream)
    stream.broken = True
    given = frame()
    assert pump(given) is given
    assert "frame_failed" in caplog.text
    stream.broken = False
    pump(frame())
    assert len(stream.images) == 1
