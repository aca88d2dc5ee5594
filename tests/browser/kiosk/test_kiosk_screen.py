"""Every state of the kiosk's screen: said in words, readable, fitting whatever hangs on the wall.

The page is the real one; what the server tells it over the live line is written here.
"""

import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from face_rec.domain.liveness import Colour, Side
from face_rec.journey.liveness.challenge import TURNS
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import NIGHT, Shot, make_camera
from tests.browser.support.page_state import press, rest
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import AppServer
from tests.browser.support.told_kiosk import (
    CAMERA,
    OFFER,
    OUT,
    ROOM,
    SERIOUS,
    SITE,
    SIZES,
    STATES,
    TROUBLES,
    ToldLine,
    asked,
    coloured,
    face,
    fail_camera,
    misfits,
    said,
    serious,
)  # fmt: skip
from tests.nightly import every_day_but

pytestmark = [pytest.mark.browser, pytest.mark.models]

HTTP_EVERY_DAY = pytest.mark.parametrize(
    "transport", every_day_but({"webrtc"}, ["webrtc", "http"])
)
STANDS_STILL = """() => {
  const screen = [...document.querySelectorAll('*')].find(one => one.live?.screen).live;
  Object.defineProperty(screen.presence, 'moving', { get: () => window.moves }); }"""
SETTLED = "() => !document.getAnimations().some(one => one instanceof CSSTransition)"
MINUTES = 3
"""After which a screen rests before which nobody is."""
COLOURS_SEEN = """() => {
  window.coloursSeen = [];
  const { live } = [...document.querySelectorAll('*')].find(one => one.live?.turn);
  const { box } = live.turn.colours;
  new MutationObserver(() => {
    const now = box.hidden ? "" : box.style.backgroundColor, seen = window.coloursSeen;
    if (now !== seen.at(-1)?.[1]) seen.push([performance.now(), now]);
  }).observe(box, { attributes: true, attributeFilter: ["style", "hidden"] }); }"""
"""Writes down each change of the box of colours."""
SHOWS = "box => !box.hidden && box.textContent.includes('%d / 12')"
FILLS = """box => { const { left, top, width, height } = box.getBoundingClientRect();
  return left <= 0 && top <= 0 && width >= innerWidth && height >= innerHeight
    && box.getRootNode().elementFromPoint(4, 4) === box; }"""
"""Whether it covers the window, and nothing lies over it."""
TURN = "box => box.getRootNode().querySelector('.k-turn').dataset.side === '%s'"
SPOKEN = """
  window.spoken = [];
  Object.defineProperty(window, 'speechSynthesis', { value: {
    pending: false, cancel() {},
    speak: (words) => window.spoken.push([words.lang, words.text]) } });
"""


def _opened(
    browse: Browsers, plain: AppServer, transport: str = "http"
) -> tuple[KioskScreen, ToldLine]:
    page = browse.page()
    page.add_init_script(ROOM)
    page.add_init_script(CAMERA)
    line = ToldLine(page)
    page.goto(f"{plain.url}/take_attendance?transport={transport}")
    kiosk = KioskScreen(page)
    kiosk.expect_picture(timeout=60_000)
    return kiosk, line


def _telling(page: Page, line: ToldLine, parts: dict[str, object], words: str) -> None:
    line.tell(**parts)
    shown = page.locator(".k-frame").get_by_text(words).filter(visible=True)
    expect(shown.first).to_be_visible()


@HTTP_EVERY_DAY
def test_every_state_is_said_readably_and_fits_every_screen(
    plain: AppServer, browse: Browsers, transport: str, thorough: bool
) -> None:
    kiosk, line = _opened(browse, plain, transport)
    page = kiosk.page
    page.emulate_media(reduced_motion="reduce")  # a card that comes in is paler for a moment
    wrong: list[str] = []
    for number, (name, (parts, words)) in enumerate(STATES.items()):
        _telling(page, line, parts, words)
        wrong += [f"{name}: {one}" for one in serious(page)]
        in_turn = ("narrow", ("display", "phone", "lying")[number % 3])
        for size in tuple(SIZES) if thorough else in_turn:
            _telling(page, line, parts, words)
            wrong += [f"{name}, {one}" for one in misfits(page, (size,))]
    assert not wrong


