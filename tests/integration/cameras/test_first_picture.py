"""A picture of an address before it is saved: of files, of servers, and of what is neither."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from face_rec.background import Background
from face_rec.cameras.address import Address, checked
from face_rec.cameras.picture import Trial
from face_rec.domain.errors import CameraRefused, SourceError

SECRET = "S3cret-w0rd"
PICTURE = np.full((480, 640, 3), (10, 120, 200), np.uint8)


def _jpeg() -> bytes:
    return cv2.imencode(".jpg", PICTURE)[1].tobytes()


def _video(path: Path, frames: int = 10) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (640, 480))
    for _ in range(frames):
        writer.write(PICTURE)
    writer.release()


class _Camera(BaseHTTPRequestHandler):
    """MJPEG at /video, one JPEG at /still; /file sends elsewhere, /list plays a list."""

    def do_GET(self) -> None:
        if self.path == "/file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
        elif self.path == "/list":
            self._body(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "application/x-mpegurl")
        elif self.path == "/still":
            self._body(_jpeg(), "image/jpeg")
        elif self.path == "/text":
            self._body(b"secret of the metadata service\n" * 100, "text/plain")
        elif self.path == "/locked":
            self.send_error(401)
        else:
            self._stream()

    def _body(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
        self.end_headers()
        with suppress(ConnectionError):  # whoever asked has seen enough
            for _ in range(20):
                jpeg = _jpeg()
                head = f"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def camera() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Camera)
    thread = Background("camera", lambda: server.serve_forever(0.01), wake=server.shutdown).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    thread.stop(5)
    server.server_close()


def test_a_file_of_the_folder_shows_its_picture(tmp_path: Path) -> None:
    _video(tmp_path / "yard.mp4")
    found = Trial(tmp_path)(checked("yard.mp4"))
    assert (found.width, found.height) == (640, 480)
    seen = cv2.imdecode(np.frombuffer(found.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    assert np.abs(seen.astype(int) - PICTURE).mean() < 10
    assert found.rate == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("path", ["/video", "/still"])
def test_a_camera_that_speaks_http_shows_its_picture(
    camera: str, path: str, tmp_path: Path
) -> None:
    found = Trial(tmp_path)(checked(camera + path))
    assert (found.width, found.height) == (640, 480)


@pytest.mark.parametrize("path", ["/file", "/list", "/text", "/locked"])
def test_what_sends_no_picture_or_leads_to_a_file_shows_nothing(
    camera: str, path: str, tmp_path: Path
) -> None:
    address = checked(camera + path).with_login("admin", SECRET)
    with pytest.raises(SourceError) as refused:
        Trial(tmp_path)(address)
    assert SECRET not in str(refused.value)
    assert "root:" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "ffconcat version 1.0\nfile '/etc/passwd'\n"]
)
def test_a_file_that_names_other_files_opens_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.mp4").write_text(text)
    with pytest.raises(SourceError):
        Trial(tmp_path)(checked("list.mp4"))


def test_an_address_that_got_past_the_form_still_reaches_no_file(tmp_path: Path) -> None:
    for text in ("file:///etc/passwd", "concat:/etc/passwd", "lavfi://testsrc", "data:,x"):
        with pytest.raises((SourceError, CameraRefused)):
            Trial(tmp_path)(Address(text))


def test_who_accepts_and_says_nothing_is_given_up_in_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        for scheme in ("rtsp", "http"):
            address = checked(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/x")
            with pytest.raises(SourceError):
                Trial(tmp_path, seconds=1.0)(address)
        assert time.monotonic() - begun < 30


def test_two_addresses_at_most_are_tried_at_once(tmp_path: Path) -> None:
    trial = Trial(tmp_path, seconds=4.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = checked(f"http://127.0.0.1:{silent.getsockname()[1]}/x")

        def hang() -> None:
            with pytest.raises(SourceError):
                trial(address)
            for thread in threads:
                thread.stopping.wait()

        threads: list[Background] = []
        threads.extend(Background(f"trial-{n}", hang) for n in range(2))
        for thread in threads:
            thread.start()
        accepted = [silent.accept() for _ in threads]
        with pytest.raises(CameraRefused):
            trial(address)
        for connection, _ in accepted:
            connection.close()
        for thread in threads:
            thread.stop(10)
