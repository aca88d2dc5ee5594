"""The kiosk's picture stands before Streamlit's code has come; its camera is opened once."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.kiosk.test_http_kiosk import open_kiosk
from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import until
from tests.browser.support.server import AppServer

pytestmark = [pytest.mark.browser, pytest.mark.models]

CAMERA = """
  const film = document.createElement("canvas");
  [film.width, film.height] = [640, 480];
  setInterval(() => film.getContext("2d").fillRect(0, 0, 640, 480), 100);
  window.opened = [];
  const devices = navigator.mediaDevices;
  if (devices) devices.getUserMedia = async () => {
    window.opened.push(film.captureStream(10));
    return window.opened.at(-1);
  };
"""
FIRST = "document.querySelector('[data-testid=first-picture] video')"


def _with_camera(browse: Browsers) -> Page:
    page = browse.page()
    page.add_init_script(CAMERA)
    return page


def test_it_stands_before_streamlit_s_code_has_come_and_its_camera_is_taken_over(
    filled: AppServer, browse: Browsers
) -> None:
    page, held, come = _with_camera(browse), list[Route](), False
    core = "**/static/js/index.*.js"
    page.route(core, lambda route: route.continue_() if come else held.append(route))
    page.goto(f"{filled.url}/take_attendance?transport=http", wait_until="commit")
    until(page, f"() => {FIRST}?.videoWidth > 0 && !{FIRST}.paused")
    assert page.get_by_test_id("stApp").count() == 0
    come = True
    for route in held:
        route.continue_()
    expect(page.get_by_test_id("camera")).to_have_attribute("data-state", "ok")
    expect(page.get_by_test_id("first-picture")).to_have_count(0)
    until(page, "() => document.querySelector('.fr-kiosk video').videoWidth > 0")
    assert page.evaluate("() => window.opened.map((one) => one.active)") == [True]
    assert held


def test_a_page_that_turns_out_to_be_no_kiosk_gives_the_camera_up(
    filled: AppServer, browse: Browsers
) -> None:
    page = _with_camera(browse)
    page.goto(f"{filled.url}/take_attendance?kiosk=nobody-knows")
    expect(page.get_by_text("There is no kiosk nobody-knows")).to_be_visible()
    expect(page.get_by_test_id("first-picture")).to_have_count(0)
    until(page, "() => window.opened.length && !window.opened.some((one) => one.active)")


@pytest.mark.nightly
def test_a_camera_without_a_picture_hides_nothing_of_the_page(
    filled: AppServer, browse: Browsers
) -> None:
    page = browse.page()
    page.add_init_script("""
      const film = document.createElement("canvas"), devices = navigator.mediaDevices;
      film.getContext("2d");
      if (devices) devices.getUserMedia = async () => film.captureStream(0);
    """)
    open_kiosk(page, filled, "http")
    expect(page.get_by_test_id("camera")).to_contain_text("Starting the camera")
    expect(page.get_by_test_id("first-picture")).to_have_count(0)


@pytest.mark.nightly
def test_another_camera_that_the_device_remembers_is_asked_for_at_once(
    filled: AppServer, browse: Browsers
) -> None:
    page = _with_camera(browse)
    page.add_init_script("""
      const kept = "face_rec.kiosk.camera";
      if (navigator.mediaDevices) localStorage.setItem(kept, '{"device": "door"}');
      const ask = navigator.mediaDevices?.getUserMedia;
      window.wishes = [];
      const noting = (wish) => { window.wishes.push(wish); return ask(wish); };
      if (ask) navigator.mediaDevices.getUserMedia = noting;
    """)
    kiosk = open_kiosk(page, filled, "http")
    kiosk.expect_picture()
    wishes = page.evaluate("() => window.wishes.map((one) => one.video.deviceId)")
    assert wishes == [{"exact": "door"}]
