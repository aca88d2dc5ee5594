"""The live line of a kiosk over a real WebSocket to the app as its users start it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import cv2
import httpx
import pytest
from websockets import Origin
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from face_rec.domain.faces import Image
from tests.browser.support.server import ROOT, AppServer
from tests.data import Material
from tests.synthetic.badge_pictures import badge_picture

NAME = "Zoë 🙂 مريم"
SAID_WITHIN = 3.0
PART = dict[str, Any]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, material: Material) -> Iterator[AppServer]:
    folder = tmp_path_factory.mktemp("live")
    server = AppServer(folder / "data", material.pack)
    _enrol(server, material, folder / "people")
    with server:
        yield server


def _enrol(server: AppServer, material: Material, folder: Path) -> None:
    """Three people, by the command, before the app runs."""
    for number, name in ((1, "E17"), (2, "E18"), (3, "E19")):
        shutil.copytree(material.person(number)[0].parent, folder / name)
    rows = f"id,name,group\nE17,{NAME},7B\nE18,Bo,7B\nE19,Cy,7B\n"
    (folder / "people.csv").write_text(rows, "utf-8")
    command = [sys.executable, "-m", "face_rec", "import", str(folder), "--consent", "forms"]
    subprocess.run(command, cwd=ROOT, env=server.environment(), check=True, capture_output=True)


def _line(app: AppServer, screen: str, kiosk: str = "main") -> ClientConnection:
    url = f"ws://127.0.0.1:{app.port}/live?kiosk={kiosk}&screen={screen}"
    return connect(url, origin=Origin(f"http://127.0.0.1:{app.port}"))


def _next(line: ClientConnection) -> PART:
    told: PART = json.loads(line.recv(timeout=20))
    return told


def _until(line: ClientConnection, part: str) -> Any:  # noqa: ANN401
    """The next value of the part that says something."""
    while True:
        told = _next(line)
        if told.get(part):
            return told[part]


class Camera:
    """Sends pictures as a kiosk's page does over HTTP."""

    def __init__(self, app: AppServer, screen: str) -> None:
        origin = f"http://127.0.0.1:{app.port}"
        self.answered = 0
        self._http = httpx.Client(
            base_url=origin, timeout=20, headers={"origin": origin, "x-kiosk-screen": screen}
        )
        asked = self._http.post("/frames/start?kiosk=main")
        self._number = asked.json()["numbers"][0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def show(self, picture: bytes) -> None:
        headers = {"content-type": "image/jpeg", "x-kiosk-number": self._number}
        answer = self._http.post("/frames?kiosk=main", content=picture, headers=headers)
        if answer.status_code == 200:
            self._number = answer.json()["number"]
        self.answered = answer.status_code

    @contextmanager
    def showing(self, pictures: list[bytes]) -> Iterator[None]:
        """One after another, over and over; views of one person that differ, as people move."""
        stop = threading.Event()

        def run() -> None:
            number = 0
            while not stop.wait(0.12):
                self.show(pictures[number % len(pictures)])
                number += 1

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def test_a_mark_reaches_the_screen_and_a_stranger_s_face_has_no_name(
    app: AppServer, material: Material
) -> None:
    ours = [photo.read_bytes() for photo in material.person(1)]
    with _line(app, "tablet") as line, Camera(app, "tablet") as camera:
        first = _next(line)
        assert first["marks"] == {"count": 0, "list": None}
        with camera.showing([material.stranger(0).read_bytes()]):
            face = _until(line, "scene")["faces"] or _until(line, "scene")["faces"]
        assert face[0]["name"] == ""
        with camera.showing(ours):
            said = _until(line, "banners")
            while said[0]["title"] != NAME:
                assert NAME not in str(said)
                said = _until(line, "banners")
            while "·" not in said[0]["text"]:  # what it means comes later on a busy machine
                said = _until(line, "banners")
        assert said[0]["mood"] == "marked"
        assert re.fullmatch(r"Marked at \d\d:\d\d · In: welcome", said[0]["text"])
        assert said[0]["sound"].startswith("marked:")
        heard = [_next(line) for _ in range(6)]
    marks = [told["marks"] for told in heard if "marks" in told]
    assert not marks or marks[-1] == {"count": 1, "list": None}, "nobody's name for passers-by"
    assert any(not told["scene"]["faces"] for told in heard if "scene" in told)


def test_which_way_somebody_goes_is_pressed_on_the_screen_and_kept_as_a_correction(
    app: AppServer, material: Material
) -> None:
    app.beside.run(_ASKING)
    pictures = [photo.read_bytes() for photo in material.person(2)]
    with _line(app, "chooser") as line, Camera(app, "chooser") as camera:
        with camera.showing(pictures):
            offer = _until(line, "choice")
        assert (offer["name"], offer["chosen"]) == ("Bo", "")
        line.send(json.dumps({"press": {"event": offer["event"], "way": "break"}}))
        while offer["chosen"] != "break":
            offer = _until(line, "choice")
    kept = app.beside.run(_KEPT)
    assert kept == [["punch", "break", "kiosk Front door", "Pressed on the kiosk's screen."]]


_ASKING = """
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.rules import Rules
from face_rec.kiosks.kiosk import KioskRecord
with assembly.build_attendance(config.load()) as service:
    known = [one for one in service.timesheets.rules().kiosks if one.id == "main"]
    service.rules.save(
        KioskRecord("main", title="Front door", choice=True), authority=Authority(kiosks=True),
        begun=Rules(kiosks=tuple(known)), since=None,
    )
found = None
"""
_KEPT = """
from face_rec.clock import SystemClock
with assembly.build_attendance(config.load()) as service:
    today = SystemClock().now().astimezone(service.timesheets.zone).date()
    entries = [one for visit in service.timesheets.visits(today).all for one in visit.marks]
    found = [
        [one.event.kind.value, one.kind.value, made.author, made.reason]
        for one in entries for made in one.corrections
    ]
"""


def test_a_badge_before_the_camera_marks_its_owner_once_and_a_withdrawn_one_is_refused_in_words(
    app: AppServer,
) -> None:
    code = app.beside.run(_BADGE)
    shown = [_jpeg(badge_picture(code, turned=angle)) for angle in (5, 9)]
    with _line(app, "badges") as line, Camera(app, "badges") as camera:
        card = _until(line, "badge")
        assert card["phase"] == "", "there is a button, and nobody has pressed it"
        with camera.showing(shown):
            line.send(json.dumps({"badge": {"wanted": True}}))
            assert _phase(line, "looking")["title"] == "Hold your badge before the camera"
            said = _until(line, "banners")
            while said[0]["title"] != "Cy":
                said = _until(line, "banners")
            assert said[0]["text"].startswith("Marked at")
            assert app.beside.run(_WITHDRAWN) == [["badge", "main"]]
            line.send(json.dumps({"badge": {"wanted": True}}))
            refused = _phase(line, "said")
    assert refused["title"] == "This badge is not valid here"
    assert app.beside.run(_OF_CY) == [["badge", "main"]], "one mark, and no other"


def _phase(line: ClientConnection, phase: str) -> PART:
    while True:
        card: PART = _until(line, "badge")
        if card["phase"] == phase:
            return card


def _jpeg(image: Image) -> bytes:
    return cv2.imencode(".jpg", image)[1].tobytes()


_BADGE = """
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.rules import Rules
from face_rec.kiosks.kiosk import BadgeUse, KioskRecord
with assembly.build_attendance(config.load()) as service:
    known = [one for one in service.timesheets.rules().kiosks if one.id == "main"]
    service.rules.save(
        KioskRecord("main", badges=BadgeUse.BADGE), authority=Authority(kiosks=True),
        begun=Rules(kiosks=tuple(known)), since=None,
    )
    cy = service.stores.people.by_id("E19")
    found, _ = access.badges.print_for(cy, "max")
"""
_OF_CY = """
from face_rec.clock import SystemClock
with assembly.build_attendance(config.load()) as service:
    today = SystemClock().now().astimezone(service.timesheets.zone).date()
    cy = service.stores.people.by_id("E19")
    marks = [one.event for visit in service.timesheets.visits(today).all for one in visit.marks]
    found = [[one.source.value, one.kiosk] for one in marks if one.subject == cy.subject]
"""
_WITHDRAWN = f"""{_OF_CY}
    access.badges.withdraw(cy)
"""


def test_an_open_screen_follows_a_new_look_and_hears_no_full_name_any_more(
    app: AppServer, material: Material
) -> None:
    pictures = [photo.read_bytes() for photo in material.person(1)]
    with _line(app, "looker") as line, Camera(app, "looker") as camera:
        before = _next(line)["site"]
        app.beside.run(_LOOK)
        while (site := _until(line, "site"))["accent"] == before["accent"]:
            pass
        assert (site["accent"], site["welcome"]) == ("#7a1f5c", "Visitors: ring the bell")
        head, _, logo = site["logo"].partition(",")
        assert head == "data:image/webp;base64"
        assert b64decode(logo)[8:12] == b"WEBP"
        with camera.showing(pictures):
            said = _until(line, "banners")
            while said[0]["title"] != "Zoë م.":
                assert NAME not in str(said)
                said = _until(line, "banners")
        heard = [_next(line) for _ in range(4)]
    assert "مريم" not in json.dumps([said, heard], ensure_ascii=False)


_LOOK = """
import io
from contextlib import ExitStack
from PIL import Image
from face_rec.assembly.storage.chain import open_streams
from face_rec.assembly.storage.redis_connection import open_redis
from face_rec.assembly.storage.live_options import open_options
from face_rec.clock import SystemClock
from face_rec.domain.kiosks.look import logo_of
picture = io.BytesIO()
Image.new("RGB", (64, 32), "purple").save(picture, "PNG")
settings = config.load()
with ExitStack() as stack:
    streams = open_streams(settings, open_redis(settings, stack), SystemClock())
    options = open_options(settings, streams)
    options.change(
        {"accent": "#7a1f5c", "welcome": "Visitors: ring the bell", "short_names": "True",
         "logo": logo_of(picture.getvalue())}, options.version,
    )
found = None
"""


def test_of_two_screens_the_older_is_told_that_it_is_replaced(
    app: AppServer, material: Material
) -> None:
    picture = material.stranger(0).read_bytes()
    with _line(app, "old") as old, _line(app, "new") as new:
        with Camera(app, "old") as camera:
            camera.show(picture)
            assert camera.answered == 200
        assert not _next(new)["state"]["replaced"]
        with Camera(app, "new") as camera:
            camera.show(picture)
            assert camera.answered == 200
        while not _until(old, "state")["replaced"]:
            continue
        with Camera(app, "old") as camera:
            camera.show(picture)
            assert camera.answered == 409


@pytest.mark.parametrize(
    ("sent", "code"),
    [("junk", 1003), ('{"mark":"E17"}', 1003), (b"\x00", 1003), ("x" * 5000, 1008),
     ("x" * 100_000, 1009)],
    ids=["junk", "json", "bytes", "long", "huge"],
)  # fmt: skip
def test_whatever_a_page_does_not_say_ends_its_line(
    app: AppServer, sent: str | bytes, code: int
) -> None:
    with _line(app, "odd") as line:
        _next(line)
        line.send(sent)
        assert _end(line) == code


def test_a_flood_of_messages_ends_the_line(app: AppServer) -> None:
    with _line(app, "flood") as line:
        _next(line)
        beat = json.dumps({"beat": {"transport": "http", "rate": 10}})
        try:
            for _ in range(1000):
                line.send(beat)
        except ConnectionClosed:
            pass
        assert _end(line) == 1008


def _end(line: ClientConnection) -> int | None:
    """The code with which the server ends the line."""
    try:
        while True:
            _next(line)
    except ConnectionClosed as over:
        return over.rcvd.code if over.rcvd else None


def test_four_screens_have_a_line_a_fifth_is_told_to_wait_and_one_that_returns_is_let_in(
    app: AppServer,
) -> None:
    with ExitStack() as stack:
        lines = [stack.enter_context(_line(app, f"screen-{number}")) for number in range(4)]
        for line in lines:
            _next(line)
        with _line(app, "screen-4") as fifth:
            assert _end(fifth) == 1013
        with _line(app, "screen-0") as again:
            assert _next(again)["site"]
            assert _end(lines[0]) == 1000


def test_a_page_of_another_site_and_an_invented_kiosk_get_no_line(app: AppServer) -> None:
    url = f"ws://127.0.0.1:{app.port}/live?kiosk=main&screen=s"
    for origin in ("http://evil.example", None):
        own = Origin(origin) if origin else None
        with pytest.raises(InvalidStatus), connect(url, origin=own):
            pass
    with pytest.raises(InvalidStatus), _line(app, "s", kiosk="invented"):
        pass


def test_while_redis_hangs_the_line_says_so_within_seconds_and_stays(app: AppServer) -> None:
    """The last of all: marks go to the journal for a while afterwards."""
    redis = int(re.findall(r"redis_started pid=(\d+)", app.logged())[-1])
    with _line(app, "frozen") as line:
        assert not _next(line)["state"]["away"]
        os.kill(redis, signal.SIGSTOP)
        try:
            frozen = time.monotonic()
            assert _until(line, "state")["away"]
            waited = time.monotonic() - frozen
            gaps = [_gap(line) for _ in range(3)]
            with _line(app, "late") as late:  # and a screen that comes now is told at once
                assert _next(late)["state"]["away"]
        finally:
            os.kill(redis, signal.SIGCONT)
        assert not _until(line, "state")["away"]
    assert waited < SAID_WITHIN
    assert max(gaps) < SAID_WITHIN, "a browser takes silence for a server that is away"


def _gap(line: ClientConnection) -> float:
    began = time.monotonic()
    _next(line)
    return time.monotonic() - began
