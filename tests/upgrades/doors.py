"""Kiosks before which somebody always stands, and what they see of an upgrade."""

import itertools
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Self

import httpx
from websockets import Origin
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

_SPACING: Final = 0.1
_STANDS: Final = 1.5  # seconds
_RETRY: Final = 0.25
"""Seconds; kiosk_line.js waits so long before its first try."""


class Door:
    """One kiosk: pictures over HTTP and the live line, each of which comes back by itself as the
    kiosk's page does. ``people``: the photos of each; ``trusted``: the certificate of an origin
    that speaks TLS."""

    def __init__(
        self, origin: str, kiosk: str, people: Sequence[Sequence[bytes]],
        trusted: Path | None = None,
    ) -> None:  # fmt: skip
        self._origin = origin
        self._tls = ssl.create_default_context(cafile=trusted) if trusted else None
        self._kiosk = kiosk
        self._people = people
        self.pictures: list[float] = []
        """When (monotonic) a picture was answered."""
        self.lines: list[float] = []
        """When the line said anything."""
        self.failed: list[str] = []
        """Pictures and lines that were not served, and why."""
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._show), threading.Thread(target=self._hear)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def longest_gap(self, since: float, until: float) -> tuple[float, float]:
        """Seconds without an answer to a picture, and without a word of the line."""
        return _longest(self.pictures, since, until), _longest(self.lines, since, until)

    def _show(self) -> None:
        number = ""
        screen = {"origin": self._origin, "x-kiosk-screen": f"door-{self._kiosk}"}
        place = {"kiosk": self._kiosk}
        with httpx.Client(
            base_url=self._origin, timeout=20, headers=screen, verify=self._tls or True
        ) as http:
            for picture in self._seen():
                try:
                    if not number:
                        begun = http.post("/frames/start", params=place).raise_for_status()
                        number = begun.json()["numbers"][0]
                    told = {"content-type": "image/jpeg", "x-kiosk-number": number}
                    answer = http.post("/frames", params=place, content=picture, headers=told)
                    number = answer.raise_for_status().json()["number"]
                    self.pictures.append(time.monotonic())
                except (httpx.HTTPError, KeyError) as error:
                    self.failed.append(f"picture: {type(error).__name__} {error}")
                    number = ""

    def _seen(self) -> Iterator[bytes]:
        for photos in itertools.cycle(self._people):
            ends = time.monotonic() + _STANDS
            for photo in itertools.cycle(photos):
                if self._over.wait(_SPACING):
                    return
                if time.monotonic() > ends:
                    break
                yield photo

    def _hear(self) -> None:
        line = f"/live?kiosk={self._kiosk}&screen=door-{self._kiosk}"
        address = self._origin.replace("http", "ws", 1) + line
        while not self._over.is_set():
            try:
                with connect(address, origin=Origin(self._origin), ssl=self._tls) as told:
                    while not self._over.is_set():
                        told.recv(timeout=20)
                        self.lines.append(time.monotonic())
            except (WebSocketException, OSError) as error:
                self.failed.append(f"line: {type(error).__name__} {error}")
            self._over.wait(_RETRY)


def _longest(moments: Sequence[float], since: float, until: float) -> float:
    known = [since, *(at for at in moments if since < at < until), until]
    return max(after - before for before, after in itertools.pairwise(known))
