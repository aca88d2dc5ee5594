"""The guide as a site for the web: no broken link, and nothing fetched from elsewhere."""

import re
from pathlib import Path

import pytest

from config import ROOT
from face_rec.web.guide.contents import MENU
from tests import guide_site
from tests.guide_site import build, place


@pytest.mark.heavy
def test_the_site_is_built_without_a_broken_link_and_fetches_nothing_from_elsewhere(
    tmp_path: Path,
) -> None:
    build(tmp_path)
    for chapter in (one for part in MENU.values() for one in part):
        page = tmp_path / place(chapter.path).replace(".md", ".html")
        text = page.read_text("utf-8")
        fetched = re.findall(
            r'(?:src|rel="stylesheet" href|rel="icon" href)="(https?:[^"]+)', text
        )
        assert not fetched, page


def test_a_broken_link_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = (ROOT / "docs" / "guide" / "mkdocs.yml").read_text("utf-8")
    folder = tmp_path / "docs" / "guide"
    folder.mkdir(parents=True)
    (folder.parent / "index.md").write_text("# A\n\n[b](gone.md)\n", "utf-8")
    made = folder / "mkdocs.yml"
    made.write_text(re.sub(r"hooks: .*|theme:(\n .*)+", "", config), "utf-8")
    monkeypatch.setattr(guide_site, "CONFIG", made)
    with pytest.raises(SystemExit, match=r"gone\.md"):
        build(tmp_path / "site")
