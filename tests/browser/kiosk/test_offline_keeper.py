"""What a device keeps while the server is away, in Chromium without an app: the kiosk's script on
a bare page, whose server is the test."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from pages.ui.frame.component_files import joined
from tests.browser.support.chromium import Chromium

pytestmark = pytest.mark.browser

ORIGIN = "http://localhost"
URL = f"{ORIGIN}/kiosk"
PAGE = f"""<!doctype html><div id="root">
<div class="k-offline"><b></b><button>Tap to be noted</button></div><p class="k-kept"></p></div>
<script>{joined("page_parts.js", "kiosk_camera.js", "kiosk_line.js", "kiosk_offline.js")}
const film = Object.assign(document.createElement("canvas"), {{ width: 64, height: 48 }});
film.getContext("2d").fillRect(8, 8, 40, 30);
const video = Object.assign(film, {{ videoWidth: 64, videoHeight: 48 }});
const device = {{ shift: 0, now: Date.now.bind(Date) }};
Date.now = () => device.now() + device.shift;
const line = new LiveLine("/live", "/asks", "s", () => {{}});
line.tick = () => {{}};  // else it asks for a server by itself
const hear = (more) => line.hear({{ at: device.now() / 1000, ...more }});
const kiosk = {{
  data: {{ kiosk: "door" }}, camera: {{ live: true }}, presence: {{ moving: false, dark: false }},
  video, line, state: "server", words: new Words(),
}};
const keeper = new OfflineKeeper(document.querySelector("#root"), kiosk);
const KEY = "{base64.b64encode(bytes(32)).decode()}";
const told = (limits) => hear({{ site: {{ zone: "UTC" }},
  offline: {{ key: KEY, opens: 0, closes: 0, hours: 72, stills: 1000, bytes: 1e8, ...limits }} }});
