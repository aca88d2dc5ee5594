"""Streamlit's own files go compressed, once a browser, and nothing else goes by that way."""

import gzip
import io
import re
import tomllib
from pathlib import Path

import brotli
import pytest
import streamlit
from fontTools.ttLib import TTFont
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from config import ROOT
from face_rec.access.pages import Page
from face_rec.web.server import assets, mending
from face_rec.web.server.assets import Assets
from tests import icon_font

STATIC = Path(streamlit.__file__).parent / "static"
SCRIPT = next((STATIC / "static/js").glob("protobuf.*.js"))
LETTERS = next((STATIC / "static/media").glob("SourceSansVF-Italic.*.woff2"))


async def _theirs(request: Request) -> Response:
    return PlainTextResponse("streamlit's own answer")


def _app() -> Starlette:
    routes = [Route("/{path:path}", _theirs, methods=["GET", "POST"])]
    return Starlette(routes=routes, middleware=[Middleware(Assets, folder=STATIC)])


@pytest.fixture(scope="module")
def app() -> Starlette:
    """Reads Streamlit's files and packs what was asked for, once."""
    return _app()


@pytest.fixture
def browser(app: Starlette) -> TestClient:
    return TestClient(app)


def _raw(browser: TestClient, path: str, coding: str) -> tuple[bytes, dict[str, str]]:
    """The bytes on the line, before the client unpacks them."""
    with browser.stream("GET", path, headers={"accept-encoding": coding}) as answer:
        return b"".join(answer.iter_raw()), dict(answer.headers)


def test_a_script_comes_in_the_coding_that_the_browser_takes(browser: TestClient) -> None:
    plain = SCRIPT.read_bytes()
    path = f"/static/js/{SCRIPT.name}"
    best, told = _raw(browser, path, "gzip, deflate, br, zstd")
    assert (told["content-encoding"], brotli.decompress(best)) == ("br", plain)
    assert len(best) < len(plain) / 8
    second, told = _raw(browser, path, "br;q=0, gzip")
    assert (told["content-encoding"], gzip.decompress(second)) == ("gzip", plain)
    third, told = _raw(browser, path, "identity")
    assert third == plain
    assert "content-encoding" not in told
    assert told["vary"] == "Accept-Encoding"
    assert told["content-length"] == str(len(plain))


def test_files_with_a_hash_in_their_name_are_kept_for_ever(browser: TestClient) -> None:
    for path in (f"/static/js/{SCRIPT.name}", f"/static/media/{LETTERS.name}"):
        told = browser.get(path).headers
        assert told["cache-control"] == "public, max-age=31536000, immutable"
    named = re.compile(r"\.[\w-]{8}\.\w+$")
    files = [path.name for path in (STATIC / "static").rglob("*") if path.is_file()]
    assert [name for name in files if not named.search(name)] == []


def test_so_is_the_script_that_mends_streamlit(browser: TestClient) -> None:
    answer = browser.get(f"/static/js/{mending.SCRIPT.name}")
    assert answer.content == mending.SCRIPT.content
    assert "immutable" in answer.headers["cache-control"]


def test_and_the_one_that_a_page_begins_with() -> None:
    begins = Middleware(Assets, folder=STATIC, first={Page.TAKE_ATTENDANCE: "begin();"})
    browser = TestClient(Starlette(middleware=[begins]))
    (name,) = re.findall(r"first\.[0-9a-f]{8}\.js", browser.get("/take_attendance").text)
    answer = browser.get(f"/static/js/{name}")
    assert answer.text == "begin();"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/component/streamlit_webrtc.component.webrtc_streamer/assets/index-rcVU95cS.js", True),
     ("/component/a.b/index.html", False), ("/component/a.b/assets/index.js", False),
     ("/component/a.b/assets/x/index-rcVU95cS.js", False), ("/media/index-rcVU95cS.js", False)],
)  # fmt: skip
def test_so_are_the_hashed_files_of_components(browser: TestClient, path: str, kept: bool) -> None:
    answer = browser.get(path)
    assert answer.text == "streamlit's own answer"
    assert ("immutable" in answer.headers.get("cache-control", "")) is kept
    assert "cache-control" not in browser.post(path).headers


def test_a_font_is_packed_already(browser: TestClient) -> None:
    body, told = _raw(browser, f"/static/media/{LETTERS.name}", "br")
    assert (body, told["content-type"]) == (LETTERS.read_bytes(), "font/woff2")
    assert "content-encoding" not in told


