"""A kiosk sends little where there is little to see, and all of it as soon as somebody comes.

The camera is a canvas of the page's own that shows an empty room with a sensor's noise until
somebody steps in from one frame to the next; what is sent, and when, is noted where it leaves.
"""

from statistics import median

import pytest
from playwright.sync_api import Page

from tests.browser.kiosk.test_http_kiosk import open_kiosk
from tests.browser.support.chromium import Browsers
from tests.browser.support.server import AppServer
from tests.nightly import every_day_but

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.alone]

WAKES_WITHIN = 150
"""ms, from the first frame on which somebody is to the picture that leaves."""
FULL_RATE = 8
"""Pictures in the second after, of the 14 that a fast machine sends."""
ROOM = """
  const room = document.createElement("canvas");
  [room.width, room.height] = [640, 480];
  const pen = room.getContext("2d"), noise = pen.createImageData(640, 480);
  function draw() {
    for (let at = 0; at < noise.data.length; at += 4) {
      noise.data[at] = noise.data[at + 1] = noise.data[at + 2] = 100 + 12 * Math.random();
      noise.data[at + 3] = 255;
    }
    pen.putImageData(noise, 0, 0);
    if (!window.somebody) return;
    pen.fillStyle = "#c99a7c";
    pen.beginPath();
    pen.ellipse(320 + 6 * Math.sin(performance.now() / 300), 240, 90, 120, 0, 0, 7);
    pen.fill();
  }
  setInterval(draw, 40);
  draw();
  const devices = navigator.mediaDevices;
  if (devices) devices.getUserMedia = async () => room.captureStream(30);
  window.step = (somebody) => { window.somebody = somebody; draw(); return performance.now(); };

  window.sent = [];
  const post = window.fetch;
  window.fetch = (url, ...more) => {
    if (String(url).startsWith("/frames?")) window.sent.push(performance.now());
    return post(url, ...more);
  };
  const { prototype } = CanvasCaptureMediaStreamTrack, request = prototype.requestFrame;
  prototype.requestFrame = function () {
    window.sent.push(performance.now());
    return request.call(this);
  };
"""
"""``sent``: when each picture left, by either way."""
QUIET = """async (seconds) => {
  await new Promise((done) => setTimeout(done, 3000));  // what moved a moment ago keeps it awake
  const before = window.sent.length;
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  return window.sent.length - before;
}"""
COMES = """async () => {
  const before = window.sent.length;  // just sent: the next one of an empty room is far away
  while (window.sent.length === before) await new Promise((done) => setTimeout(done, 5));
  await new Promise((done) => setTimeout(done, 50));
  const came = window.step(true);
  await new Promise((done) => setTimeout(done, 1200));
  window.step(false);
  const since = window.sent.map((at) => at - came).filter((late) => late > 0);
  return [since[0], since.filter((late) => late <= 1000).length];
}"""


def _wakes(page: Page) -> tuple[float, int]:
    """Milliseconds until the first picture leaves after somebody came to an empty room, and how
    many do within a second."""
    page.evaluate(QUIET, 0)
    first, pictures = page.evaluate(COMES)
    return first, pictures


@pytest.mark.parametrize("transport", every_day_but({"webrtc"}, ["http", "webrtc"]))
def test_an_empty_room_is_sent_once_or_twice_a_second_and_who_comes_at_once(
    plain: AppServer, browse: Browsers, transport: str, thorough: bool
) -> None:
    page = browse.page()
    page.add_init_script(ROOM)
    open_kiosk(page, plain, transport).expect_picture(timeout=60_000)
    page.wait_for_function("() => window.sent.length > 2")
    seconds = 10 if thorough else 4
    assert seconds <= page.evaluate(QUIET, seconds) <= 2 * seconds
    woken = [_wakes(page) for _ in range(10 if thorough else 3)]
    assert median(first for first, _ in woken) <= WAKES_WITHIN, woken
    assert median(pictures for _, pictures in woken) >= FULL_RATE, woken