const gone = () => {{ line.open = false; line.heard = -10; kiosk.state = "server"; }};
const back = () => {{ hear({{ state: {{}} }}); keeper.wait = 0; }};
</script>"""
READY = """async (limits) => {
  told(limits);
  await keeper.told({ ...line.parts, ...line.parts.offline });
  await keeper.store.load();
  gone();
  keeper.tick();
}"""
KEEP = "async (deliberate) => { await keeper.keep(deliberate); }"
NOTES = """async () => {
  await keeper.store.load();
  return keeper.own.map((note) => [note.entry, note.at]);
}"""
HAND_OVER = (
    "async () => { back(); keeper.handing = false; await keeper.handOver(); keeper.show(); }"
)
NO_ROOM = """() => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...what) {
    const asked = put.apply(this, what);
    if (what[0] instanceof Uint8Array) this.transaction.abort();
    return asked;
  };
  const full = new DOMException("", "QuotaExceededError");
  Object.defineProperty(IDBTransaction.prototype, "error", { get: () => full });
}"""
"""Ends each write as a browser does that has no room for it. Chromium's own limits are taken
anew only every half minute."""
FULL = "This device is full. Ask the office to note you."


@dataclass
class Office:
    """The server: what it was sent, and what it says."""

    status: int = 200
    became: str = "taken"
    sent: list[dict[str, str]] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        request = route.request
        if request.method == "GET":
            route.fulfill(body=PAGE, content_type="text/html")
            return
        self.sent.append(
            {name: request.headers[f"x-still{name}"] for name in ("", "-at", "-moved")}
        )
        route.fulfill(status=self.status, json={"became": self.became})

    @property
    def entries(self) -> list[str]:
        return [one[""] for one in self.sent]


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def context(chromium: Chromium, office: Office) -> Iterator[BrowserContext]:
    opened = chromium.shared().new_context()
    opened.route(re.compile("^http://localhost/"), office.answer)
    yield opened
    opened.close()


@pytest.fixture
def opened(context: BrowserContext) -> Callable[..., Page]:
    def page(**limits: int) -> Page:
        made = context.new_page()
        made.goto(URL)
        made.evaluate(READY, limits)
        return made

    return page


def said(page: Page) -> str:
    return page.evaluate("keeper.spoken") or ""


# --- how much


@pytest.mark.parametrize("limits", [{"stills": 4}, {"bytes": 4 * 900}])
def test_a_full_device_says_so_and_keeps_what_came_first(
    opened: Callable[..., Page], office: Office, limits: dict[str, int]
) -> None:
    page = opened(**limits)
    size = page.evaluate("async () => { await keeper.keep(true); return keeper.store.size; }")
    if "bytes" in limits:
        page.evaluate("size => { keeper.limits.bytes = 4 * size; }", size)
    for _ in range(3):
        page.evaluate(KEEP, False)
    by_itself = page.evaluate(NOTES)
    assert len(by_itself) == 4  # 80 % of four are three and a bit: the fourth still fits
    page.evaluate(KEEP, False)
    assert said(page) != FULL  # nobody asked
    page.evaluate(KEEP, True)
    assert said(page) == FULL
    assert page.evaluate(NOTES) == by_itself
    page.evaluate(HAND_OVER)
    assert sorted(office.entries) == sorted(entry for entry, _ in by_itself)
    page.evaluate("gone()")
    page.evaluate(KEEP, True)
    assert said(page).startswith("Saved on this device at")


def test_a_device_whose_storage_is_full_says_so_and_loses_nothing(
    opened: Callable[..., Page], office: Office
) -> None:
    page = opened()
    page.evaluate(KEEP, True)
    kept = page.evaluate(NOTES)
    page.evaluate(NO_ROOM)
    page.evaluate(KEEP, True)
    assert said(page) == FULL
    assert page.evaluate(NOTES) == kept
    page.evaluate(HAND_OVER)
    assert office.entries == [entry for entry, _ in kept]


# --- when


def _noted(page: Page, office: Office) -> tuple[int, dict[str, str]]:
    """When one still was taken, by the true clock (ms), and what came with it."""
    page.evaluate(KEEP, True)
    now: int = page.evaluate("device.now()")
    page.evaluate(HAND_OVER)
    (sent,) = office.sent
    return now, sent


@pytest.mark.parametrize("wrong", [-7 * 3_600_000, 0, 400 * 86_400_000])
def test_a_clock_that_is_wrong_all_the_time_makes_no_wrong_time(
    opened: Callable[..., Page], office: Office, wrong: int
) -> None:
    page = opened()
    page.evaluate("wrong => { device.shift = wrong; told(); gone(); }", wrong)
    now, sent = _noted(page, office)
    assert abs(int(sent["-at"]) - now) < 2000
    assert abs(int(sent["-moved"])) < 2000


def test_a_clock_that_is_set_back_meanwhile_makes_no_wrong_time(
    opened: Callable[..., Page], office: Office
) -> None:
    page = opened()
    page.evaluate("device.shift = -3 * 3600000")
    now, sent = _noted(page, office)
    assert abs(int(sent["-at"]) - now) < 2000
    assert abs(int(sent["-moved"])) < 2000


def test_of_a_clock_that_is_set_forward_meanwhile_the_server_is_told(
    opened: Callable[..., Page], office: Office
) -> None:
    page = opened()
    page.evaluate("device.shift = 3 * 3600000")
    now, sent = _noted(page, office)
    assert abs(int(sent["-at"]) + int(sent["-moved"]) - now) < 2000
    assert abs(int(sent["-moved"]) + 3 * 3_600_000) < 2000


def test_a_clock_that_is_put_right_while_the_server_answers_is_remembered_for_a_restart(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    page.evaluate("() => { device.shift = -86400000; back(); keeper.remembered = -100; }")
    page.evaluate("keeper.tick()")
    page.wait_for_function("async () => (await keeper.recall()).offset > 86000000")
    remembered = page.evaluate("async () => (await keeper.recall()).heard - device.now()")
    assert abs(remembered) < 5000


# --- once


def test_two_tabs_hand_each_over_once(opened: Callable[..., Page], office: Office) -> None:
    first, second = opened(), opened()
    for page in (first, second, first, second):
        page.evaluate(KEEP, True)
    kept = [entry for entry, _ in first.evaluate(NOTES)]
    assert len(kept) == 4
    for page in (first, second):
        page.evaluate("() => { back(); setInterval(() => keeper.tick(), 20); }")
    for page in (first, second):
        expect(page.locator(".k-kept")).to_be_hidden()
        page.wait_for_function("!keeper.own.length")
    assert sorted(office.entries) == sorted(kept)


@pytest.mark.parametrize("status", [401, 403, 404, 422, 500, 503])
def test_what_the_server_does_not_take_now_is_kept(
    opened: Callable[..., Page], office: Office, status: int
) -> None:
    page = opened()
    page.evaluate(KEEP, True)
    kept = page.evaluate(NOTES)
    office.status = status
    page.evaluate(HAND_OVER)
    assert page.evaluate(NOTES) == kept
    office.status = 200
    page.evaluate(HAND_OVER)
    assert page.evaluate(NOTES) == []
    assert len(office.sent) == 2


def test_what_is_never_taken_is_counted_and_said(
    opened: Callable[..., Page], office: Office
) -> None:
    page = opened()
    for _ in range(2):
        page.evaluate(KEEP, True)
    office.became = "refused"
    page.evaluate(HAND_OVER)
    expect(page.locator(".k-kept")).to_contain_text("2 saved on this device could not be taken")
    assert page.evaluate(NOTES) == []