def test_the_icons_are_those_that_pages_can_show(browser: TestClient) -> None:
    """Run ``python -m tests.icon_font`` when this fails: Streamlit or our pages have new ones."""
    path = f"/static/media/{icon_font.SOURCE.name}"
    body, told = _raw(browser, path, "br")
    assert body == icon_font.MADE.read_bytes()
    assert len(body) < icon_font.SOURCE.stat().st_size / 4
    assert told["cache-control"] == "no-cache"  # its name tells nothing of our choice
    whole, part = (icon_font.icons(TTFont(io.BytesIO(font))) for font in
                   (icon_font.SOURCE.read_bytes(), body))  # fmt: skip
    wanted = icon_font.needed() & set(whole)
    assert {"add_a_photo", "close", "keyboard_arrow_down", "search"} <= wanted
    assert wanted <= set(part)


def test_letters_that_nobody_sees_are_not_sent(browser: TestClient) -> None:
    answer = browser.get(f"/static/media/{icon_font.LETTERS.name}")
    assert len(answer.content) < 5_000
    assert set(TTFont(io.BytesIO(answer.content)).getBestCmap()) == {ord(" ")}
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]
    assert "Source" not in theme["font"]
    assert theme["font"].endswith("sans-serif")  # so that Source Sans is never reached


def test_an_icon_font_of_another_streamlit_is_served_whole(tmp_path: Path) -> None:
    """Its name has another hash then."""
    media = tmp_path / "static/media"
    media.mkdir(parents=True)
    (media / "MaterialSymbols-Rounded.AAAAAAAA.woff2").write_bytes(b"new")
    (tmp_path / "index.html").write_text("")
    app = Starlette(middleware=[Middleware(Assets, folder=tmp_path)])
    path = "/static/media/MaterialSymbols-Rounded.AAAAAAAA.woff2"
    assert TestClient(app).get(path).content == b"new"


def test_each_file_is_compressed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser, made = TestClient(_app()), list[Path]()
    make = assets._make

    def counted(file: assets._File, coding: str) -> tuple[bytes, str]:
        made.append(file.path)
        return make(file, coding)

    monkeypatch.setattr(assets, "_make", counted)
    for _ in range(3):
        _raw(browser, f"/static/js/{SCRIPT.name}", "br")
    assert made == [SCRIPT]


def test_who_has_it_is_told_so(browser: TestClient) -> None:
    for path in ("/", f"/static/js/{SCRIPT.name}"):
        tag = browser.get(path).headers["etag"]
        again = browser.get(path, headers={"if-none-match": f'"x", {tag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert browser.get(path, headers={"accept-encoding": "gzip"}).headers["etag"] != tag


def test_the_start_page_is_asked_for_anew_and_loads_no_letters_that_nobody_sees(
    browser: TestClient,
) -> None:
    for path in ("/", "/overview", "/take_attendance?kiosk=door"):
        answer = browser.get(path)
        assert answer.headers["cache-control"] == "no-cache"
        assert '<div id="root">' in answer.text
        assert "modulepreload" in answer.text
        assert 'as="font"' not in answer.text
    assert 'as="font"' in (STATIC / "index.html").read_text("utf-8")  # else the rule is idle


def test_head_says_what_get_would(browser: TestClient) -> None:
    path = f"/static/js/{SCRIPT.name}"
    head, got = browser.head(path), browser.get(path)
    assert head.content == b""
    assert {**head.headers} == {**got.headers}


@pytest.mark.parametrize(
    "path",
    ["/static/nothing.js", "/static/", "/static/js", "/static/js/..%2f..%2findex.html",
     "/static/%2e%2e/%2e%2e/__init__.py", "/static//etc/passwd"],
)  # fmt: skip
def test_no_other_file_comes_and_no_page_in_its_place(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.text) in {
        (404, "There is no such file."), (200, "streamlit's own answer"),
    }  # fmt: skip
    assert browser.get("/static/nothing.js").status_code == 404


@pytest.mark.parametrize("path", ["/media/x.csv", "/_stcore/health", "/api/v1/people", "/login"])
def test_everything_else_goes_on_as_it_is(browser: TestClient, path: str) -> None:
    assert browser.get(path).text == "streamlit's own answer"
    assert browser.post("/").text == "streamlit's own answer"


def test_no_page_puts_an_icons_name_together() -> None:
    """The part of the font that is served holds the names that stand in our pages in full."""
    pieced = re.compile(r":material/[a-z0-9_]*[{%]")
    found = [
        f"{path.name}: {match.group()}"
        for path in (ROOT / "pages").rglob("*.py")
        for match in pieced.finditer(path.read_text("utf-8"))
    ]
    assert not found


def test_a_kiosk_names_no_button_that_a_full_screen_does_not_show() -> None:
    """What a card says of camera and line is read without the page's buttons; the one in
    quotation marks is the browser's own question."""
    said = (ROOT / "pages" / "ui" / "assets" / "camera_words.js").read_text("utf-8")
    assert set(re.findall(r"“([^”]+)”", said)) == {"Allow"}
    assert not re.search(r"\b(above|below)\b", said)
