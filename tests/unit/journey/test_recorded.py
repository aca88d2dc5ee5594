"""Videos and folders of pictures."""

import logging
from pathlib import Path

import cv2
import numpy as np
import pytest

from face_rec.domain.errors import SourceError
from face_rec.journey.streams.recorded import PictureFolder, VideoFile
from tests.fakes.models import blank_frame


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


def test_a_picture_keeps_its_colour_order(tmp_path: Path) -> None:
    blue = np.zeros((16, 16, 3), np.uint8)
    blue[..., 0] = 255
    cv2.imwrite(str(tmp_path / "blue.png"), blue)
    ((_, image),) = PictureFolder(tmp_path).pictures()
    assert image[8, 8].tolist() == [255, 0, 0]
