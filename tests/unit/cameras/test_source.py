"""What a command is told to look at."""

from pathlib import Path

import cv2
import pytest

from face_rec.cameras.address import Address
from face_rec.cameras.source import source_of
from face_rec.domain.errors import CameraRefused, SourceError
from face_rec.journey.streams.recorded import PictureFolder, VideoFile
from tests.fakes.models import blank_frame


def test_what_a_text_names(tmp_path: Path) -> None:
    picture, video = tmp_path / "me.png", tmp_path / "clip.mp4"
    cv2.imwrite(str(picture), blank_frame(16, 16))
    video.touch()
    assert source_of("0") == Address("0")
    assert source_of("rtsp://camera/stream") == Address("rtsp://camera/stream")
    assert source_of(str(tmp_path)) == PictureFolder(tmp_path)
    assert source_of(str(picture)) == PictureFolder(picture)
    assert source_of(str(video)) == VideoFile(video)


def test_an_address_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "camera"
    path.write_text("rtsp://user:secret@10.0.0.9/1\n")
    assert source_of(f"@{path}") == Address("rtsp://user:secret@10.0.0.9/1")
    with pytest.raises(SourceError, match="cannot be read"):
        source_of("@/no/such")


def test_what_is_not_there_or_no_camera_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Give a file"):
        source_of(str(tmp_path / "missing.mp4"))
    with pytest.raises(CameraRefused, match="rtsp://"):
        source_of("ftp://camera/stream")
