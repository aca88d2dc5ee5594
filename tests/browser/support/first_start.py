"""A new site as whoever has just started it meets it: no pack, no account, no network but a server
of packs; and somebody who does before the camera what the page asks for."""

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page, expect

from face_rec.domain.faces import Image
from tests.browser.support import stand_in_pack
from tests.browser.support.page_state import press
from tests.browser.support.sign_in import ServerWithoutModel
from tests.browser.support.tablet import Doorway

_REACTS: Final = 1200
"""Milliseconds in which somebody reads what to do and has turned their head."""
_PATIENCE: Final = 60_000


class NewSite(ServerWithoutModel):
    """Packs come from ``mirror``; the recommended one is ``pack``."""

    def __init__(self, data_dir: Path, mirror: str, pack: Path) -> None:
        super().__init__(data_dir, Path("buffalo_l"))
        self._own = {"MODEL_MIRROR": mirror, stand_in_pack.VARIABLE: str(pack)}

    def launch(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", stand_in_pack.__name__], cwd=self.root,
                env=self.environment(), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def environment(self) -> dict[str, str]:
        return super().environment() | self._own


@dataclass
class Mirror:
    """A web server of packs. Each answer ends after ``most`` bytes, as when the network breaks."""

    files: dict[str, bytes] = field(default_factory=dict)
    most: int | None = None
    url: str = ""

    def part(self, name: str, asked: str) -> tuple[int, bytes]:
        """Where the answer to a request with this ``Range`` begins, and its bytes."""
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        return start, self.files[name][start:]


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[Mirror]:
    """A mirror that serves ``files``, by name."""
    mirror = Mirror(dict(files))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/")
            if name not in mirror.files:
                self.send_error(404)
                return
            start, rest = mirror.part(name, self.headers.get("Range", ""))
            self.send_response(206 if start else 200)
            self.send_header("ETag", f'"{hashlib.sha256(mirror.files[name]).hexdigest()}"')
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest[: mirror.most])

        def log_message(self, *arguments: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mirror.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield mirror
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Hand:
    """Presses, and counts it. What is typed is gone to with the Tab key."""

    page: Page
    clicks: int = 0

    def click(self, what: Locator) -> None:
        """In a page of ours that is no Streamlit page."""
        self.clicks += 1
        what.click()

    def press(self, what: Locator) -> None:
        self.clicks += 1
        press(what)


def make_account(hand: Hand, link: str, name: str, password: str) -> None:
    page = hand.page
    page.goto(link)
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    for text in (name, password, password):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    hand.click(page.get_by_role("button", name="Create account"))


def step_now(page: Page) -> Locator:
    """The step that the site stands at, as the bar says it."""
    return page.locator("ol.fr-start [aria-current=step]")


def follow(page: Page, doorway: Doorway, sides: Mapping[str, Image]) -> None:
    """Do before the camera what the page asks for, view by view, until it has all."""
    done, wanted = page.get_by_text("All views are taken"), page.locator(".fr-step.fr-wanted")
    while True:
        expect(wanted.or_(done).first).to_be_visible(timeout=_PATIENCE)
        if done.is_visible():
            return
        word = next(one for one in sides if one in wanted.inner_text())
        page.wait_for_timeout(_REACTS)
        doorway.show(sides[word])
        expect(wanted.filter(has_text=word)).to_have_count(0, timeout=_PATIENCE)
