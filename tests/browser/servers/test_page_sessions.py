"""Pages opened and closed on a running server: whatever they had is given back."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import httpx
import pytest

from tests.browser.support.hand_made import script
from tests.browser.support.sign_in import ServerWithoutModel

pytestmark = pytest.mark.browser  # a whole server, and no browser

_SOON = "import app; app._KEPT = 4; app.main()"
_PAGES = ("overview", "records", "people", "reports", "kiosks", "system")
_PAGES_OPENED = 30
_LOOKS, _EVERY = 600, 0.2


class Forgetful(ServerWithoutModel):
    """Keeps the session of a closed page for seconds instead of five minutes."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"ACCOUNTS": "off"}

    def command(self) -> list[str]:
        return [sys.executable, "-c", _SOON]


@dataclass(frozen=True)
class Held:
    files: int
    threads: int


def _held(app: Forgetful) -> Held:
    place = Path(f"/proc/{app.pid}")
    return Held(len(list((place / "fd").iterdir())), len(list((place / "task").iterdir())))


def _open_and_close(app: Forgetful) -> None:
    """All at once, so that nobody's closing clears away what the one before has left."""
    with httpx.Client() as nobody, ExitStack() as opened:
        for number in range(_PAGES_OPENED):
            opened.enter_context(script(app, nobody, _PAGES[number % len(_PAGES)]))


def _becomes(app: Forgetful, most: Held) -> Held:
    """What is held, as soon as it is not more than ``most``, or when waiting is over."""
    tick = Event()
    for _ in range(_LOOKS):
        now = _held(app)
        if now.files <= most.files and now.threads <= most.threads:
            break
        tick.wait(_EVERY)
    return now


def test_closed_pages_hold_no_files_and_no_threads(tmp_path: Path) -> None:
    """Nobody comes after them: what they had, three files each, must go by itself."""
    with Forgetful(tmp_path / "data", tmp_path / "no-pack") as app:
        before = _held(app)
        most = Held(before.files + _PAGES_OPENED // 2, before.threads + _PAGES_OPENED // 2)
        _open_and_close(app)
        now = _becomes(app, most)
    assert now.files <= most.files
    assert now.threads <= most.threads
