"""Where a file lies while it is sent."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from config import ROOT
from face_rec.people.photos.photos import MAX_BYTES
from face_rec.requests.attachment import LARGEST
from face_rec.web.base import uploads


async def _take(request: Request) -> Response:
    async with request.form() as form:
        sent = form["file"]
        assert not isinstance(sent, str)
        return PlainTextResponse(str(len(await sent.read())))


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each file that is begun on a disk."""
    begun: list[int] = []
    real = tempfile.TemporaryFile

    def noted(*asked: object, **more: object) -> object:
        begun.append(1)
        return real(*asked, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(tempfile, "TemporaryFile", noted)
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 2**20)  # its own
    return begun


def _send(size: int) -> str:
    app = TestClient(Starlette(routes=[Route("/", _take, methods=["POST"])]))
    return str(app.post("/", files={"file": b"x" * size}).text)


def test_no_photo_and_no_attachment_lies_on_a_disk_while_it_is_sent(on_disk: list[int]) -> None:
    _send(MAX_BYTES)
    assert on_disk  # as Starlette does it by itself
    on_disk.clear()
    uploads.keep_in_memory()
    for size in (MAX_BYTES, LARGEST):
        assert _send(size) == str(size)
    assert not on_disk


def test_the_app_does_so_from_its_start(tmp_path: Path) -> None:
    asked = (
        "import app\nfrom starlette.formparsers import MultiPartParser\n"
        "print(MultiPartParser.spool_max_size)"
    )
    said = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path), "HOME": str(tmp_path)},
    ).stdout  # fmt: skip
    assert int(said.split()[-1]) == uploads.IN_MEMORY_MB * 2**20
