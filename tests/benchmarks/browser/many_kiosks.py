"""Twelve kiosks of one server at once, and how long people before them wait for their name.

Each is a light client that does what a kiosk's tab does: pictures over HTTP, two a second while
nobody is there and up to fourteen while somebody is, and the live line that says whom to greet;
twelve browsers would measure themselves. Some pages of the office are open in a browser beside
them. Clients, browser and server share this machine. The people are others in each visit, shown
by a photo that they were not enrolled with.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar, Final

import cv2
import httpx
import numpy as np
from websockets import Origin
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.benchmarks.browser.filled import FilledServer
from tests.benchmarks.browser.pages import cpu_seconds
from tests.benchmarks.journey import material
from tests.benchmarks.report.row import Row
from tests.browser.support.chromium import browsers
from tests.browser.support.kiosks import ADD_KIOSKS
from tests.browser.support.server import ROOT
from tests.data import shared_data

KIOSKS: Final = 12
MOST: Final = 1.0
"""Seconds from appearing to the name, of nineteen in twenty."""
OFFICE: Final = ("overview", "records", "people")
THERE, AWAY = 3.0, 5.0
"""Seconds for which somebody stands there, and until the next."""
SPACING, KNOWN_SPACING, EMPTY_SPACING = 0.07, 0.16, 0.7
"""Seconds between two pictures, as kiosk.js has them: somebody, somebody named, nobody."""
_QUALITY: Final = 80
_NAMES: Final = tuple(f"door-{number}" for number in range(KIOSKS))


@dataclass(frozen=True, slots=True)
class Visit:
    """``seconds`` from appearing to the name on the line; None: it was not said meanwhile."""

    kiosk: str
    person: str
    seconds: float | None


def run(quick: bool) -> list[Row]:
    """Rows of the waits and of what the server spent. Skips without Chromium or test data."""
    visits = 2 if quick else 5
    with (
        tempfile.TemporaryDirectory() as folder,
        CompanyServer(Path(folder) / "data") as app,
        browsers("many") as opened,
    ):
        for page in OFFICE:
            opened.page().goto(f"{app.url}/{page}")
        return _rows(*_played(app, visits))


def _rows(visits: Sequence[Visit], share: float) -> list[Row]:
    waits = [visit.seconds for visit in visits if visit.seconds is not None]
    middle, most = np.quantile(waits, [0.5, 0.95])
    note = f"{len(waits)} of {len(visits)} were named; {len(OFFICE)} pages of the office are open"
    what = f"{KIOSKS} kiosks (HTTP), appears → name"
    return [
        Row(f"{what}, p50", float(middle), "s", note=note),
        Row(f"{what}, p95", float(most), "s", MOST, note),
        Row(f"{KIOSKS} kiosks (HTTP): server", 100 * share, "% of a core"),
    ]


class CompanyServer(FilledServer):
    """With as many people as the clients show, and their kiosks."""

    people: ClassVar[int | None] = None
    """The first so many of the test data; None: all."""

    def _fill(self) -> None:
        super()._fill()
        folder = self.data_dir / "people"
        places = people_folders()[: self.people]
        for place in places:
            (folder / place.name).mkdir(parents=True)
            for photo in sorted(place.glob("*.jpg"))[:2]:
                shutil.copy(photo, folder / place.name)
        rows = [f"{place.name},{place.name},Staff" for place in places]
        (folder / "people.csv").write_text("\n".join(["id,name,group", *rows]), "utf-8")
        subprocess.run(
            [sys.executable, "-m", "face_rec", "import", str(folder), "--consent", "yes"],
            cwd=ROOT, check=True, env=self.environment(), capture_output=True,
        )  # fmt: skip
        self.beside.run(ADD_KIOSKS.format(names=_NAMES))
        self.stop()


def people_folders() -> list[Path]:
    return sorted(shared_data("faces/people").iterdir())


# --- the clients, a process of their own ---------------------------------------


def _played(app: FilledServer, visits: int) -> tuple[list[Visit], float]:
    """All visits, and what part of a core the server took meanwhile."""
    command = [sys.executable, "-m", "tests.benchmarks.browser.many_kiosks", app.url, str(visits)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as clients:
        assert clients.stdout is not None
        clients.stdout.readline()  # its pictures are made
        before, since = cpu_seconds(app), time.monotonic()
        told = clients.stdout.read()
        share = (cpu_seconds(app) - before) / (time.monotonic() - since)
    return [Visit(**one) for one in json.loads(told)], share


class Line:
    """The live line of one kiosk: what it has said, and since when."""

    def __init__(self, socket: ClientConnection) -> None:
        self.parts: dict[str, Any] = {}
        self.named: dict[str, float] = {}
        """When (monotonic) somebody was first named on a banner."""
        self._socket = socket
        Thread(target=self._listen, daemon=True).start()

    @property
    def knows_all(self) -> bool:
        faces = self.parts.get("scene", {}).get("faces", [])
        return bool(faces) and all(face["mood"] in {"marked", "already"} for face in faces)

    def _listen(self) -> None:
        try:
            while True:
                told = json.loads(self._socket.recv())
                now = time.monotonic()
                self.parts |= told
                for banner in told.get("banners", ()):
                    if banner["mood"] in {"marked", "already"}:
                        for word in (banner["title"], banner["text"]):
                            self.named.setdefault(word, now)
        except ConnectionClosed:
            return

    def said(self, person: str) -> float | None:
        return next((at for words, at in list(self.named.items()) if person in words), None)


class Client:
    """One kiosk's tab. Each of its pictures waits for the answer to the one before."""

    def __init__(self, http: httpx.Client, line: Line, kiosk: str, screen: str) -> None:
        self._http = http
        self._line = line
        self._place = {"kiosk": kiosk}
        self._kiosk = kiosk
        self._screen = {"X-Kiosk-Screen": screen}
        self._numbers: list[str] = []
        self.visits: list[Visit] = []

    def run(self, people: Sequence[tuple[str, Sequence[bytes]]], empty: Sequence[bytes]) -> None:
        for person, pictures in people:
            self._show(empty, AWAY, EMPTY_SPACING)
            appeared = time.monotonic()
            self._show(pictures, THERE, SPACING)
            self._show(empty, 1.0, EMPTY_SPACING)
            named = self._line.said(person)
            self.visits.append(Visit(self._kiosk, person, named and named - appeared))

    def _show(self, pictures: Sequence[bytes], seconds: float, spacing: float) -> None:
        began = time.monotonic()
        while (now := time.monotonic()) < began + seconds:
            self._send(pictures[round((now - began) * material.RATE) % len(pictures)])
            least = KNOWN_SPACING if self._line.knows_all and spacing == SPACING else spacing
            time.sleep(max(0.0, now + least - time.monotonic()))

    def _send(self, picture: bytes) -> None:
        if not self._numbers:
            answer = self._http.post("/frames/start", params=self._place, headers=self._screen)
            self._numbers = answer.raise_for_status().json()["numbers"]
        headers = {
            **self._screen, "Content-Type": "image/jpeg", "X-Kiosk-Number": self._numbers.pop(0),
        }  # fmt: skip
        answer = self._http.post("/frames", params=self._place, headers=headers, content=picture)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            time.sleep(0.3)
            return
        self._numbers.append(answer.raise_for_status().json()["number"])


