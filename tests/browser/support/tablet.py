"""A tablet at a door: Chromium with a profile that outlives it, and a camera before which a test
puts people while it runs."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Final

import cv2
from playwright.sync_api import Browser, Page, Playwright

from face_rec.domain.faces import Image
from tests.browser.support.chromium import FLAGS, STARTS_WITHIN, executable
from tests.browser.support.fake_camera import HEIGHT, WIDTH, swaying

_RATE: Final = 15
_FRAMES: Final = 2 * _RATE
"""One swaying of whoever stands there."""
_HEADER: Final = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{_RATE}:1 Ip A1:1 C420jpeg\n".encode()
_FRAME: Final = b"FRAME\n"


class Doorway:
    """What the camera sees. Chromium reads each picture from the file when it is due, so that
    one that is written over is seen at once, whether the browser was started before or after."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(_HEADER + bytes(_FRAMES * (len(_FRAME) + WIDTH * HEIGHT * 3 // 2)))
        self.show()

    def show(self, photo: Path | Image | None = None) -> None:
        """Somebody stands there from now on, else nobody."""
        with self.path.open("r+b") as file:
            file.seek(len(_HEADER))
            for picture in swaying(photo, _FRAMES, _RATE):
                file.write(_FRAME + cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).tobytes())


class Tablet:
    """Not started before :meth:`start`. ``folder``: for its profile."""

    def __init__(self, playwright: Playwright, folder: Path, doorway: Doorway) -> None:
        self._playwright = playwright
        self._profile = folder / "profile"
        self._doorway = doorway
        self._process: subprocess.Popen[bytes] | None = None
        self._browser: Browser | None = None

    def start(self) -> Page:
        """The one page of the browser, which is started with what its profile holds."""
        port = self._profile / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        address = f"http://127.0.0.1:{self._read(port)}"
        self._browser = self._playwright.chromium.connect_over_cdp(address, timeout=STARTS_WITHIN)
        (context,) = self._browser.contexts
        context.set_default_timeout(30_000)
        return context.pages[0] if context.pages else context.new_page()

    def kill(self) -> None:
        """As when its battery is empty: nothing is closed or saved."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._browser = None

    def _command(self) -> Sequence[str]:
        return [
            executable(), *FLAGS, "--headless=new", "--remote-debugging-port=0",
            f"--user-data-dir={self._profile}", "--window-size=1280,800",
            f"--use-file-for-fake-video-capture={self._doorway.path}", "about:blank",
        ]  # fmt: skip

    @staticmethod
    def _read(port: Path) -> int:
        tick = Event()
        for _ in range(STARTS_WITHIN // 100):
            if port.exists() and (lines := port.read_text("utf-8").split()):
                return int(lines[0])
            tick.wait(0.1)
        raise AssertionError("Chromium did not start")
