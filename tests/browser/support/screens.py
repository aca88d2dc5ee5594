"""The pages as a user works them: what is read and pressed, by the words on the screen."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from playwright.sync_api import Locator, Page, expect

from face_rec.kiosks.kiosk import NAME
from tests.browser.support.kiosks import register_kiosk
from tests.browser.support.page_state import press

PATIENCE = 30_000  # ms; nothing here is a measurement

# Keeps every peer connection of a page and its frames in the page's ``window.peers``.
PEERS = """
  window.top.peers ??= [];
  if (window.RTCPeerConnection) {
    window.RTCPeerConnection = class extends window.RTCPeerConnection {
      constructor(...args) { super(...args); window.top.peers.push(this); }
    };
  }
"""

# A network that lets no peer connection through: it is made, and never comes about.
BLOCKED = """
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = function (...args) {
    const made = new Real(...args);
    made.setRemoteDescription = () => new Promise(() => {});
    return made;
  };
"""


class RegisterScreen:
    """/register"""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(f"{url}/register")
        expect(page.get_by_label("Name", exact=True)).to_be_visible(timeout=PATIENCE)

    @property
    def guide(self) -> Locator:
        return self.page.get_by_test_id("guide")

    def fill(self, name: str, person_id: str, group: str = "") -> None:
        for label, text in (("Name", name), ("ID", person_id), ("Group (optional)", group)):
            field = self.page.get_by_label(label, exact=True)
            field.fill(text)
            field.press("Tab")

    def agree(self) -> None:
        press(self.page.get_by_text("The person agrees"))

    def begin_anew(self) -> None:
        """Throw away what was begun, so that nothing of it goes to the next person."""
        button = self.page.get_by_role("button", name="Begin anew")
        press(button)
        expect(button).to_have_count(0, timeout=PATIENCE)
        expect(self.page.get_by_label("Name", exact=True)).to_have_value("", timeout=PATIENCE)

    def choose(self, way: str) -> None:
        press(self.page.get_by_role("radio", name=re.compile(way)))

    def upload(self, photos: Sequence[Path]) -> None:
        self.choose("Upload")
        field = self.page.get_by_test_id("stFileUploaderDropzoneInput")
        field.set_input_files([str(photo) for photo in photos])

    def expect_photos(self, number: int) -> None:
        words = f"{number} photo{'' if number == 1 else 's'} accepted"
        said = self.page.get_by_text(words).first  # for moments camera and page both say it
        expect(said).to_be_visible(timeout=PATIENCE)

    def save(self) -> None:
        press(self.page.get_by_role("button", name="Save person"))

    def expect_saved(self, name: str) -> None:
        expect(self.page.get_by_text("is registered.")).to_be_visible(timeout=PATIENCE)
        expect(self.page.get_by_alt_text(f"Photo of {name}")).to_be_visible()

    def expect_said(self, words: str) -> None:
        """Five views are taken one after the other, which a busy machine takes its time for."""
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=3 * PATIENCE)


class KioskScreen:
    """/take_attendance"""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    def open(cls, page: Page, url: str, kiosk: str = "main", camera: str = "video") -> Self:
        if NAME.fullmatch(kiosk) and kiosk != "main":
            register_kiosk(page, url, kiosk)
        page.goto(f"{url}/take_attendance?kiosk={kiosk}&camera={camera}")
        return cls(page)

    @property
    def banner(self) -> Locator:
        return self.page.get_by_test_id("greeting")

    @property
    def camera(self) -> Locator:
        """What is wrong with camera or line; its ``data-state`` is ``ok`` while nothing is."""
        return self.page.get_by_test_id("camera")

    def expect_picture(self, timeout: float = PATIENCE) -> None:
        expect(self.camera).to_have_count(1, timeout=timeout)  # another way's camera is leaving
        expect(self.camera).to_have_attribute("data-state", "ok", timeout=timeout)

    def expect_banner(self, *words: str, timeout: float = PATIENCE) -> None:
        """All of ``words`` in one and the same banner."""
        card = self.banner.locator(".fr-banner")
        for word in words:
            card = card.filter(has_text=word)
        expect(card.first).to_be_visible(timeout=timeout)

    def expect_marks(self, number: int) -> None:
        words = f"{number} mark{'' if number == 1 else 's'}"
        expect(self.page.get_by_text(re.compile(rf"Today.*\b{words}$"))).to_be_visible(
            timeout=PATIENCE
        )

    def take_photo(self) -> None:
        self.page.get_by_role("button", name="Take photo").click(timeout=PATIENCE)


class RecordsScreen:
    """/records"""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(f"{url}/records")

    def expect_summary(self, words: str) -> None:
        expect(self.page.get_by_text(words)).to_be_visible(timeout=PATIENCE)

    def download(self) -> list[dict[str, str]]:
        """The rows of the downloaded CSV."""
        with self.page.expect_download() as waiting:
            press(self.page.get_by_role("button", name="Download CSV"))
        text = waiting.value.path().read_text(encoding="utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))
