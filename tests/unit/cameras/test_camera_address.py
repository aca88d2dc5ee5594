"""Cameras' addresses: what is taken, and what of them is ever shown."""

from pathlib import Path

import pytest

from face_rec.cameras.address import Address, checked, file_in
from face_rec.domain.errors import CameraRefused

SECRET = "S3cret-w0rd"


@pytest.mark.parametrize(
    "text",
    ["rtsp://192.168.1.20/stream1", "rtsps://u:p@cam.example:322/a?b=c", "http://[fe80::1]/mjpg",
     "https://cam/axis-cgi/mjpg/video.cgi", "0", "12", "yard.mp4", "Yard 2 (b).mkv"[:6] + ".mkv"],
)  # fmt: skip
def test_an_address_of_a_camera_is_taken(text: str) -> None:
    assert checked(f"  {text} ").text == text


@pytest.mark.parametrize(
    "text",
    ["", " ", "file:///etc/passwd", "ftp://cam/x", "rtsp://", "rtsp:///x", "../../etc/passwd",
     "/etc/passwd", "a/b.mp4", "concat:a|b", "rtsp://cam/\nx", "http://cam:99999/", "http://[::1/x",
     "http://" + "a" * 3000, ".hidden", "C:\\x.mp4", "subfile,,start,0,end,0,,:x", "pipe:0",
     "rtmp://cam/x", "rtsp://cam:0/x"],
)  # fmt: skip
def test_what_is_no_address_of_a_camera_is_refused(text: str) -> None:
    with pytest.raises(CameraRefused):
        checked(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [(f"rtsp://admin:{SECRET}@10.0.0.7:554/live", "rtsp://10.0.0.7:554/live"),
     (f"rtsp://10.0.0.7/user=admin&password={SECRET}&channel=1", "rtsp://10.0.0.7/…"),
     (f"http://10.0.0.7/v.cgi?loginuse=a&loginpas={SECRET}", "http://10.0.0.7/v.cgi?…"),
     (f"rtsp://a%40b:{SECRET}%40@cam/x", "rtsp://cam/x"), (f"rtsp://{SECRET}@cam/x", "rtsp://cam/x"),
     ("yard.mp4", "yard.mp4"), ("3", "3")],
)  # fmt: skip
def test_no_secret_of_an_address_is_shown(text: str, shown: str) -> None:
    address = checked(text)
    assert address.shown == shown
    assert SECRET not in repr(address)


def test_a_login_goes_into_the_address_and_comes_out_as_it_went_in() -> None:
    address = checked("rtsp://cam:554/x").with_login("a@b", "p:/@ü?")
    assert (address.user, address.password, address.place) == ("a@b", "p:/@ü?", "rtsp://cam:554")
    assert address.shown == "rtsp://cam:554/x"
    assert checked(address.text) == address
    assert Address("rtsp://cam/x").with_login("", "").text == "rtsp://cam/x"


def test_a_file_is_taken_from_its_folder_and_from_no_other(tmp_path: Path) -> None:
    folder, outside = tmp_path / "camera-files", tmp_path / "secret.mp4"
    folder.mkdir()
    outside.write_bytes(b"x")
    (folder / "yard.mp4").write_bytes(b"x")
    (folder / "link.mp4").symlink_to(outside)
    assert file_in(folder, "yard.mp4") == (folder / "yard.mp4").resolve()
    for name in ("link.mp4", "../secret.mp4", "none.mp4", ".", ""):
        with pytest.raises(CameraRefused):
            file_in(folder, name)
