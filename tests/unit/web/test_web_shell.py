"""The start page names the code that its page will draw with, and nothing that is not there."""

import re
from functools import cache
from pathlib import Path

import pytest
import streamlit

from face_rec.access.pages import Page
from face_rec.web.server import mending
from face_rec.web.server.assets import AHEAD, shells
from face_rec.web.server.start_script import StartScript

STATIC = Path(streamlit.__file__).parent / "static"
SCRIPTS = STATIC / "static" / "js"


def ahead(page: str) -> list[str]:
    return re.findall(r'modulepreload" crossorigin href="\./static/js/([^"]+)"', _text(page))


@cache
def _shells() -> dict[str, bytes]:
    return dict(shells(STATIC, {}))


def _text(page: str) -> str:
    return _shells()[page].decode()


@pytest.mark.parametrize("page", list(Page))
def test_every_file_named_is_there_and_named_once(page: Page) -> None:
    named = ahead(f"/{page.path}")
    assert len(named) == len(set(named))
    assert all((SCRIPTS / name).is_file() for name in named)


@pytest.mark.parametrize("page", list(AHEAD))
def test_this_streamlit_has_every_element_by_that_name(page: Page) -> None:
    named = {name.partition(".")[0] for name in ahead(f"/{page.path}")}
    assert set(AHEAD[page]) <= named


def test_what_an_element_needs_comes_with_it() -> None:
    named = set(ahead("/records"))
    for name in named:
        text = (SCRIPTS / name).read_text(encoding="utf-8")
        needed = set(re.findall(r'from"\./([\w.-]+\.js)"', text))
        assert needed <= named | {SCRIPTS.joinpath(one).name for one in _core()}


def _core() -> list[str]:
    index = (STATIC / "index.html").read_text(encoding="utf-8")
    return re.findall(r"static/js/([\w.-]+\.js)", index)


def test_what_mends_streamlit_runs_before_it() -> None:
    text = _text("/records")
    ours = text.index(f'<script defer src="./static/js/{mending.SCRIPT.name}">')
    assert ours < text.index('<script type="module"')


def test_a_page_s_own_script_waits_for_none_of_streamlit_s_and_stands_on_that_page_alone() -> None:
    ours = {Page.TAKE_ATTENDANCE: StartScript.of("first", "begin();")}
    made = {path: page.decode() for path, page in shells(STATIC, ours).items()}
    assert [path for path, page in made.items() if "async" in page] == ["/take_attendance"]
    assert re.search(r'async src="\./static/js/first\.[0-9a-f]{8}\.js"', made["/take_attendance"])


def test_a_page_without_a_table_does_not_fetch_one() -> None:
    assert not any(name.startswith("DataFrame") for name in ahead("/take_attendance"))


def test_the_start_page_is_the_overviews() -> None:
    assert _text("/") == _text("/index.html") == _text("/overview")


def test_what_another_streamlit_does_not_have_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "static" / "js").mkdir(parents=True)
    (tmp_path / "index.html").write_text("<html><head></head></html>")
    (tmp_path / "static" / "js" / "DataFrame.x.js").write_text('import{a}from"./gone.y.js";')
    page = shells(tmp_path, {})["/records"]
    assert b"DataFrame.x.js" in page
    assert b"gone.y.js" not in page
