"""What a browser is given to keep a kiosk as an app, before anybody has shown who they are."""

import io
import json
import re
from dataclasses import fields, replace

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from face_rec.languages.translator import ENGLISH
from face_rec.web.gate.route_rules import Way, rule_for
from face_rec.web.server.installed import AWAY, AwayFiles, Branding, routes
from pages.ui.kiosk import screen_files

FILES = AwayFiles(
    screen_files.away_page(ENGLISH),
    screen_files.AWAY_CSS,
    screen_files.away_script(ENGLISH),
    screen_files.WORKER,
)
BRANDING = Branding(lambda: "Müller & Söhne", lambda: "#1d4ed8")


@pytest.fixture
def browser() -> TestClient:
    return TestClient(Starlette(routes=routes(FILES, BRANDING, "take_attendance")))


def test_the_manifest_opens_that_kiosk_in_the_site_s_name_and_colour(browser: TestClient) -> None:
    answer = browser.get("/kiosk/app.webmanifest?kiosk=front-door")
    assert answer.headers["content-type"] == "application/manifest+json"
    told = json.loads(answer.text)
    assert told["start_url"] == told["id"] == "/take_attendance?kiosk=front-door"
    assert told["name"] == "Müller & Söhne · front-door"
    assert (told["theme_color"], told["display"]) == ("#1d4ed8", "fullscreen")


def test_an_invented_kiosk_s_manifest_is_no_other_than_a_real_one_s(browser: TestClient) -> None:
    texts = {
        browser.get(f"/kiosk/app.webmanifest?kiosk={name}").text.replace(name, "X")
        for name in ("front-door", "invented")
    }
    assert len(texts) == 1


@pytest.mark.parametrize("name", ["", "A", "../x", "a%20b", "x" * 33, "%22%7D"])
def test_what_names_no_kiosk_has_no_manifest(browser: TestClient, name: str) -> None:
    assert browser.get(f"/kiosk/app.webmanifest?kiosk={name}").status_code == 400


def test_every_icon_has_the_size_and_the_ground_that_the_manifest_says(
    browser: TestClient,
) -> None:
    icons = browser.get("/kiosk/app.webmanifest").json()["icons"]
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}
    for icon in icons:
        answer = browser.get(icon["src"])
        assert len(answer.content) < 10_000
        picture = Image.open(io.BytesIO(answer.content)).convert("RGBA")
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
        corner = picture.getpixel((0, 0))
        assert isinstance(corner, tuple)
        assert corner[3] == (255 if icon["purpose"] == "maskable" else 0)
    apple = Image.open(io.BytesIO(browser.get("/kiosk/icons/apple-180.png").content))
    assert apple.size == (180, 180)
    assert browser.get("/kiosk/icons/none.png").status_code == 404


def test_the_worker_may_answer_for_the_kiosk_s_page_and_no_other(browser: TestClient) -> None:
    answer = browser.get("/kiosk/worker.js")
    assert answer.headers["service-worker-allowed"] == "/take_attendance"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("part", [one.name for one in fields(AwayFiles)])
def test_whatever_changes_makes_another_worker(browser: TestClient, part: str) -> None:
    other = replace(FILES, **{part: getattr(FILES, part) + "\n"})
    changed = TestClient(Starlette(routes=routes(other, BRANDING, "take_attendance")))
    assert changed.get("/kiosk/worker.js").text != browser.get("/kiosk/worker.js").text


def test_the_page_for_while_the_server_is_away_holds_no_code_and_asks_nobody_else(
    browser: TestClient,
) -> None:
    page = browser.get("/kiosk/away")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=)", page.text)
    named = set(re.findall(r'(?:src|href)="([^"]+)"', page.text))
    assert named == {*AWAY[1:], "/kiosk/icons/192.png"}
    for path in named:
        assert browser.get(path).status_code == 200


def test_all_of_it_is_open_and_only_the_icons_stay_with_a_browser() -> None:
    for path in (*AWAY, "/kiosk/worker.js", "/kiosk/app.webmanifest", "/kiosk/icons/192.png"):
        rule = rule_for(path)
        assert rule is not None
        assert rule.way is Way.OPEN
        assert rule.keep == path.startswith("/kiosk/icons/")
