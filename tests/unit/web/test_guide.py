"""The guide: every page leads to its chapter, links in chapters lead somewhere, and all of it is
served without anything from elsewhere."""

import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from config import ROOT
from face_rec.access.pages import HELP, Page
from face_rec.web.guide import chapters
from face_rec.web.guide.chapters import find
from face_rec.web.guide.contents import MENU, PICTURES, relinked, sources
from face_rec.web.guide.guide import routes


@pytest.fixture(scope="module")
def browser() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes(lambda: "Müller & <Co>"))) as made:
        yield made


def test_every_page_leads_to_a_chapter_and_a_heading_that_are_there() -> None:
    assert set(HELP) == set(Page)
    for entry, place in HELP.items():
        slug, _, anchor = place.partition("#")
        found = chapters.page(slug)
        assert found is not None, entry
        assert f'id="{anchor}"' in found.html, f"{entry} leads to {place}"


def test_every_chapter_of_the_menu_is_there_once_and_has_a_title_of_its_own() -> None:
    listed = [chapter for part in MENU.values() for chapter in part]
    assert len({one.slug for one in listed}) == len(listed)
    for one in listed:
        assert sources()[one.slug] == one.path
        assert (ROOT / one.path).is_file()
    beside = {f"docs/{path.relative_to(ROOT / 'docs')}" for path in (ROOT / "docs").rglob("*.md")}
    assert beside <= set(sources().values()), "two files of docs have the same place in the guide"


def test_links_between_chapters_lead_to_each_other_and_others_become_their_words(
    browser: TestClient,
) -> None:
    page = browser.get("/guide/privacy")
    assert page.status_code == 200
    links = set(re.findall(r'href="(/guide/[^"#]*)', page.text))
    assert {"/guide/readme", "/guide/strangers"} <= links
    for link in links:
        assert browser.get(link).status_code == 200, link
    text = "[a\nb](gone.md) ![See](x.png) [t](#here) `[c](d.md)`\n```\n[e](f.md)\n```\n"
    told = relinked(text, "README.md", dict[str, str]().get)
    assert told == "a\nb *Picture: See* [t](#here) `c`\n```\n[e](f.md)\n```\n"


def test_a_picture_is_served_and_nothing_beside_the_pictures(browser: TestClient) -> None:
    name = next((ROOT / PICTURES / "kiosk").glob("*.webp")).name
    answer = browser.get(f"/guide/pictures/kiosk/{name}")
    assert answer.headers["content-type"] == "image/webp"
    outside = ("none.webp", "../design.md", "%2e%2e/design.md", "/etc/passwd", "kiosk", "a" * 300)
    for wrong in outside:
        assert browser.get(f"/guide/pictures/{wrong}").status_code == 404, wrong


def test_what_is_looked_for_is_found_by_the_beginnings_of_words(browser: TestClient) -> None:
    first, around = find("BACKUP rest")[0]
    assert (first.slug, first.anchor) == ("deployment", "backup-and-restore")
    assert "backup" in around.casefold()
    assert not find("ackup")
    assert not find("  ")
    page = browser.get("/guide/find", params={"q": '"><script>alert(1)</script>'})
    assert "<script" not in page.text
    assert "Nothing in the guide" in page.text


def test_a_page_of_the_guide_needs_no_script_and_nothing_from_elsewhere(
    browser: TestClient,
) -> None:
    page = browser.get("/guide/")
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"<script|(?:src|stylesheet\" href)=\"(?:https?:)?//", page.text)
    assert "Müller &amp; &lt;Co&gt;" in page.text
    missing = browser.get("/guide/nowhere")
    assert missing.status_code == 404
    assert "no such chapter" in missing.text