def jpegs(room: material.Room, person: Path | None = None) -> list[bytes]:
    """What the camera sees for two seconds: nobody, or somebody by their third photo."""
    people = []
    if person is not None:
        photo = sorted(person.glob("*.jpg"))[2]
        people = [np.asarray(cv2.imread(str(photo)), np.uint8)]
    quality = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    pictures = (room.picture(number, people) for number in range(2 * material.RATE))
    return [cv2.imencode(".jpg", picture, quality)[1].tobytes() for picture in pictures]


@contextmanager
def opened(url: str, http: httpx.Client, kiosk: str, screen: str) -> Iterator[Client]:
    """The line of a kiosk, opened as who has the cookies of ``http``."""
    address = f"{url.replace('http', 'ws')}/live?kiosk={kiosk}&screen={screen}"
    cookies = "; ".join(f"{one.name}={one.value}" for one in http.cookies.jar)
    headers = {"Cookie": cookies} if cookies else {}
    with connect(address, origin=Origin(url), additional_headers=headers) as socket:
        yield Client(http, Line(socket), kiosk, screen)


@contextmanager
def client(url: str, kiosk: str) -> Iterator[Client]:
    """One of a server that asks nobody who they are."""
    with (
        httpx.Client(base_url=url, headers={"Origin": url}, timeout=20) as http,
        opened(url, http, kiosk, f"bench-{kiosk}") as kiosk_client,
    ):
        yield kiosk_client


def main(url: str, visits: int) -> None:
    """Print all visits as JSON. The kiosks begin one after the other, as people come."""
    room, people = material.Room(), iter(people_folders())
    empty = jpegs(room)
    queues = [
        [(place.name, jpegs(room, place)) for place in islice(people, visits)] for _ in _NAMES
    ]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with ExitStack() as stack:
        clients = [stack.enter_context(client(url, name)) for name in _NAMES]
        threads = [
            Thread(target=client.run, args=(queue, empty))
            for client, queue in zip(clients, queues, strict=True)
        ]
        for thread in threads:
            thread.start()
            time.sleep((THERE + AWAY) / KIOSKS)
        for thread in threads:
            thread.join()
        told = [
            {"kiosk": visit.kiosk, "person": visit.person, "seconds": visit.seconds}
            for client in clients for visit in client.visits
        ]  # fmt: skip
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