@HTTP_EVERY_DAY
def test_why_there_is_no_picture_is_said_readably_and_fits_every_screen(
    plain: AppServer, browse: Browsers, transport: str, thorough: bool
) -> None:
    sizes = tuple(SIZES) if thorough else ("phone",)
    kiosk, line = _opened(browse, plain, transport)
    wrong: list[str] = []
    for state, (error, words) in TROUBLES.items():
        fail_camera(kiosk.page, error)
        expect(kiosk.camera).to_have_attribute("data-state", state, timeout=60_000)
        expect(kiosk.camera).to_contain_text(words)
        wrong += [f"{state}: {one}" for one in serious(kiosk.page)]
        for size in sizes:
            line.tell()
            expect(kiosk.camera).to_have_attribute("data-state", state)
            wrong += [f"{state}, {one}" for one in misfits(kiosk.page, (size,))]
    fail_camera(kiosk.page, "")
    kiosk.expect_picture(timeout=60_000)
    line.silent = True
    expect(kiosk.camera).to_have_attribute("data-state", "server")
    wrong += [f"server: {one}" for one in (*serious(kiosk.page), *misfits(kiosk.page))]
    assert not wrong


def test_a_screen_whose_camera_is_covered_says_so_and_asks_nobody_to_look_at_it(
    plain: AppServer, browse: Browsers, tmp_path: Path
) -> None:
    shots = [Shot([NIGHT], 8), Shot([], 8)]
    page = browse.page(make_camera(tmp_path / "g.mjpeg", shots))
    page.goto(f"{plain.url}/take_attendance?transport=http")
    kiosk = KioskScreen(page)
    kiosk.expect_banner("The camera sees nothing: uncover it, or turn on the light")
    kiosk.expect_banner("Look at the camera")


def test_a_press_after_the_mark_is_sent_and_shown_once_it_is_kept(
    plain: AppServer, browse: Browsers
) -> None:
    kiosk, line = _opened(browse, plain)
    marked, offer = said("marked", "Ana", OUT), OFFER
    line.tell(banners=[marked], choice=offer)
    way = kiosk.page.get_by_test_id("choice").get_by_role("button", name="Break")
    kiosk.page.wait_for_timeout(600)  # a press before that was meant for who stood there before
    way.click()
    way.click()  # a double click asks once
    expect(way).to_have_attribute("aria-pressed", "false")
    line.tell(banners=[marked], choice=offer | {"chosen": "break"})
    expect(way).to_have_attribute("aria-pressed", "true")
    line.tell()
    expect(kiosk.page.get_by_test_id("choice")).to_be_hidden()
    pressed = [said["press"] for said in line.heard if "press" in said]
    assert pressed == [{"event": "e1", "way": "break"}]


def test_a_turn_of_the_head_is_said_to_be_shown_once_it_is_and_once(
    plain: AppServer, browse: Browsers
) -> None:
    kiosk, line = _opened(browse, plain)
    page, turn = kiosk.page, kiosk.page.get_by_test_id("turn")
    for side, done in ((Side.LEFT, 0), (None, 0), (Side.RIGHT, 1)):
        for _ in range(3):
            line.tell(**asked(side, done))
        expect(turn).to_have_attribute("data-side", side or "back")
        expect(turn).to_contain_text(f"Turn {done + 1} of {TURNS}")
        expect(turn).to_contain_text("Ask the office")  # no PIN here
        # Who does not see the arrow is told, at once.
        expect(page.get_by_test_id("greeting")).to_have_attribute("aria-live", "assertive")
        words = f"Turn your head to the {side}" if side else "Look at the camera again"
        expect(page.get_by_test_id("greeting")).to_contain_text(words)
    for _ in range(100):
        shown = [one["turn"]["nonce"] for one in line.heard if "turn" in one]
        if len(shown) == 2:
            break
        page.wait_for_timeout(50)
    assert shown == ["left0", "right1"]
    line.tell(challenge=None)
    expect(turn).to_be_hidden()
    expect(page.get_by_test_id("greeting")).to_have_attribute("aria-live", "polite")


def _until(page: Page, line: ToldLine, parts: dict[str, object], holds: str) -> None:
    """The server goes on saying so until the page says that ``holds``, of the box of colours."""
    colours = page.get_by_test_id("colours")
    for _ in range(600):
        line.tell(**parts)
        if colours.evaluate(holds):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {holds}")


