"""Every page's words can be read: contrast as WCAG 2.2 AA asks (1.4.3), judged by axe-core."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.chromium import Browsers
from tests.browser.page_state import rest
from tests.browser.server import ROOT, AppServer
from tests.data import Material

pytestmark = pytest.mark.browser

PAGES = ("overview", "records", "records?view=Days", "reports", "people", "register", "settings",
         "models", "privacy", "system", "audit")  # fmt: skip
CONTRAST = {"runOnly": ["color-contrast"]}


@pytest.fixture
def app(tmp_path: Path, material: Material) -> Iterator[AppServer]:
    """The app with the demo's company in it."""
    data = tmp_path / "data"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REDIS_")}
    subprocess.run(
        [sys.executable, "-m", "face_rec", "demo"], cwd=ROOT, check=True, timeout=120,
        env=kept | {"DATA_DIR": str(data), "SITE": "main"},
    )  # fmt: skip
    with AppServer(data, material.pack) as server:
        yield server


def test_no_word_on_any_page_is_too_pale_to_read(app: AppServer, browse: Browsers) -> None:
    page = browse.page()
    pale: dict[str, list[str]] = {}
    for name in PAGES:
        page.goto(f"{app.url}/{name}")
        rest(page)
        found = Axe().run(page, options=CONTRAST).response["violations"]
        pale[name] = [node["html"][:200] for one in found for node in one["nodes"]]
    assert not any(pale.values()), pale
