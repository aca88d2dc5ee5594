"""Pages opened and closed on a running server: whatever they had is given back."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import httpx
import pytest

from tests.browser.support.hand_made import script, signed_in
from tests.browser.support.sign_in import PASSWORD, ServerWithoutModel, new_account

pytestmark = pytest.mark.browser  # a whole server, and no browser

_SOON = "import app; app._KEPT = 4; app.main()"
_LITTLE_ROOM = """
from face_rec.web.base import uploads
uploads.LARGEST_BODY = 9 * 2**20
from face_rec.web.gate import admission
admission.memory = lambda: 0
"""
_PAGES = ("overview", "records", "people", "reports", "kiosks", "system")
_PAGES_OPENED = 30
_LOOKS, _EVERY = 600, 0.2


class Cramped(ServerWithoutModel):
    """Keeps the session of a closed page for seconds instead of five minutes, and has room for
    nine megabytes of uploads."""

    def command(self) -> list[str]:
        return [sys.executable, "-c", _LITTLE_ROOM + _SOON]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cramped]:
    folder = tmp_path_factory.mktemp("pages")
    with Cramped(folder / "data", folder / "no-pack") as server:
        yield server


@pytest.fixture
def client(app: Cramped) -> Iterator[httpx.Client]:
    """Of somebody who is signed in."""
    form = {"name": new_account(app, "ada", "ADMIN"), "password": PASSWORD}
    with closing(signed_in(app, "/login", form)) as opened:
        yield opened


@dataclass(frozen=True)
class Held:
    files: int
    threads: int


def _held(app: Cramped) -> Held:
    place = Path(f"/proc/{app.pid}")
    return Held(len(list((place / "fd").iterdir())), len(list((place / "task").iterdir())))


def _open_and_close(app: Cramped, client: httpx.Client) -> None:
    """All at once, so that nobody's closing clears away what the one before has left."""
    with ExitStack() as opened:
        for number in range(_PAGES_OPENED):
            opened.enter_context(script(app, client, _PAGES[number % len(_PAGES)]))


def _becomes(app: Cramped, most: Held) -> Held:
    """What is held, as soon as it is not more than ``most``, or when waiting is over."""
    tick = Event()
    for _ in range(_LOOKS):
        now = _held(app)
        if now.files <= most.files and now.threads <= most.threads:
            break
        tick.wait(_EVERY)
    return now


def test_closed_pages_hold_no_files_and_no_threads(app: Cramped, client: httpx.Client) -> None:
    """Nobody comes after them: what they had, three files each, must go by itself."""
    before = _held(app)
    most = Held(before.files + _PAGES_OPENED // 2, before.threads + _PAGES_OPENED // 2)
    _open_and_close(app, client)
    now = _becomes(app, most)
    assert now.files <= most.files
    assert now.threads <= most.threads


def _put(client: httpx.Client, tab: str, file: str, method: str = "PUT") -> httpx.Response:
    content = {"files": {"file": bytes(5 * 2**20)}} if method == "PUT" else {}
    where = f"/_stcore/upload_file/{tab}/{file}"
    token = {"X-Xsrftoken": client.cookies.get("_streamlit_xsrf", "")}
    return client.request(method, where, headers=token, **content)  # type: ignore[arg-type]


@pytest.mark.nightly
def test_what_open_pages_hold_of_uploads_is_counted_until_they_are_over(
    app: Cramped, client: httpx.Client
) -> None:
    client.get("/_stcore/health")  # brings the token
    with script(app, client, "register") as page:
        assert _put(client, page.tab, "one").is_success
        full = _put(client, page.tab, "two")
        assert full.status_code == 429
        assert "5 MB of uploaded files" in full.text
        assert _put(client, page.tab, "one", "DELETE").is_success
        assert _put(client, page.tab, "two").is_success
    with script(app, client, "register") as page:
        tick = Event()
        for _ in range(_LOOKS):  # until the page that was closed is over
            last = _put(client, page.tab, "three")
            if last.status_code != 429:
                break
            tick.wait(_EVERY)
        assert last.is_success, last.text
