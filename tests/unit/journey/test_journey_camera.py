"""Sources of pictures on the server's side."""

import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Any

import cv2
import numpy as np
import pytest

from face_rec.domain.errors import SourceError
from face_rec.journey.streams.camera import (
    Capture,
    LiveCamera,
    PictureFolder,
    VideoFile,
    open_source,
    shown,
)
from tests.fakes.models import blank_frame


class FakeCapture:
    """A camera that is unplugged after some frames."""

    def __init__(self, frames: int) -> None:
        self._frames = iter(range(frames))
        self.released = False

    def read(self) -> tuple[bool, Any]:
        number = next(self._frames, None)
        return (False, None) if number is None else (True, blank_frame(8, 8, number))

    def release(self) -> None:
        self.released = True


class ImpatientEvent(Event):
    """Remembers how long it was asked to wait, and does not."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for grey in range(0, 200, 40):
        writer.write(blank_frame(64, 48, grey))
    writer.release()
    return path


def test_a_video_gives_every_frame_with_its_time(video: Path) -> None:
    frames = list(VideoFile(video).frames())
    assert [round(at, 3) for at, _ in frames] == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert frames[4][1].mean() > frames[0][1].mean()


def test_a_file_that_is_no_video_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "clip.mp4"
    broken.write_bytes(b"nothing of the kind")
    with pytest.raises(SourceError, match=r"clip\.mp4"):
        next(VideoFile(broken).frames())


def test_the_pictures_of_a_folder_come_by_name_and_broken_ones_are_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("b.png", "a.jpg"):
        cv2.imwrite(str(tmp_path / name), blank_frame(16, 16))
    (tmp_path / "c.jpg").write_bytes(b"broken")
    (tmp_path / "d.jpg").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("no picture")
    with caplog.at_level(logging.WARNING):
        files = [path.name for path, _ in PictureFolder(tmp_path).pictures()]
    assert files == ["a.jpg", "b.png"]
    assert "c.jpg" in caplog.text
    assert "d.jpg" in caplog.text


def test_one_picture_is_a_source_too(tmp_path: Path) -> None:
    file = tmp_path / "me.png"
    cv2.imwrite(str(file), blank_frame(16, 16))
    source = open_source(str(file))
    assert isinstance(source, PictureFolder)
    assert [path for path, _ in source.pictures()] == [file]


def test_what_a_text_names(tmp_path: Path, video: Path) -> None:
    assert isinstance(open_source("0"), LiveCamera)
    assert isinstance(open_source("rtsp://camera/stream"), LiveCamera)
    assert isinstance(open_source(str(tmp_path)), PictureFolder)
    assert isinstance(open_source(str(video)), VideoFile)


def test_what_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Give a file"):
        open_source(str(tmp_path / "missing.mp4"))


def connector(captures: list[FakeCapture | None]) -> Any:  # noqa: ANN401
    steps: Iterator[FakeCapture | None] = iter(captures)

    def connect(address: int | str) -> Capture | None:
        return next(steps, None)

    return connect


def test_a_camera_that_is_unplugged_is_opened_again() -> None:
    captures: list[FakeCapture | None] = [FakeCapture(2), None, FakeCapture(3)]
    camera = LiveCamera(0, ImpatientEvent(), connector(captures))
    frames = list(islice(camera.frames(), 5))
    assert [int(frame[0, 0, 0]) for frame in frames] == [0, 1, 0, 1, 2]
    assert captures[0] is not None
    assert captures[0].released


def test_a_camera_is_tried_ever_more_rarely_and_then_often_again() -> None:
    stop = ImpatientEvent()
    captures = [
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        FakeCapture(1),
        None,
        FakeCapture(1),
    ]
    camera = LiveCamera("rtsp://door", stop, connector(list(captures)))
    list(islice(camera.frames(), 2))
    assert stop.waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 0.5, 1]


def test_a_usb_camera_that_was_never_there_is_an_error() -> None:
    camera = LiveCamera(3, ImpatientEvent(), connector([None]))
    with pytest.raises(SourceError, match="camera 3"):
        next(camera.frames())


def test_a_stopped_camera_ends_and_is_released() -> None:
    capture = FakeCapture(10)
    camera = LiveCamera(0, None, connector([capture]))
    frames = camera.frames()
    next(frames)
    camera.stop()
    frames.close()  # type: ignore[attr-defined]
    assert capture.released


def test_a_password_in_an_address_is_never_shown() -> None:
    assert shown("rtsp://admin:secret@camera:554/one") == "rtsp://camera:554/one"
    assert shown(0) == "0"


def test_a_lost_camera_is_logged_without_its_password(caplog: pytest.LogCaptureFixture) -> None:
    camera = LiveCamera("rtsp://u:secret@c/", ImpatientEvent(), connector([None, FakeCapture(1)]))
    with caplog.at_level(logging.WARNING):
        next(camera.frames())
    assert "camera_lost" in caplog.text
    assert "secret" not in caplog.text


def test_a_picture_keeps_its_colour_order(tmp_path: Path) -> None:
    blue = np.zeros((16, 16, 3), np.uint8)
    blue[..., 0] = 255
    cv2.imwrite(str(tmp_path / "blue.png"), blue)
    ((_, image),) = PictureFolder(tmp_path).pictures()
    assert image[8, 8].tolist() == [255, 0, 0]
