"""The kiosk in other languages: every state is said in it, fits every screen, and is mirrored
where the script runs from right to left."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from face_rec.languages.translator import Translator, Translators
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.page_state import press
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import AppServer
from tests.browser.support.told_kiosk import (
    CAMERA,
    SITE,
    SIZES,
    ToldLine,
    fail_camera,
    misfits,
    serious,
)  # fmt: skip
from tests.data import Material
from tests.kiosk_states import spoken_states

pytestmark = [
    pytest.mark.browser,
    pytest.mark.models,
    pytest.mark.xdist_group("kiosk_languages"),
]

VOICES = """
  window.spoken = [];
  Object.defineProperty(window, 'speechSynthesis', { value: {
    pending: false, cancel() {},
    getVoices: () => (window.tongues ?? []).map((lang) => ({ lang, localService: true })),
    speak: (words) => window.spoken.push([words.lang, words.text]) } });
  window.tones = 0;
  const { createOscillator } = BaseAudioContext.prototype;
  BaseAudioContext.prototype.createOscillator = function () {
    window.tones += 1;
    return createOscillator.call(this);
  };
  Object.defineProperty(window.SpeechSynthesisUtterance.prototype, 'voice', { set() {} });
"""


class Speaking(AppServer):
    """The app of a site that speaks this language."""

    language = "en"

    def environment(self) -> dict[str, str]:
        return super().environment() | {"SITE_LANGUAGE": self.language}


@pytest.fixture(scope="module")
def arabic(tmp_path_factory: pytest.TempPathFactory, material: Material) -> Iterator[AppServer]:
    server = Speaking(tmp_path_factory.mktemp("ar") / "data", material.pack)
    server.language = "ar"
    with server:
        yield server


def _opened(browse: Browsers, app: AppServer, folder: Path) -> tuple[Page, ToldLine]:
    page = browse.page(make_camera(folder / "a.mjpeg", [Shot([], 4)]))
    page.add_init_script(CAMERA)
    page.add_init_script(VOICES)
    line = ToldLine(page)
    page.goto(f"{app.url}/take_attendance?transport=http")
    KioskScreen(page).expect_picture(timeout=60_000)
    page.emulate_media(reduced_motion="reduce")
    return page, line


def _tell(page: Page, line: ToldLine, words: Translator, parts: dict[str, Any], said: str) -> None:
    site = SITE | {"language": words.language.code} | parts.get("site", {})
    line.tell(**{**parts, "site": site})
    expect(page.locator(".k-frame").get_by_text(said).filter(visible=True).first).to_be_visible()


def _misfits(page: Page, line: ToldLine, words: Translator, thorough: bool) -> list[str]:
    """What does not fit, or cannot be read."""
    states = list(spoken_states(words).items())
    wrong: list[str] = []
    for name, (parts, said) in states if thorough else states[::5]:
        _tell(page, line, words, parts, said)
        wrong += [f"{name}: {one}" for one in serious(page)]
        for size in tuple(SIZES) if thorough else ("upright", "phone"):
            _tell(page, line, words, parts, said)
            wrong += [f"{name}, {one}" for one in misfits(page, (size,))]
    return wrong


@pytest.mark.nightly
def test_in_arabic_every_state_is_said_mirrored_and_fits(
    arabic: AppServer, browse: Browsers, tmp_path: Path, thorough: bool
) -> None:
    words = Translators().of("ar")
    page, line = _opened(browse, arabic, tmp_path)
    assert not _misfits(page, line, words, thorough)
    assert page.locator("html").get_attribute("lang") == "ar"
    frame = page.locator(".k-frame")
    assert frame.get_attribute("dir") == "rtl"
    page.set_viewport_size({"width": 1280, "height": 800})
    left = "one => one.getBoundingClientRect().left"
    picture, said, list_name = (
        frame.locator(".k-stage").evaluate(left),
        frame.locator(".k-panel").evaluate(left),
        frame.locator(".k-list").get_attribute("aria-label"),
    )
    assert picture > said
    assert list_name == words.gettext("Today's marks")
    fail_camera(page, "NotAllowedError")
    expect(page.get_by_test_id("camera")).to_contain_text(
        words.gettext("The camera is blocked for this page"), timeout=60_000
    )


@pytest.mark.nightly
def test_a_mark_is_spoken_in_the_kiosks_language_where_the_browser_has_a_voice_for_it(
    arabic: AppServer, browse: Browsers, tmp_path: Path
) -> None:
    words = Translators().of("ar")
    page, line = _opened(browse, arabic, tmp_path)

    def marked(number: int, tongues: list[str]) -> None:
        page.evaluate("(tongues) => { window.tongues = tongues; }", tongues)
        parts, said = spoken_states(words)["late"]
        (banner,) = parts["banners"]
        told = {
            **parts,
            "site": {"voice": True},
            "banners": [banner | {"sound": f"marked:{number}"}],
        }
        _tell(page, line, words, told, said)

    marked(1, ["en-US"])  # what was there when the page opened is not news
    marked(2, ["en-US", "de-DE"])
    tones = page.evaluate("window.tones")
    assert tones, "who cannot be spoken to hears a tone"
    marked(3, ["en-US", "ar-EG"])
    assert page.evaluate("window.tones") == tones
    late = words.ngettext("Late by {count} min", "Late by {count} min", 12)
    spoken = page.evaluate("window.spoken")
    assert [language for language, _ in spoken] == ["ar"], spoken
    assert spoken[0][1].endswith(f"{late}.".replace("\u2068", "").replace("\u2069", ""))
    assert "\u2068" not in spoken[0][1]


@pytest.mark.nightly
def test_an_open_screen_speaks_another_language_within_seconds_of_its_being_chosen(
    arabic: AppServer, browse: Browsers, tmp_path: Path
) -> None:
    """The site's own is held by the environment here, so the kiosk is given one. Daily:
    test_a_kiosk_speaks_its_own_language_else_the_sites_list_and_clock_included
    (test_live_line_shown) and, in a browser,
    test_what_is_chosen_on_the_page_of_kiosks_is_on_an_open_screen_within_seconds."""
    page = browse.page(make_camera(tmp_path / "b.mjpeg", [Shot([], 4)]))
    page.goto(f"{arabic.url}/take_attendance?transport=http")
    look = page.locator(".k-frame").get_by_text(
        Translators().of("ar").gettext("Look at the camera"), exact=True
    )
    expect(look).to_be_visible(timeout=60_000)
    office = page.context.new_page()
    office.goto(f"{arabic.url}/kiosks")
    press(office.get_by_role("button", name="Edit").first)
    dialog = office.get_by_role("dialog")
    press(dialog.get_by_text("Its screen, where it is not as all others"))
    language = dialog.get_by_role("combobox", name="Language", exact=True)
    press(language)
    language.fill("Deutsch")
    language.press("Enter")
    for offered in ("हिन्दी", "简体中文"):
        choice = dialog.get_by_role("combobox", name="Languages to choose on its screen")
        press(choice)
        choice.fill(offered)
        choice.press("Enter")
    choice.press("Tab")  # its list lies over the button
    page.evaluate("() => { window.same = true; }")
    press(dialog.get_by_role("button", name="Save"))
    expect(dialog).to_have_count(0, timeout=60_000)
    page.bring_to_front()
    german = page.locator(".k-frame").get_by_text("In die Kamera sehen", exact=True)
    expect(german).to_be_visible(timeout=60_000)
    assert page.locator(".k-frame").get_attribute("lang") == "de"
    assert page.locator(".k-frame").get_attribute("dir") == "ltr"
    _choose_on_the_screen(page)


def _choose_on_the_screen(page: Page) -> None:
    """Whoever stands there, among those that are offered; the page is not loaded anew, or it would
    not be in full screen any more."""
    frame = page.locator(".k-frame")
    chooser = frame.get_by_role("combobox", name="Sprache")
    expect(chooser.get_by_role("option")).to_have_text(["Deutsch", "हिन्दी", "简体中文"])
    chooser.select_option("zh-Hans")
    chinese = Translators().of("zh-Hans")
    look = frame.get_by_text(chinese.gettext("Look at the camera"), exact=True)
    expect(look).to_be_visible(timeout=60_000)
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    photo = page.get_by_role("radio", name=chinese.gettext("Photo"))
    expect(photo).to_be_visible()  # the page around the screen follows, too
    expect(frame.get_by_role("combobox", name=chinese.gettext("Language"))).to_have_value(
        "zh-Hans"
    )
    KioskScreen(page).expect_picture(timeout=60_000)
    assert page.evaluate("window.same"), "the page was loaded anew"
