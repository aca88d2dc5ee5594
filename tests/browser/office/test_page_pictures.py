"""The pictures of README and guide can be taken of the app as it is, all of them."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_pictures import NAMES, SIZE, PicturedServer, take
from tests.browser.support.server import ROOT
from tests.data import Material

_LEAST_COLOURS = 200  # an empty page, or one that only says that something failed, has fewer
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("camera")]


@pytest.mark.nightly
def test_every_picture_of_the_guide_can_be_taken(
    tmp_path: Path, browse: Browsers, material: Material
) -> None:
    if not material.real:
        pytest.skip("a drawn pack does not know the face of the pictures")
    with PicturedServer(tmp_path / "data", material.pack) as server:
        take(server, browse, tmp_path, tmp_path)
    chapters = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    shown = {
        name
        for path in chapters
        for name in re.findall(r"pictures/(\w+)\.webp", path.read_text("utf-8"))
    }
    assert shown == NAMES
    for name in NAMES:
        with Image.open(tmp_path / f"{name}.webp") as picture:
            assert picture.size == SIZE
            assert len(set(picture.resize((160, 100)).getdata())) > _LEAST_COLOURS, name