def test_colours_fill_the_screen_follow_each_other_slowly_and_end_at_once(
    plain: AppServer, browse: Browsers
) -> None:
    kiosk, line = _opened(browse, plain)
    page, palette = kiosk.page, [one.value for one in Colour]
    page.evaluate(COLOURS_SEEN)
    for number in range(12):  # as fast as a broken server might
        line.tell(**coloured(number, palette[number % 4]))
    _until(page, line, coloured(11, palette[3]), SHOWS % 12)
    _until(page, line, coloured(11, palette[3]), FILLS)
    _until(page, line, {"challenge": None}, "box => box.hidden")  # whoever it was has left
    _until(page, line, coloured(20, palette[0]), SHOWS % 21)  # and the next one comes
    seen: list[tuple[float, str]] = page.evaluate("window.coloursSeen")
    drawn = [number for number, (_, colour) in enumerate(seen) if colour and number]
    assert len(drawn) >= 2
    gaps = [seen[number][0] - seen[number - 1][0] for number in drawn]
    assert min(gaps) > 1000 / 3, "more than three changes a second, or shown again at once"
    for _ in range(100):
        if {"c11", "c20"} <= _shown(line):
            break
        page.wait_for_timeout(50)
    assert {"c11", "c20"} <= _shown(line)

    page.emulate_media(reduced_motion="reduce")
    _until(page, line, coloured(30, palette[1]), "box => box.hidden")
    _until(page, line, asked(Side.LEFT, 0), TURN % "left")
    _until(page, line, coloured(31, palette[2]), TURN % "back")
    assert page.get_by_test_id("colours").is_hidden()
    _until(page, line, asked(Side.RIGHT, 1), TURN % "right")
    for _ in range(100):
        if "right1" in _shown(line):
            break
        page.wait_for_timeout(50)
    assert not {"c30", "c31"} & _shown(line)


def _shown(line: ToldLine) -> set[str]:
    """What the screen has said that it shows."""
    return {one["turn"]["nonce"] for one in line.heard if "turn" in one}


def test_an_empty_scene_costs_a_picture_or_two_a_second_and_a_hidden_tab_none(
    plain: AppServer, browse: Browsers
) -> None:
    kiosk, line = _opened(browse, plain)
    page = kiosk.page
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if "/frames?" in one.url else None)
    line.tell()
    page.wait_for_timeout(3000)
    sent.clear()
    for _ in range(6):  # a line that is silent for three seconds is a server that is away
        line.tell()
        page.wait_for_timeout(1000)
    assert 2 <= len(sent) <= 13
    page.evaluate("""() => {
      Object.defineProperty(document, 'hidden', {get: () => true, configurable: true});
      document.dispatchEvent(new Event('visibilitychange')); }""")
    expect(kiosk.camera).to_have_attribute("data-state", "hidden")
    page.wait_for_timeout(1000)
    sent.clear()
    line.tell()
    page.wait_for_timeout(2000)
    assert not sent


def test_the_line_comes_back_by_itself_and_its_silence_issaid(
    plain: AppServer, browse: Browsers
) -> None:
    kiosk, line = _opened(browse, plain)
    first = len(line.sockets)
    line.sockets[-1].close()
    began = time.monotonic()
    while len(line.sockets) == first and time.monotonic() - began < 10:
        kiosk.page.wait_for_timeout(50)
    assert time.monotonic() - began < 3, "the line was not opened again"
    kiosk.expect_picture()
    expect(kiosk.camera).to_have_attribute("data-state", "server")  # nobody tells it anything
    kiosk.expect_picture()  # a line that is silent is cut, and a new one begins by telling all
    assert {"transport", "camera", "rate", "dark", "battery", "state", "version"} == set(
        line.heard[-1]["beat"]
    )


def _passes(page: Page, line: ToldLine, seconds: int, **parts: object) -> None:
    """Time, while the server goes on telling: a line that is silent is trouble, not rest."""
    for _ in range(seconds):
        page.clock.run_for(1000)
        line.tell(**parts)


