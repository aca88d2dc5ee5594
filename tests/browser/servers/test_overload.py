"""A running server whose load is told: what gives way does so in its order, and marks never."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.browser.support.hand_made import script, signed_in
from tests.browser.support.sign_in import PASSWORD, ServerWithoutModel, new_account
from tests.soak.tablet import tablet

pytestmark = pytest.mark.browser  # a whole server, and no browser

PERSON = {"Accept": "text/html"}
_LOOKS, _EVERY = 600, 0.1
_TOLD = """
import asyncio, pathlib, app
from face_rec.web.gate import shedding
async def told():
    await asyncio.sleep(0.02)
    return float(pathlib.Path({place!r}).read_text())
shedding.lateness = told
app.main()
"""
_MADE = """
from face_rec.access.rights import Scope
from face_rec.kiosks.kiosk import KioskRecord
access.devices._kiosk = KioskRecord  # commands do not know the kiosks
scopes = frozenset({Scope.ATTENDANCE_READ, Scope.METRICS_READ})
found = [access.tokens.create("Payroll", scopes, 30, "test")[1], access.devices.link("main")]
"""


class Loaded(ServerWithoutModel):
    """Its event loop is as late as the file says."""

    @property
    def place(self) -> Path:
        return self.data_dir.parent / "late"

    def command(self) -> list[str]:
        return [sys.executable, "-c", _TOLD.format(place=str(self.place))]

    def tell(self, late: float) -> None:
        beside = self.place.with_suffix(".new")
        beside.write_text(str(late), "utf-8")
        beside.replace(self.place)

    def enter(self, role: str) -> httpx.Client:
        name = new_account(self, role.lower(), role)
        return signed_in(self, "/login", {"name": name, "password": PASSWORD})


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Loaded]:
    server = Loaded(tmp_path / "data", tmp_path / "no-pack")
    server.tell(0.0)
    with server:
        yield server


def _until(true: Callable[[], bool]) -> None:
    tick = Event()
    for _ in range(_LOOKS):
        if true():
            return
        tick.wait(_EVERY)
    raise AssertionError("it never was")


def _shed(program: httpx.Client) -> float:
    """The level that /metrics tells."""
    lines = program.get("/metrics").text.splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("face_rec_load_shed")))


def _opens(app: Loaded, client: httpx.Client, page: str) -> bool:
    try:
        with script(app, client, page):
            return True
    except InvalidStatus:
        return False


@pytest.mark.nightly
def test_pages_wait_and_kiosks_open_pages_and_the_admin_s_go_on(app: Loaded) -> None:
    token, link = app.beside.run(_MADE)
    manager, admin = app.enter("MANAGER"), app.enter("ADMIN")
    headers = {"Authorization": f"Bearer {token}"}
    with (
        closing(manager),
        closing(admin),
        httpx.Client(base_url=app.url, headers=headers, timeout=60) as program,
        script(app, manager, "overview") as open_before,
    ):
        assert program.get("/api/v1/attendance").status_code == 200
        app.tell(30.0)
        _until(lambda: _shed(program) == 3)

        page = manager.get("/records", headers=PERSON)
        assert page.status_code == 503
        assert "people at the kiosks come first" in page.text
        assert page.headers["refresh"] == page.headers["retry-after"] == "10"
        assert not _opens(app, manager, "records")
        refused = program.get("/api/v1/attendance")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
        assert refused.json()["error"]["code"] == "unavailable"

        assert open_before.run(), "what is open goes on"
        with tablet(app.url, "main", link) as kiosk:
            assert kiosk, "a kiosk's device, and its live line"
        assert admin.get("/system", headers=PERSON).status_code == 200
        assert _opens(app, admin, "system")
        ready = admin.get("/readyz").json()
        load = next(check for check in ready["checks"] if check["name"] == "load")
        assert "new pages and the API wait" in json.dumps(load)

        app.tell(0.0)
        _until(lambda: _shed(program) == 0)
        assert manager.get("/records", headers=PERSON).status_code == 200
        assert _opens(app, manager, "records")
        assert program.get("/api/v1/attendance").status_code == 200