@pytest.mark.nightly
def test_after_minutes_with_nobody_a_screen_rests_and_wakes_at_once(
    plain: AppServer, browse: Browsers
) -> None:
    page = browse.page(size=SIZES["upright"])
    page.add_init_script(ROOM)
    page.clock.install()
    line = ToldLine(page)
    page.goto(f"{plain.url}/take_attendance?transport=http")
    KioskScreen(page).expect_picture(timeout=60_000)
    screen, listed = page.locator(".fr-kiosk"), STATES["listed"][0] | STATES["welcomed"][0]
    page.evaluate(f"({STANDS_STILL})()")

    def rests() -> None:
        page.evaluate("window.moves = false")
        line.tell()
        expect(screen).not_to_contain_class("k-dim")
        _passes(page, line, 60 * MINUTES - 15)
        expect(screen).not_to_contain_class("k-dim")
        _passes(page, line, 20)
        expect(screen).to_contain_class("k-dim")

    rests()
    _passes(page, line, 2, **listed)
    page.wait_for_function(SETTLED)
    assert not serious(page)
    line.tell()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))  # no tick is needed for what follows
    line.tell(banners=[said("idle", "One moment", "Keep looking")], scene=face("looking"))
    expect(screen).not_to_contain_class("k-dim")
    page.clock.resume()
    rests()
    page.evaluate("window.moves = true")
    expect(screen).not_to_contain_class("k-dim")
    rests()
    screen.dispatch_event("pointerdown")
    expect(screen).not_to_contain_class("k-dim")


def test_a_mark_is_spoken_where_the_office_wants_it_once_and_not_after_the_button(
    plain: AppServer, browse: Browsers
) -> None:
    page = browse.page()
    page.add_init_script(ROOM)
    page.add_init_script(SPOKEN)
    line = ToldLine(page)
    page.goto(f"{plain.url}/take_attendance?transport=http")
    KioskScreen(page).expect_picture(timeout=60_000)

    def marked(number: int, **site: object) -> None:
        maria = said("marked", "Maria K.", "Marked at 08:12 · In: welcome")
        line.tell(site=SITE | site, banners=[maria | {"sound": f"marked:{number}"}])
        line.tell(site=SITE | site, banners=[maria | {"sound": f"marked:{number}"}])
        expect(page.get_by_text("In: welcome")).to_be_visible()

    marked(1)
    marked(2, voice=True)
    page.get_by_role("button", name="Touch for sound").or_(
        page.get_by_role("button", name="Sound on")
    ).dispatch_event("click")
    page.evaluate("localStorage.setItem('face_rec.kiosk.sound', 'off:01')")
    marked(3)  # the office wants nothing: what was pressed is over
    marked(4, voice=True)
    assert page.evaluate("window.spoken") == [["en-GB", "Maria K. Marked at 08:12. In: welcome."]]
    expect(page.get_by_role("button", name="Sound off")).to_be_visible()


def test_what_is_chosen_on_the_page_of_kiosks_is_on_an_open_screen_within_seconds(
    plain: AppServer, browse: Browsers, tmp_path: Path
) -> None:
    picture = tmp_path / "logo.png"
    Image.new("RGB", (400, 120), "#1d4ed8").save(picture)
    screen = browse.page()
    screen.add_init_script(ROOM)
    screen.goto(f"{plain.url}/take_attendance?transport=http")
    KioskScreen(screen).expect_picture(timeout=60_000)
    expect(screen.locator(".k-logo")).to_be_hidden()

    office = browse.page()
    office.goto(f"{plain.url}/kiosks")
    rest(office)
    press(office.get_by_role("button", name="Look and sound"))
    dialog = office.get_by_role("dialog")
    dialog.get_by_label("Welcome", exact=True).fill("Good <b>morning</b>")
    dialog.get_by_label("Welcome", exact=True).press("Tab")
    expect(dialog.locator(".fr-look em")).to_have_text("Good <b>morning</b>")
    dialog.locator("input[type=file]").set_input_files(picture)
    expect(dialog.locator(".fr-look img")).to_be_visible()
    rest(office)
    found = Axe().run(office, context="[role=dialog]").response["violations"]
    assert not [one["id"] for one in found if one["impact"] in SERIOUS]
    press(dialog.get_by_role("button", name="Save"))
    expect(dialog).to_have_count(0)
    expect(screen.locator(".k-welcome")).to_have_text("Good <b>morning</b>", timeout=5_000)
    expect(screen.locator(".k-logo")).to_be_visible()
    assert screen.evaluate("document.querySelector('.k-logo').naturalWidth") == 400
